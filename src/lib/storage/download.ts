import { randomUUID } from 'node:crypto';
import { StorageError } from '../errors.ts';
import { inParallel } from '../in-parallel.ts';
import type { Storage } from './client.ts';
import { arrivedDamaged, notS3 } from './errors.ts';
import { md5OfEtag } from './etags.ts';
import { fileMd5 } from './file-md5.ts';
import { attemptRequest, headObject, type ObjectInfo, type RequestOptions } from './objects.ts';
import type { Pieces } from './pieces.ts';
import { RANGE_BYTES, type RangeAnswer, requestRange, splitRange } from './ranges.ts';
import { fetchSegment } from './segment.ts';
import { createTargetFile, type TargetFile } from './target-file.ts';

/** An object whose headers have arrived and whose first bytes are waiting. */
export interface OpenObject {
  /** The version that was there when it was asked for. */
  readonly info: ObjectInfo;
  /**
   * Writes all bytes to a file and checks their number and, where the ETag is one, their MD5. Gives what was saved: another version than
   * `info` when the object was replaced meanwhile, but never a mixture of both. Leaves no file when
   * it fails. Throws `StorageError` (`PRECONDITION_FAILED` when it was replaced twice) or `FileError`.
   */
  saveTo(path: string): Promise<ObjectInfo>;
  /** Drops the bytes that were not read. */
  discard(): void;
}

/**
 * How many ranges are taken at once: enough to fill a data centre's line where one connection to R2
 * does not, and for most TIFFs (64 MiB) to ask for all of them together; few enough for some MiB of
 * buffers (docs/performance.md, "What each lever gave").
 */
const PARALLEL_RANGES = 8;

/**
 * Asks for an object's first range and returns as soon as R2 has answered, so that its size and ETag
 * can be looked at before the bytes are taken. Throws `StorageError` (`OBJECT_NOT_FOUND` when there is
 * none).
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
    async saveTo(path) {
      const version = { info, answer };
      answer = undefined;
      try {
        const file = await createTargetFile(path);
        try {
          const saved = await saveEitherVersion(storage, version, file, options);
          await file.close();
          return saved;
        } catch (error) {
          await file.discard();
          throw error;
        }
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
 * Asks for the first bytes of an object, as many as `firstBytes`. Throws `StorageError`
 * (`OBJECT_NOT_FOUND` when there is none).
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
      // An object without bytes has no first range, and the answer says no more than that.
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
  await refuseWebSite(storage, version, options);
  return version;
}

/**
 * A web server that has a page for every address answers as R2 does, down to ranges and ETags; but it also has what nobody
 * has put there. Asked only where a web page came.
 */
async function refuseWebSite(
  storage: Storage,
  { info, answer }: Version,
  options: RequestOptions,
): Promise<void> {
  if (!/^text\/html\b/i.test(info.contentType ?? '')) return;
  const nobodys = `arke-tiff-${randomUUID()}`;
  const there = await headObject(storage, nobodys, options).catch(() => undefined);
  if (!there) return;
  answer?.body.destroy();
  const detail = `with a web page, and that for "${nobodys}", which nobody has put there, as well`;
  throw notS3({ storage, key: info.key, action: 'read' }, detail);
}

function isUnsatisfiable(error: unknown): boolean {
  return (error as { $metadata?: { httpStatusCode?: number } })?.$metadata?.httpStatusCode === 416;
}

/** Saves the version that was opened or, if it is replaced under way, the next one from its beginning. */
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

/** How often a version is taken whole until its bytes are what its ETag says, or twice the same. */
const MOST_DOWNLOADS = 3;

/**
 * Saves a version until the MD5 of its bytes is its ETag. Where two downloads agree with each other and not with it, it is no
 * MD5, as those of objects that a server has encrypted are not: that is told, and no ETag of this bucket is believed from then on.
 */
async function saveChecked(
  storage: Storage,
  opened: Version,
  file: TargetFile,
  options: RequestOptions,
): Promise<void> {
  const { info } = opened;
  const came: string[] = [];
  for (let version = opened; ; version = { info }) {
    const wanted = storage.etags.areMd5 ? md5OfEtag(info.etag) : undefined;
    const md5 = await saveVersion(storage, version, file, options);
    if (wanted === undefined || md5 === undefined || md5 === wanted || !storage.etags.areMd5)
      return;
    if (came.includes(md5)) {
      storage.etags.areMd5 = false;
      options.onWarning?.('ETAG_NOT_MD5', notMd5(info, md5));
      return;
    }
    came.push(md5);
    const error = arrivedDamaged(info, md5);
    if (came.length === MOST_DOWNLOADS) throw error;
    options.onRetry?.({ attempt: came.length, error, delayMs: 0 });
    await file.clear();
  }
}

function notMd5({ key, etag }: ObjectInfo, md5: string): string {
  return (
    `The ETag of "${key}" is ${etag} and the MD5 of its bytes ${md5}, twice: the server's ETags are no MD5s, ` +
    'and nothing shows whether what comes was changed on its way'
  );
}

/** Gives the MD5 of the bytes that were saved, where it can be had. */
async function saveVersion(
  storage: Storage,
  { info, answer }: Version,
  file: TargetFile,
  options: RequestOptions,
): Promise<string | undefined> {
  const { read } = file;
  const isMd5 = storage.etags.areMd5 && md5OfEtag(info.etag) !== undefined;
  const md5 = read && isMd5 ? fileMd5(read) : undefined;
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
