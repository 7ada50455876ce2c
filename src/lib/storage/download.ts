import { StorageError } from '../errors.ts';
import { inParallel } from '../in-parallel.ts';
import { md5ToBe, mismatch } from './arrived.ts';
import type { Storage } from './client.ts';
import { fileMd5 } from './file-md5.ts';
import {
  attemptRequest,
  headObject,
  type ObjectInfo,
  type RequestOptions,
  refuseWebSite,
} from './objects.ts';
import type { Pieces } from './pieces.ts';
import { RANGE_BYTES, type RangeAnswer, requestRange, splitRange } from './ranges.ts';
import { fetchSegment } from './segment.ts';
import { type TargetFile, writeTargetFile } from './target-file.ts';

/** An object whose headers have arrived and whose first bytes are waiting. */
export interface OpenObject {
  /** The version when it was requested. */
  readonly info: ObjectInfo;
  /**
   * Writes all bytes to a file and checks their number and, if the ETag is one, their MD5. Returns
   * what was saved: another version than `info` if the object was replaced meanwhile, but never a
   * mixture. Leaves no file on failure. `onBytes` gets the bytes written with each piece. Throws
   * `StorageError` (`PRECONDITION_FAILED` if it was replaced twice) or `FileError`.
   */
  saveTo(path: string, onBytes?: (bytes: number) => void): Promise<ObjectInfo>;
  /** Drops the unread bytes. */
  discard(): void;
}

/**
 * How many ranges are downloaded at once: enough to fill a data centre's line, which one connection
 * to R2 does not, and to request most TIFFs (64 MiB) at once; few enough for some MiB of buffers
 * (docs/performance.md, "What each lever gave").
 */
const PARALLEL_RANGES = 8;

/**
 * Requests an object's first range and returns when R2 has answered, so that size and ETag are
 * known before the download. Throws `StorageError` (`OBJECT_NOT_FOUND` if there is none).
 */
export async function openObject(
  storage: Storage,
  key: string,
  options: RequestOptions = {},
): Promise<OpenObject> {
  const { info, ...opened } = await openVersion(storage, key, options);
  let { answer } = opened;
  return {
    info,
    discard: () => answer?.body.destroy(),
    async saveTo(path, onBytes) {
      const version = { info, answer };
      answer = undefined;
      try {
        const save = (file: TargetFile) => saveEitherVersion(storage, version, file, options);
        return await writeTargetFile(path, save, onBytes);
      } finally {
        version.answer?.body.destroy();
      }
    },
  };
}

/** One version of an object, with the answer that brings its first bytes, if it has any. */
export interface Version {
  readonly info: ObjectInfo;
  readonly answer?: RangeAnswer | undefined;
}

/**
 * Requests the first `firstBytes` bytes of an object. Throws `StorageError` (`OBJECT_NOT_FOUND` if
 * there is none).
 */
export async function openVersion(
  storage: Storage,
  key: string,
  options: RequestOptions,
  firstBytes = RANGE_BYTES,
): Promise<Version> {
  const request = { storage, key, action: 'read', header: 'Range' } as const;
  const version = await attemptRequest(request, options, async (attempt): Promise<Version> => {
    try {
      const range = { start: 0, end: firstBytes };
      const answer = await requestRange(storage, key, range, attempt);
      return { info: answer.info, answer };
    } catch (error) {
      if (!isUnsatisfiable(error)) throw error;
      // An empty object has no first range, and the answer says no more.
      attempt.watch.rest();
      const info = await headObject(storage, key, options);
      if (info?.size === 0) return { info };
      throw new StorageError(
        'BROKEN_TRANSFER',
        `The object "${key}" was changed while it was asked for. Try again.`,
        { cause: error, retryable: true },
      );
    }
  });
  try {
    await refuseWebSite(storage, version.info, options);
  } catch (error) {
    version.answer?.body.destroy();
    throw error;
  }
  return version;
}

function isUnsatisfiable(error: unknown): boolean {
  return (error as { $metadata?: { httpStatusCode?: number } })?.$metadata?.httpStatusCode === 416;
}

/** Saves the opened version or, if it is replaced meanwhile, the next one from the beginning. */
async function saveEitherVersion(
  storage: Storage,
  opened: Version,
  file: TargetFile,
  options: RequestOptions,
): Promise<ObjectInfo> {
  try {
    await saveChecked(storage, opened, file, options);
    return opened.info;
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== 'PRECONDITION_FAILED') throw error;
    options.onRetry?.({ attempt: 1, error, delayMs: 0 });
  }
  const next = await openVersion(storage, opened.info.key, options);
  try {
    await file.clear();
    await saveChecked(storage, next, file, options);
    return next.info;
  } finally {
    next.answer?.body.destroy();
  }
}

/** How often a version is downloaded until its bytes match its ETag, or two downloads agree. */
const MOST_DOWNLOADS = 3;

/** Saves a version until its bytes can be trusted. */
async function saveChecked(
  storage: Storage,
  opened: Version,
  file: TargetFile,
  options: RequestOptions,
): Promise<void> {
  const { info } = opened;
  const earlier: string[] = [];
  for (let version = opened; ; version = { info }) {
    const md5 = await saveVersion(storage, version, file, options);
    const error = md5 && mismatch(storage, info, { md5, earlier }, options);
    if (!md5 || !error) return;
    earlier.push(md5);
    if (earlier.length === MOST_DOWNLOADS) throw error;
    options.onRetry?.({ attempt: earlier.length, error, delayMs: 0 });
    await file.clear();
  }
}

/** Returns the MD5 of the saved bytes, if available. */
async function saveVersion(
  storage: Storage,
  { info, answer }: Version,
  file: TargetFile,
  options: RequestOptions,
): Promise<string | undefined> {
  const { read } = file;
  const md5 = read && md5ToBe(info) !== undefined ? fileMd5(read) : undefined;
  const write = async (pieces: Pieces, position: number) => {
    await file.write(pieces, position);
    md5?.wrote(pieces, position);
  };
  const rest = splitRange({ start: answer?.end ?? 0, end: info.size });
  await inParallel(
    answer ? [answer, ...rest] : rest,
    (range, signal) =>
      fetchSegment(
        { storage, info, range, write, waiting: range === answer ? answer : undefined },
        { ...options, signal },
      ),
    { limit: PARALLEL_RANGES, signal: options.signal },
  );
  return md5?.digest();
}
