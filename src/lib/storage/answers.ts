import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';

/** An answer that says 2xx, or that there is nothing, and is none of S3's. */
export class StrangeAnswer extends Error {
  readonly kind: 'page' | 'error' | 'incomplete';
  readonly status: number;

  constructor(kind: StrangeAnswer['kind'], status: number, message: string) {
    super(message);
    this.kind = kind;
    this.status = status;
  }
}

/** Whether a request failed because a page for browsers came. */
export function isWebPage(error: unknown): boolean {
  return error instanceof StrangeAnswer && error.kind === 'page';
}

/** What is read of the body of an error, in bytes: S3's have some hundred. */
const MOST_OF_AN_ERROR = 64 * 1024;
/** What is read of any other answer that is no object, in bytes: a list of 1 000 keys of 1 024 bytes has 4 MB, written as an address is. */
const MOST_OF_AN_ANSWER = 16 * 1024 * 1024;

/** By what the success of a command is known: by the ETag in its headers, or by the root of the XML in its body. */
const MARKS: Readonly<Record<string, string>> = {
  GetObjectCommand: 'etag',
  HeadObjectCommand: 'etag',
  PutObjectCommand: 'etag',
  UploadPartCommand: 'etag',
  ListObjectsV2Command: 'ListBucketResult',
  CreateMultipartUploadCommand: 'InitiateMultipartUploadResult',
  CompleteMultipartUploadCommand: 'CompleteMultipartUploadResult',
};

/** An answer as the SDK's handler gives it. */
interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  body: Readable | Uint8Array;
}

/**
 * Looks at each answer before the SDK does: the SDK reads errors however long they are, and takes whatever comes with a
 * 200 for what it has asked for. Makes a client throw `StrangeAnswer`.
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
  // What has an ETag is an object, and may be a page; the bodies of objects are not read here.
  if (success && mark === 'etag' && headers['etag']) return;
  const body = await beginningOf(answer.body, success ? MOST_OF_AN_ANSWER : MOST_OF_AN_ERROR);
  answer.body = body.whole ? body.bytes : Buffer.alloc(0);
  const text = body.bytes.toString('utf8', 0, 1_024);
  if (isPage(text, headers) && (success || isPlaceless(status))) throw page(status);
  if (!success) return;
  const root = /^\s*(?:<\?xml[^>]*>\s*)?<([\w:]+)/.exec(text.replace(/^\uFEFF/, ''))?.[1];
  if (root === 'Error') throw new StrangeAnswer('error', status, errorText(text));
  if (mark === 'etag') throw new StrangeAnswer('incomplete', status, 'without an ETag');
  if (mark !== undefined && root !== mark)
    throw new StrangeAnswer('incomplete', status, `without a ${mark}`);
}

/** Answers of whoever stands where no S3 is: it sends elsewhere, or knows neither path nor method. */
function isPlaceless(status: number): boolean {
  return (status >= 300 && status < 400) || status === 404 || status === 405;
}

function isPage(text: string, headers: Answer['headers']): boolean {
  return (
    /^\s*text\/html\b/i.test(headers['content-type'] ?? '') ||
    /^\s*<(!doctype\s+html|html)\b/i.test(text)
  );
}

function page(status: number): StrangeAnswer {
  return new StrangeAnswer('page', status, 'with a web page');
}

function errorText(text: string): string {
  const [code, message] = ['Code', 'Message'].map(
    (name) => new RegExp(`<${name}>([^<]*)<`).exec(text)?.[1],
  );
  return `with an error (${[code, message].filter(Boolean).join(': ') || 'which it does not name'})`;
}

/** A body as far as that many bytes; the rest is dropped, and the connection with it. */
async function beginningOf(
  body: Answer['body'],
  most: number,
): Promise<{ readonly bytes: Buffer; readonly whole: boolean }> {
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
