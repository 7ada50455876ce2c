import { createHash } from 'node:crypto';
import { lengthOf, type Pieces } from './pieces.ts';

/** The MD5 of a file that is written in several places at once, reckoned while it is written. */
export interface FileMd5 {
  /** Takes what was just written. */
  wrote(pieces: Pieces, position: number): void;
  /** The MD5 of all that was written, in hexadecimal. Throws what reading throws. */
  digest(): Promise<string>;
}

/** How much is read back at once, in bytes. */
const READ_BYTES = 1024 * 1024;

/**
 * Begins such an MD5. What comes next in the file is taken as it comes; what came before its turn is read back from the
 * file, which the system still has in memory, when its turn has come.
 */
export function fileMd5(read: (buffer: Uint8Array, position: number) => Promise<void>): FileMd5 {
  let hash = createHash('md5');
  let next = 0;
  let written = 0;
  let rewritten = false;
  /** Where what came before its turn begins, and where it ends. */
  const early = new Map<number, number>();
  let reading: Promise<void> | undefined;
  /** Up to where is being read back. */
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
      // What cannot be read is read again for the digest, whose caller is told.
      reading = readEarly()
        .catch(() => {})
        .finally(() => {
          reading = undefined;
        });
    },
    async digest() {
      await reading;
      // An attempt was not to be believed, and what it brought was written once more.
      if (rewritten) [hash, next] = [createHash('md5'), 0];
      await readUpTo(written);
      return hash.digest('hex');
    },
  };
}
