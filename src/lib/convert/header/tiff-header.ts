import { open } from '../../files.ts';
import { isTiffSignature, TIFF_SIGNATURE_LENGTH } from '../../tiff-signature.ts';
import { MAX_DIRECTORIES, MAX_PAGES } from './limits.ts';
import { markOldLzw } from './old-lzw.ts';
import { MAX_SUB_IFDS, type ReadDirectory, readDirectory } from './tiff-directory.ts';
import type { TiffPage } from './tiff-page.ts';
import { type ByteReader, boundedReader, type TiffSource } from './tiff-source.ts';
import { offsetAt } from './tiff-values.ts';

export type { TiffPage } from './tiff-page.ts';
export type { TiffSegments } from './tiff-segments.ts';

/** Everything a TIFF says about itself, before anything is decoded. */
export interface TiffHeader {
  readonly fileBytes: number;
  readonly littleEndian: boolean;
  readonly big: boolean;
  /** The chain of directories, first to last, each with its SubIFDs. At least one. */
  readonly pages: readonly [TiffPage, ...TiffPage[]];
  /** The chain is cut short: a loop, an offset outside the file, too many directories. */
  readonly brokenChain: boolean;
  /** How it is broken; undefined if it is sound, or was not followed further (`longChain`). */
  readonly chainBreak?: ChainBreak | undefined;
  /**
   * It may continue, but was not followed further: more than `MAX_PAGES`, or too much to read for a
   * header.
   */
  readonly longChain: boolean;
}

/** What the last reachable directory says about the next one. */
export type ChainBreak =
  /** Nothing: the file ends before the offset. */
  | 'NO_POINTER'
  /** An offset outside the file, or without a directory. */
  | 'OUTSIDE'
  | 'NO_DIRECTORY'
  /** The offset of an earlier directory. */
  | 'LOOP';

/** Bytes of BigTIFF's header; a classic one takes 8, but no directory fits into the other 8. */
const HEADER_BYTES = 16;

/**
 * Reads all directories (IFDs) in the chain of a classic TIFF or BigTIFF, with their SubIFDs. The
 * values are the file's claims, however absurd; memory, bytes read and time are bounded. Undefined
 * if there is no TIFF signature or no readable first directory: then the decoder's message says
 * more.
 *
 * Throws what opening or reading the file throws.
 */
export async function readTiffHeader(path: string): Promise<TiffHeader | undefined> {
  const file = await open(path);
  try {
    return await readHeaderFrom(boundedReader(file, (await file.stat()).size));
  } finally {
    await file.close();
  }
}

/** `readTiffHeader` for an open file. */
export async function readHeaderFrom(reader: ByteReader): Promise<TiffHeader | undefined> {
  const start = await reader.read(0, HEADER_BYTES);
  if (!start) return undefined;
  const signature = Array.from({ length: TIFF_SIGNATURE_LENGTH }, (_, i) => start.getUint8(i));
  if (!isTiffSignature(Uint8Array.from(signature))) return undefined;
  const littleEndian = signature[0] === 0x49;
  const big = start.getUint16(2, littleEndian) === 43;
  // BigTIFF states the width of its offsets; only 8 is defined.
  if (big && start.getUint16(4, littleEndian) !== 8) return undefined;
  const source = { ...reader, littleEndian, big };
  const chain = await readChain(source, offsetAt(start, big ? 8 : 4, source));
  return chain && { fileBytes: reader.fileBytes, littleEndian, big, ...chain };
}

type Chain = Pick<TiffHeader, 'pages' | 'brokenChain' | 'chainBreak' | 'longChain'>;

async function readChain(source: TiffSource, firstOffset: number): Promise<Chain | undefined> {
  const first = await readDirectory(source, firstOffset);
  if (!first) return undefined;
  const found: [ReadDirectory, ...ReadDirectory[]] = [first];
  const seen = new Set([firstOffset]);
  const end = await followChain(source, found, seen);
  const [root, ...others] = found;
  const pages: [TiffPage, ...TiffPage[]] = [await withSubIfds(source, root, seen)];
  for (const directory of others) pages.push(await withSubIfds(source, directory, seen));
  return { pages: await markOldLzw(source, pages), ...end };
}

/** Appends the directories of a chain to its first one, and says how it ends. */
async function followChain(
  source: TiffSource,
  found: [ReadDirectory, ...ReadDirectory[]],
  seen: Set<number>,
): Promise<Omit<Chain, 'pages'>> {
  let { next } = found[0];
  while (next && !seen.has(next) && found.length < MAX_PAGES) {
    seen.add(next);
    const directory = await readDirectory(source, next, { index: found.length });
    if (!directory) {
      const longChain = source.exhausted();
      const chainBreak = longChain ? undefined : breakAt(source, next);
      return { brokenChain: true, chainBreak, longChain };
    }
    found.push(directory);
    next = directory.next;
  }
  if (next === 0) return { brokenChain: false, longChain: false };
  if (next === undefined) return { brokenChain: true, chainBreak: 'NO_POINTER', longChain: false };
  if (seen.has(next)) return { brokenChain: true, chainBreak: 'LOOP', longChain: false };
  return { brokenChain: true, longChain: true };
}

/** A directory with its SubIFDs: those listed in the tag, and those chained to them. */
async function withSubIfds(
  source: TiffSource,
  { page: parent, subIfds: offsets }: ReadDirectory,
  seen: Set<number>,
): Promise<TiffPage> {
  const subIfds: TiffPage[] = [];
  const queue = [...offsets];
  let { lacksSubIfds } = parent;
  for (let i = 0; i < queue.length && subIfds.length < MAX_SUB_IFDS; i++) {
    const offset = queue[i] ?? 0;
    if (offset === 0 || seen.has(offset)) continue;
    const listed = i < offsets.length;
    const place = { index: parent.index, subIfd: i, listed, parent };
    const isRead = seen.size < MAX_DIRECTORIES;
    const directory = isRead ? await readDirectory(source, offset, place) : undefined;
    if (isRead) seen.add(offset);
    if (!directory) {
      if (listed) lacksSubIfds = true;
      continue;
    }
    subIfds.push(directory.page);
    queue.push(...directory.subIfds);
    if (directory.next) queue.push(directory.next);
  }
  return subIfds.length > 0 || lacksSubIfds ? { ...parent, subIfds, lacksSubIfds } : parent;
}

/** Why there is no directory at an offset. */
function breakAt({ fileBytes }: TiffSource, offset: number): ChainBreak {
  return offset >= fileBytes ? 'OUTSIDE' : 'NO_DIRECTORY';
}
