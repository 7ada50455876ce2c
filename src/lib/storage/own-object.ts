import { createHash } from 'node:crypto';
import { StorageError } from '../errors.ts';
import type { Storage } from './client.ts';
import { openVersion } from './download.ts';
import { changedMeanwhile } from './errors.ts';
import { isSameEtag } from './etags.ts';
import { headObject, type ObjectInfo, type RequestOptions } from './objects.ts';
import { RANGE_BYTES, splitRange } from './ranges.ts';
import { fetchBytes } from './segment.ts';
import type { PutCondition, Uploaded } from './upload-request.ts';

/** An upload, and how it is recognised afterwards. */
export interface Own extends Uploaded {
  /** Of all its bytes, in hexadecimal; the ETag of a multipart upload differs. */
  readonly md5: () => Promise<string>;
}

/**
 * What a failed upload may have left in R2: an attempt whose answer was lost may have arrived, and
 * the next one then finds its own object. Asks R2 only if the failure leaves that open. Throws the
 * signal's reason.
 */
export async function hasArrived(
  storage: Storage,
  own: Own,
  failure: { readonly error: unknown; readonly attempts: number },
  options: RequestOptions,
): Promise<Uploaded | undefined> {
  const { error, attempts } = failure;
  if (!(error instanceof StorageError)) return undefined;
  const inTheWay = error.code === 'PRECONDITION_FAILED' && attempts > 1;
  if (!inTheWay && !error.retryable) return undefined;
  // After the allowed failures, a single further request.
  const asking = inTheWay ? options : onlyOnce(options);
  const arrived = async () => {
    const there = await headObject(storage, own.key, asking);
    if (!there || !(await isOwn(storage, there, own, asking))) return undefined;
    return { key: own.key, size: own.size, etag: there.etag };
  };
  const found = await arrived().catch(() => undefined);
  options.signal?.throwIfAborted();
  return found;
}

/**
 * Whether an object is the one that was to be uploaded: by its ETag or, if that differs, as with
 * servers whose ETags are not MD5s, by its bytes. Throws `StorageError`, and the signal's reason.
 */
export async function isOwn(
  storage: Storage,
  there: Pick<ObjectInfo, 'etag' | 'size'>,
  own: Own,
  options: RequestOptions,
): Promise<boolean> {
  if (there.size !== own.size) return false;
  if (isSameEtag(there.etag, own.etag)) return true;
  const stored = await readBack(storage, own, options);
  if (stored && !isSameEtag(stored.etag, there.etag))
    throw changedMeanwhile(own.key, 'another ETag');
  return stored?.isOwn ?? false;
}

/** The object under an upload's key. */
export interface Stored {
  readonly etag: string;
  /** Whether its bytes are those that were uploaded. */
  readonly isOwn: boolean;
}

/**
 * Reads the object under an upload's key, in any version; undefined if there is none. Throws
 * `StorageError`, also if it is replaced meanwhile.
 */
export async function readBack(
  storage: Storage,
  own: Own,
  options: RequestOptions,
): Promise<Stored | undefined> {
  const version = await openVersion(storage, own.key, options).catch(unlessMissing);
  if (!version) return undefined;
  const { info, answer } = version;
  const { size, etag } = info;
  try {
    if (size !== own.size) return { etag, isOwn: false };
    const hash = createHash('md5');
    const first = { start: 0, end: Math.min(size, RANGE_BYTES) };
    for (const range of [first, ...splitRange({ start: first.end, end: size })]) {
      const waiting = range === first ? answer : undefined;
      hash.update(await fetchBytes({ storage, info, range, waiting }, options));
    }
    return { etag, isOwn: hash.digest('hex') === (await own.md5()) };
  } finally {
    answer?.body.destroy();
  }
}

function unlessMissing(error: unknown): undefined {
  if (!(error instanceof StorageError) || error.code !== 'OBJECT_NOT_FOUND') throw error;
}

/** Throws `StorageError` (`PRECONDITION_FAILED`) unless the object satisfies the condition. */
export function requireCondition(
  there: ObjectInfo | undefined,
  key: string,
  condition: PutCondition,
): void {
  const holds = condition.kind === 'absent' ? !there : isSameEtag(there?.etag, condition.etag);
  if (!holds) throw changedMeanwhile(key, 'HEAD shows another one');
}

/** The same options without retries. */
export function onlyOnce(options: RequestOptions): RequestOptions {
  return {
    signal: options.signal,
    patience: options.patience,
    policy: { attempts: 1, baseDelayMs: 0, maxDelayMs: 0 },
  };
}
