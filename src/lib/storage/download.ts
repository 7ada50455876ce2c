import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FileError, messageOf, StorageError, systemCodeOf } from '../errors.ts';
import type { Storage } from './client.ts';
import {
  abortable,
  attemptRequest,
  type ObjectInfo,
  type RequestOptions,
  toObjectInfo,
} from './objects.ts';

/** An object whose headers have arrived and whose bytes are waiting. */
export interface OpenObject {
  readonly info: ObjectInfo;
  /** Writes all bytes to a file and checks their number. Throws `StorageError` or `FileError`. */
  saveTo(path: string): Promise<void>;
  /** Drops the bytes that were not read. */
  discard(): void;
}

/**
 * Asks for an object and returns as soon as R2 has answered, so that its size and ETag can be looked
 * at before the bytes are taken. Throws `StorageError` (`OBJECT_NOT_FOUND` when there is none).
 */
export async function openObject(
  storage: Storage,
  key: string,
  options: RequestOptions = {},
): Promise<OpenObject> {
  const request = { storage, key, action: 'read' } as const;
  const first = await attemptRequest(request, options, () => get(storage, key, options));
  let waiting: Readable | undefined = first.body;
  return {
    info: first.info,
    discard: () => waiting?.destroy(),
    saveTo: (path) =>
      attemptRequest(request, options, async () => {
        // A second attempt must not mix two versions of the object: If-Match makes R2 refuse that.
        const body = waiting ?? (await get(storage, key, options, first.info.etag)).body;
        waiting = undefined;
        await writeBody(body, path, first.info, options.signal);
      }),
  };
}

async function get(storage: Storage, key: string, options: RequestOptions, ifMatch?: string) {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  const command = new GetObjectCommand({ Bucket: storage.bucket, Key: key, IfMatch: ifMatch });
  const output = await storage.client.send(command, abortable(options.signal));
  return { info: toObjectInfo(key, output), body: output.Body as Readable };
}

async function writeBody(
  body: Readable,
  path: string,
  info: ObjectInfo,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await pipeline(body, createWriteStream(path), signal ? { signal } : {});
  } catch (error) {
    await rm(path, { force: true });
    if (isDiskError(error)) throw diskError(error, path);
    throw error;
  }
  const { size } = await stat(path);
  if (size === info.size) return;
  throw new StorageError(
    'BROKEN_TRANSFER',
    `The download of "${info.key}" broke off: ${size} of ${info.size} bytes arrived. Try again.`,
    { retryable: true },
  );
}

/** Errors of the file that is written, not of the connection; trying again would not help. */
function isDiskError(error: unknown): boolean {
  const { syscall } = error as NodeJS.ErrnoException;
  return syscall === 'open' || (syscall === 'write' && systemCodeOf(error) !== 'EPIPE');
}

function diskError(error: unknown, path: string): FileError {
  const remedy =
    systemCodeOf(error) === 'ENOSPC'
      ? 'The disk is full; make room or choose another folder (TMPDIR for temporary files).'
      : 'Check that the folder exists and is writable.';
  return new FileError(`Could not write ${path}: ${messageOf(error)}. ${remedy}`, { cause: error });
}
