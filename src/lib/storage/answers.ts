import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { isRetryableStatus } from '../retry.ts';

/** A 2xx or a not-found answer that S3 would not send. */
export class StrangeAnswer extends Error {
  readonly kind: 'page' | 'error' | 'incomplete';
  readonly status: number;

  constructor(
    kind: StrangeAnswer['kind'],
    status: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.kind = kind;
    this.status = status;
  }
}

/** Whether a request failed because the answer was a web page. */
export function isWebPage(error: unknown): boolean {
  return error instanceof StrangeAnswer && error.kind === 'page';
}

/** The most bytes read of an error's body: S3's have a few hundred. */
const MOST_OF_AN_ERROR = 64 * 1024;
/**
 * The most bytes read of any other answer that is not an object: a list of 1 000 keys of 1 024
 * bytes has 4 MB in URL encoding.
 */
const MOST_OF_AN_ANSWER = 16 * 1024 * 1024;

/**
 * What identifies the success of a command: the ETag in its headers, the root of the XML in its
 * body, or an empty body.
 */
const MARKS: Readonly<Record<string, string>> = {
  GetObjectCommand: 'etag',
  HeadObjectCommand: 'etag',
  PutObjectCommand: 'etag',
  UploadPartCommand: 'etag',
  ListObjectsV2Command: 'ListBucketResult',
  CreateMultipartUploadCommand: 'InitiateMultipartUploadResult',
  CompleteMultipartUploadCommand: 'CompleteMultipartUploadResult',
  DeleteObjectCommand: 'nothing',
  AbortMultipartUploadCommand: 'nothing',
};

/** An answer as the SDK's handler gives it. */
interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  body: Readable | Uint8Array;
}

/**
 * Checks each answer before the SDK does: the SDK reads errors of any length, and accepts anything
 * that comes with a 200. Makes a client throw `StrangeAnswer`.
 */
export function refuseStrangeAnswers(client: Pick<S3Client, 'middlewareStack'>): void {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const result = await next(args);
        await lookAt(result.response as Answer, commandName);
        return result;
      },
    // The first to see it.
    { step: 'deserialize', priority: 'low', name: 'refuseStrangeAnswers' },
  );
}

async function lookAt(answer: Answer, command: string): Promise<void> {
  const { statusCode: status, headers } = answer;
  const success = status >= 200 && status < 300;
  const mark = MARKS[command];
  // Anything with an ETag is an object, and may be a page; bodies of objects are not read here.
  if (success && mark === 'etag' && headers['etag']) return;
  const body = await beginningOf(answer.body, success ? MOST_OF_AN_ANSWER : MOST_OF_AN_ERROR);
  answer.body = body.whole ? body.bytes : Buffer.alloc(0);
  const text = body.bytes.toString('utf8', 0, 1_024).replace(/^\uFEFF/, '');
  const root = /^\s*(?:<\?xml[^>]*>\s*)?<([\w:]+)/.exec(text)?.[1];
  if (success || isPlaceless(status)) {
    const page = pageIn(text, root, headers) ?? elsewhere(status, headers, root);
    if (page) throw new StrangeAnswer('page', status, page);
  }
  if (!success) return;
  if (root === 'Error') throw new StrangeAnswer('error', status, errorText(text));
  const lacks = lackOf(mark, body, root, text);
  if (lacks) throw new StrangeAnswer('incomplete', status, lacks);
}

/** What this success lacks, or has too much. */
function lackOf(
  mark: string | undefined,
  { bytes, whole }: Beginning,
  root: string | undefined,
  text: string,
): string | undefined {
  if (!whole) return `with more than ${MOST_OF_AN_ANSWER} bytes`;
  if (mark === undefined) return undefined;
  if (mark === 'etag') return 'without an ETag';
  if (mark === 'nothing')
    return text.trim() && !root ? 'with a text that S3 does not send' : undefined;
  if (root !== mark) return `without a ${mark}`;
  // Without a length, truncation shows only at the end.
  const end = bytes.toString('utf8', Math.max(0, bytes.length - 1_024)).trimEnd();
  return end.endsWith(`</${mark}>`) ? undefined : `with a ${mark} that breaks off`;
}

/**
 * Statuses of servers that are not S3: redirects, logins, unknown paths or methods. Not the
 * statuses that Cloudflare sends with a page under load.
 */
function isPlaceless(status: number): boolean {
  return (status >= 300 && status < 500 && !isRetryableStatus(status)) || status === 511;
}

function pageIn(
  text: string,
  root: string | undefined,
  headers: Answer['headers'],
): string | undefined {
  const isHtml = /^text\/html\b/i.test(headers['content-type']?.trim() ?? '');
  const isPage = root !== 'Error' && (isHtml || /^\s*<(!doctype\s+html|html)\b/i.test(text));
  return isPage ? 'with a web page' : undefined;
}

/** A redirect or login without a page: S3 explains a redirect, if only in its own headers. */
function elsewhere(
  status: number,
  headers: Answer['headers'],
  root: string | undefined,
): string | undefined {
  const { location } = headers;
  const isS3 = root === 'Error' || Object.keys(headers).some((name) => name.startsWith('x-amz-'));
  if (status < 300 || status >= 400 || !location || isS3) return undefined;
  // What follows the host may be secret.
  const to = URL.parse(location)?.origin;
  return `by being sent elsewhere${to ? `, to ${to}` : ''}`;
}

function errorText(text: string): string {
  const [code, message] = ['Code', 'Message'].map(
    (name) => new RegExp(`<${name}>([^<]*)<`).exec(text)?.[1],
  );
  return `with an error (${[code, message].filter(Boolean).join(': ') || 'which it does not name'})`;
}

/** A body as far as it was read. */
interface Beginning {
  readonly bytes: Buffer;
  readonly whole: boolean;
}

/** At most `most` bytes of a body; the rest is dropped, with its connection. */
async function beginningOf(body: Answer['body'], most: number): Promise<Beginning> {
  if (body instanceof Uint8Array) return { bytes: Buffer.from(body), whole: true };
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += (chunk as Buffer).length;
    // Leaving the loop destroys the stream.
    if (length > most) return { bytes: Buffer.concat(chunks), whole: false };
    chunks.push(chunk as Buffer);
  }
  return { bytes: Buffer.concat(chunks), whole: true };
}
