import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { FileError } from '../errors.ts';
import { createReadStream, stat } from '../files.ts';
import { unreadableFile } from '../unreadable-file.ts';
import type { RequestAttempt } from './objects.ts';

/** A part of a file, sent by one request. */
export interface FilePart {
  /** From 1. */
  readonly number: number;
  /** Its start and length, in bytes. */
  readonly start: number;
  readonly length: number;
  readonly md5: Buffer;
}

/**
 * How much of a file is read at once: in Node's 64 KiB, 8 MB take 24 ms instead of 16
 * (docs/performance.md).
 */
const CHUNK_BYTES = 256 * 1024;

/**
 * Reads a file once for the MD5 of each of its parts, of equal length except the last; an empty
 * file has one empty part. Throws `FileError` or, between two parts, the signal's reason.
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
 * Calls `send` with a part as a stream, and ends the attempt if R2 accepts nothing for `stallMs`,
 * has not answered `answerMs` after the last byte, or the file cannot be read (`FileError`). The
 * stream is closed when this returns.
 */
export async function sendPart<T>(
  path: string,
  part: FilePart,
  attempt: RequestAttempt,
  send: (body: Readable) => Promise<T>,
): Promise<T> {
  const body = Readable.from(watched(path, part, attempt), {
    objectMode: false,
    highWaterMark: 64 * 1024,
  });
  // The SDK pipes the body without listening for its errors.
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
  { watch, patience }: RequestAttempt,
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
    throw new FileError(`${path} was truncated during the upload. Upload it again.`);
  watch.expect('answer', answerMs(length, patience.headersMs));
}

/**
 * How long R2 may take to answer after a body was sent, in milliseconds: the usual time, plus a
 * second for every 4 MiB, because that much may still be in the system's send buffer (Linux: at
 * most 4 MiB), and R2 checks and stores everything first.
 */
function answerMs(length: number, headersMs: number): number {
  return headersMs + (length / (4 * 1024 * 1024)) * 1000;
}

function chunksOf(path: string, start: number, length: number): AsyncIterable<Buffer> {
  // `end` cannot express an empty range.
  const range = length > 0 ? { start, end: start + length - 1 } : {};
  return createReadStream(path, { ...range, highWaterMark: CHUNK_BYTES });
}
