import { createHash } from 'node:crypto';
import { mismatch } from './arrived.ts';
import type { Storage } from './client.ts';
import { openVersion } from './download.ts';
import type { ObjectInfo, RequestOptions } from './objects.ts';
import { fetchBytes } from './segment.ts';

/** An object that is read in blocks, like a file. */
export interface RangedReader {
  /** The version of all blocks. */
  readonly info: ObjectInfo;
  /** All bytes, if the first request has brought them and nothing shows that they are damaged. */
  readonly whole: Uint8Array | undefined;
  /**
   * Reads bytes from a position of the object into the buffer; fewer only at its end. Throws
   * `StorageError` (`PRECONDITION_FAILED` if the object has changed).
   */
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

/**
 * Bytes per request: a request takes about 50 ms however few bytes it brings, and a TIFF's
 * directory and its values are usually within this many.
 */
export const BLOCK_BYTES = 16 * 1024;

/**
 * Blocks that are kept: lists that are read alternately, like a TIFF's offsets and sizes, are
 * downloaded once.
 */
const BLOCKS_KEPT = 64;

/**
 * Opens an object for reading in blocks: each block is downloaded when it is first read, all of one
 * version. The first request asks for `firstBlocks` of them. Throws `StorageError`
 * (`OBJECT_NOT_FOUND` if there is none).
 */
export async function openRangedReader(
  storage: Storage,
  key: string,
  options: RequestOptions = {},
  firstBlocks = 1,
): Promise<RangedReader> {
  const { info, answer } = await openVersion(storage, key, options, firstBlocks * BLOCK_BYTES);
  const blocks = new Map<number, Uint8Array>();

  const fetchBlocks = async (first: number, last: number, waiting?: typeof answer) => {
    const start = first * BLOCK_BYTES;
    const range = { start, end: Math.min(info.size, (last + 1) * BLOCK_BYTES) };
    const bytes = await fetchBytes({ storage, info, range, waiting }, options);
    for (let at = 0; at < bytes.length; at += BLOCK_BYTES)
      blocks.set(first + at / BLOCK_BYTES, bytes.subarray(at, at + BLOCK_BYTES));
    return bytes;
  };
  const md5s: string[] = [];
  const isIntact = (bytes: Uint8Array) => {
    const md5 = createHash('md5').update(bytes).digest('hex');
    const error = mismatch(storage, info, { md5, earlier: md5s }, options);
    md5s.push(md5);
    if (error) options.onRetry?.({ attempt: md5s.length, error, delayMs: 0 });
    return error === undefined;
  };
  let first = answer && (await fetchBlocks(0, firstBlocks - 1, answer));
  const isAll = first?.length === info.size;
  let isDamaged = isAll && first !== undefined && !isIntact(first);
  if (isDamaged) {
    // All of it with one request: a caller that needs all of it need not request it again.
    first = await fetchBlocks(0, firstBlocks - 1);
    isDamaged = !isIntact(first);
  }
  // Nothing is read from bytes that are known to be damaged.
  if (isDamaged) blocks.clear();

  return {
    info,
    whole: isAll && !isDamaged ? first : undefined,
    async read(buffer, offset, length, position) {
      const end = Math.min(position + length, info.size);
      if (end <= position) return { bytesRead: 0 };
      const [from, to] = [Math.floor(position / BLOCK_BYTES), Math.floor((end - 1) / BLOCK_BYTES)];
      const missing = range(from, to).filter((block) => !blocks.has(block));
      const [next] = missing;
      if (next !== undefined) await fetchBlocks(next, missing.at(-1) ?? next);
      for (const block of range(from, to)) {
        const start = block * BLOCK_BYTES;
        const wanted = blocks
          .get(block)
          ?.subarray(Math.max(0, position - start), Math.min(BLOCK_BYTES, end - start));
        if (wanted) buffer.set(wanted, offset + Math.max(0, start - position));
      }
      forgetOldest(blocks);
      return { bytesRead: end - position };
    },
  };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function forgetOldest(blocks: Map<number, Uint8Array>): void {
  for (const block of blocks.keys()) {
    if (blocks.size <= BLOCKS_KEPT) return;
    blocks.delete(block);
  }
}
