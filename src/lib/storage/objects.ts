import { randomUUID } from 'node:crypto';
import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { messageOf, StorageError } from '../errors.ts';
import { refuseInvalidKey } from '../keys.ts';
import { type RetryNotice, type RetryPolicy, retry } from '../retry.ts';
import { isWebPage } from './answers.ts';
import { type Storage, type StorageRequest, variableNames } from './client.ts';
import { isClockCorrected, notS3, toStorageError } from './errors.ts';
import { type AttemptWatch, PATIENCE, type Patience, startWatch } from './patience.ts';

/** What R2 says about an object without its bytes. */
export interface ObjectInfo {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** As R2 sends it, in quotes. */
  readonly etag: string;
  readonly contentType: string | undefined;
  /** Custom metadata; names in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Whether the server encrypted it with its own kind of key: then its ETag is not an MD5. */
  readonly encrypted?: boolean;
}

/** How requests to R2 are tried. */
export interface RequestOptions {
  readonly policy?: RetryPolicy;
  /** How long each attempt waits; default: `PATIENCE`. */
  readonly patience?: Patience | undefined;
  readonly onRetry?: ((notice: RetryNotice) => void) | undefined;
  /** Receives warnings that stop nothing. */
  readonly onWarning?: ((code: StorageWarning, message: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Oddities of a server: its ETags are not MD5s like R2's. */
type StorageWarning = 'ETAG_NOT_MD5';

/** How often a request to R2 is tried: at most about 10 s of waiting in total. */
export const STORAGE_RETRY: RetryPolicy = { attempts: 5, baseDelayMs: 200, maxDelayMs: 5_000 };

/** After this many web pages retries end: a wrong address stays wrong. */
const MOST_WEB_PAGES = 3;

/** One attempt at a request. */
export interface RequestAttempt {
  /** From 1. */
  readonly number: number;
  /** Already waits for the headers of the answer; reading or sending a body must update it. */
  readonly watch: AttemptWatch;
  readonly patience: Required<Patience>;
}

/**
 * Sends a request with the storage policy's retries and time-outs, and converts the SDK's errors to
 * `StorageError`. Sends nothing for an invalid key. An abort's reason is thrown unchanged.
 */
export async function attemptRequest<T>(
  request: StorageRequest,
  options: RequestOptions,
  send: (attempt: RequestAttempt) => Promise<T>,
): Promise<T> {
  const { policy = STORAGE_RETRY, onRetry, signal } = options;
  // The prefix of a listing is not part of the path.
  if (request.action !== 'list') refuseInvalidKey(request.key, { remedy: remedyFor(request) });
  const patience = { ...PATIENCE, ...options.patience };
  let clockCorrected = false;
  return retry(
    async (number) => {
      const watch = startWatch(signal);
      watch.expect('answer', patience.headersMs);
      try {
        return await send({ number, watch, patience });
      } catch (error) {
        signal?.throwIfAborted();
        const told = toStorageError(watch.signal.aborted ? watch.signal.reason : error, request);
        if (isWebPage(error) && number >= MOST_WEB_PAGES)
          throw Object.assign(told, { retryable: false });
        if (clockCorrected || !isClockCorrected(error)) throw told;
        clockCorrected = true;
        throw Object.assign(told, { retryable: true });
      } finally {
        watch.end();
      }
    },
    { policy, onRetry, signal },
  );
}

/**
 * Looks an object up; undefined if there is none. Throws `StorageError`, also if a web site
 * answers.
 */
export async function headObject(
  storage: Storage,
  key: string,
  options: RequestOptions = {},
): Promise<ObjectInfo | undefined> {
  const info = await lookUp(storage, key, options);
  if (info) await refuseWebSite(storage, info, options);
  return info;
}

/**
 * Throws `StorageError` for a web site: one with a page for every address answers like R2,
 * including ranges and ETags, but also for keys that cannot exist. Called only after a web page.
 */
export async function refuseWebSite(
  storage: Storage,
  { key, contentType = '' }: ObjectInfo,
  options: RequestOptions,
): Promise<void> {
  if (!/^text\/html\b/i.test(contentType)) return;
  const nobodys = `arke-tiff-${randomUUID()}`;
  const told = await lookUp(storage, nobodys, options).then(
    (there) => there && 'as well',
    (error) => {
      if (!(error instanceof StorageError) || error.code !== 'ACCESS_DENIED') throw error;
      return `with ${messageOf(error).split(':')[0]}`;
    },
  );
  if (told === undefined) return;
  const detail = `with a web page, and that for "${nobodys}", which nobody has put there, ${told}`;
  throw notS3({ storage, key, action: 'read' }, detail);
}

async function lookUp(
  storage: Storage,
  key: string,
  options: RequestOptions,
): Promise<ObjectInfo | undefined> {
  const { HeadObjectCommand } = await import('./sdk.ts');
  const command = new HeadObjectCommand({ Bucket: storage.bucket, Key: key });
  try {
    const output = await attemptRequest({ storage, key, action: 'read' }, options, ({ watch }) =>
      storage.client.send(command, { abortSignal: watch.signal }),
    );
    return toObjectInfo(key, output);
  } catch (error) {
    if (error instanceof StorageError && error.code === 'OBJECT_NOT_FOUND') return undefined;
    throw error;
  }
}

/**
 * The remedy for an invalid key: choose another one for an upload; an existing object must be moved
 * first.
 */
function remedyFor({ action, storage }: StorageRequest): string {
  const { key } = storage.names ?? variableNames;
  return action === 'write' ? `Choose another ${key}.` : 'Give the object another key.';
}

/** The common part of the SDK's answers about an object. */
export function toObjectInfo(
  key: string,
  output: Pick<
    HeadObjectCommandOutput,
    | 'ContentLength'
    | 'ETag'
    | 'ContentType'
    | 'Metadata'
    | 'ServerSideEncryption'
    | 'SSECustomerAlgorithm'
  >,
): ObjectInfo {
  const encrypted =
    output.SSECustomerAlgorithm ?? output.ServerSideEncryption?.startsWith('aws:kms');
  return {
    key,
    size: output.ContentLength ?? 0,
    etag: output.ETag ?? '',
    contentType: output.ContentType,
    metadata: output.Metadata ?? {},
    ...(encrypted && { encrypted: true }),
  };
}
