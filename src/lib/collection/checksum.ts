import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open } from '../files.ts';
import { unreadableFile } from '../unreadable-file.ts';

/**
 * How much is read at once: more than a stream's 64 KiB, because each piece is a turn of the event
 * loop for which other files wait.
 */
const PIECE_BYTES = 1024 * 1024;

/**
 * The SHA-256 of a file in hexadecimal, read in pieces. Throws `FileError` if it cannot be read,
 * and the signal's reason.
 */
export async function sha256Of(path: string, signal: AbortSignal): Promise<string> {
  try {
    const file = await open(path);
    try {
      return await digestOf(file, signal);
    } finally {
      await file.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    throw unreadableFile(`"${path}"`, error);
  }
}

async function digestOf(file: FileHandle, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const { size } = await file.stat();
  // A megabyte for each of ten thousand small files would keep the garbage collector busy. One byte
  // more than the file has, so that a short read shows its end.
  const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, size + 1));
  let done = 0;
  let isAtEnd = false;
  while (!isAtEnd) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(piece, 0, piece.length, null);
    hash.update(piece.subarray(0, bytesRead));
    done += bytesRead;
    isAtEnd = bytesRead === 0 || (bytesRead < piece.length && done >= size);
  }
  return hash.digest('hex');
}
