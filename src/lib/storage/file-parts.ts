import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { FileError } from '../errors.ts';
import { createReadStream, stat } from '../files.ts';
import { unreadableFile } from '../unreadable-file.ts';
import type { Attempt } from './objects.ts';

/** A piece of a file, as one request sends it. */
export interface FilePart {
  /** From 1. */
  readonly number: number;
  /** Where it begins and how long it is, in bytes. */
  readonly start: number;
  readonly length: number;
  readonly md5: Buffer;
}

/** How much of a file is read at once: by Node's 64 KiB, 8 MB take 24 ms instead of 16 (docs/performance.md). */
const CHUNK_BYTES = 256 * 1024;

/**
 * Reads a file once for the MD5 of each of its parts, which are of equal length but for the last; an
 * empty file has one empty part. Throws `FileError` or, between two parts, the signal's reason.
 */
export async function digestFile(
  path: string,
  partBytesOf: (size: number) => number,
  signal?: AbortSignal | undefined,
): Promise<{ readonly size: number; readonly parts: readonly FilePart[] }> {
  try {
    const { size } = await stat(path);
    const partBytes = partBytesOf(size);
    const parts: FilePart[] = [];
    for (let start = 0; start < size || parts.length === 0; start += partBytes) {
      signal?.throwIfAborted();
      const length = Math.min(partBytes, size - start);
      const hash = createHash('md5');
      for await (const chunk of chunksOf(path, start, length)) hash.update(chunk);
      parts.push({ number: parts.length + 1, start, length, md5: hash.digest() });
    }
    return { size, parts };
  } catch (error) {
    signal?.throwIfAborted();
    throw unreadableFile(`"${path}"`, error);
  }
}

/**
 * Calls `send` with the bytes of a part as a stream, and sees to it that the attempt ends when R2 takes
 * none of them for `stallMs`, has not answered `answerMs` after the last, or the file cannot be read
 * (`FileError`). The stream is gone when this returns.
 */
export async function sendPart<T>(
  path: string,
  part: FilePart,
  attempt: Attempt,
  send: (body: Readable) => Promise<T>,
): Promise<T> {
  const body = Readable.from(watched(path, part, attempt), {
    objectMode: false,
    highWaterMark: 64 * 1024,
  });
  // The SDK pipes the body and does not listen for its errors.
  body.on('error', attempt.watch.fail);
  try {
    return await send(body);
  } finally {
    body.destroy();
  }
}

async function* watched(
  path: string,
  { start, length }: FilePart,
  { watch, patience }: Attempt,
): AsyncGenerator<Buffer> {
  let sent = 0;
  try {
    for await (const chunk of chunksOf(path, start, length)) {
      sent += chunk.length;
      watch.expect('further bytes taken', patience.stallMs);
      yield chunk;
      watch.rest();
    }
  } catch (error) {
    throw unreadableFile(`"${path}"`, error);
  }
  if (sent < length)
    throw new FileError(`${path} became shorter while it was uploaded. Upload it again.`);
  watch.expect('answer', answerMs(length, patience.headersMs));
}

/**
 * How long R2 may take to answer once a body has left this program, in milliseconds: what it takes for
 * any answer, and a second for every 4 MiB, as that much may still be in the system's send buffer (Linux:
 * 4 MiB at most) and R2 checks and stores it all before it answers.
 */
function answerMs(length: number, headersMs: number): number {
  return headersMs + (length / (4 * 1024 * 1024)) * 1000;
}

function chunksOf(path: string, start: number, length: number): AsyncIterable<Buffer> {
  // `end` cannot say that there is nothing to read.
  const range = length > 0 ? { start, end: start + length - 1 } : {};
  return createReadStream(path, { ...range, highWaterMark: CHUNK_BYTES });
}
