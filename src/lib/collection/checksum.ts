import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { createReadStream } from '../files.ts';
import { unreadableFile } from '../unreadable-file.ts';

/**
 * Larger than a stream's 64 KiB, because each piece is a turn of the event loop for which other
 * files wait.
 */
const PIECE_BYTES = 1024 * 1024;

/**
 * The SHA-256 of a file in hexadecimal, read in pieces. Throws `FileError` if it cannot be read,
 * and the signal's reason.
 */
export async function sha256Of(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path, { highWaterMark: PIECE_BYTES }), hash, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw unreadableFile(`"${path}"`, error);
  }
  return hash.digest('hex');
}
