import { createHash } from 'node:crypto';
import { lengthOf, type Pieces } from './pieces.ts';

/** The MD5 of a file that is written in several places at once, computed during writing. */
export interface FileMd5 {
  /** Takes what was just written. */
  wrote(pieces: Pieces, position: number): void;
  /** The MD5 of everything written, in hexadecimal. Throws what reading throws. */
  digest(): Promise<string>;
}

/** How much is read back at once, in bytes. */
const READ_BYTES = 1024 * 1024;

/**
 * Starts such an MD5. Data that come next in the file are hashed directly; data that came early are
 * read back from the system's cache when it is their turn.
 */
export function fileMd5(read: (buffer: Uint8Array, position: number) => Promise<void>): FileMd5 {
  let hash = createHash('md5');
  let next = 0;
  let written = 0;
  let rewritten = false;
  /** Start and end of data that came early. */
  const early = new Map<number, number>();
  let reading: Promise<void> | undefined;
  /** How far the file is being read back. */
  let readEnd = 0;

  const readUpTo = async (end: number) => {
    readEnd = end;
    while (next < end) {
      const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, end - next));
      await read(buffer, next);
      hash.update(buffer);
      next += buffer.length;
    }
  };
  const readEarly = async () => {
    for (let end = early.get(next); end !== undefined; end = early.get(next)) {
      early.delete(next);
      await readUpTo(end);
    }
  };

  return {
    wrote(pieces, position) {
      const end = position + lengthOf(pieces);
      written = Math.max(written, end);
      if (position < next || (reading && position < readEnd)) rewritten = true;
      if (position === next && !reading) {
        for (const piece of pieces) hash.update(piece);
        next = end;
      } else early.set(position, end);
      if (reading || !early.has(next)) return;
      // A read that fails is repeated for the digest, which reports the error.
      reading = readEarly()
        .catch(() => {})
        .finally(() => {
          reading = undefined;
        });
    },
    async digest() {
      await reading;
      // The data of an untrusted attempt were written again.
      if (rewritten) [hash, next] = [createHash('md5'), 0];
      await readUpTo(written);
      return hash.digest('hex');
    },
  };
}
