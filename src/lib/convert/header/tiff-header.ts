import { open } from '../../files.ts';
import { isTiffSignature, TIFF_SIGNATURE_LENGTH } from '../../tiff-signature.ts';
import { MAX_DIRECTORIES, MAX_PAGES } from './limits.ts';
import { markOldLzw } from './old-lzw.ts';
import {
  MAX_SUB_IFDS,
  type ReadDirectory,
  readDirectory,
  type TiffPage,
} from './tiff-directory.ts';
import { type ByteReader, boundedReader, type TiffSource } from './tiff-source.ts';
import { offsetAt } from './tiff-values.ts';

export type { TiffPage } from './tiff-directory.ts';
export type { TiffSegments } from './tiff-segments.ts';

/** What a TIFF says of itself, before anything of it is decoded. */
export interface TiffHeader {
  readonly fileBytes: number;
  readonly littleEndian: boolean;
  readonly big: boolean;
  /** The chain of directories, first to last, each with those that hang below it. At least one. */
  readonly pages: readonly [TiffPage, ...TiffPage[]];
  /** The chain ends before its end: a loop, an offset outside the file, too many. */
  readonly brokenChain: boolean;
  /** Where it is broken, how; undefined where it is sound, or was followed no further (`longChain`). */
  readonly chainBreak?: ChainBreak | undefined;
  /** It may go on soundly, but was followed no further: more than `MAX_PAGES`, or more to read than a header may cost. */
  readonly longChain: boolean;
}

/** What the last directory that can be reached says of the next one. */
export type ChainBreak =
  /** Nothing: the file ends before. */
  | 'NO_POINTER'
  /** That it lies where the file has no bytes, or where there is no directory. */
  | 'OUTSIDE'
  | 'NO_DIRECTORY'
  /** That it is one of those before. */
  | 'LOOP';

/** Bytes of BigTIFF's header; a classic one takes 8, but no directory fits into the other 8. */
const HEADER_BYTES = 16;

/**
 * Reads what all directories (IFDs) in the chain of a classic or BigTIFF say of their pages, and those
 * that hang below them (SubIFDs). The values are the file's own claims, however absurd, and harmless to
 * ask for: memory, bytes read and time are bounded. Undefined when there is no TIFF signature or no
 * readable first directory: the decoder's own message tells more than ours could.
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

/** `readTiffHeader` for a file that is open already. */
export async function readHeaderFrom(reader: ByteReader): Promise<TiffHeader | undefined> {
  const start = await reader.read(0, HEADER_BYTES);
  if (!start) return undefined;
  const signature = Array.from({ length: TIFF_SIGNATURE_LENGTH }, (_, i) => start.getUint8(i));
  if (!isTiffSignature(Uint8Array.from(signature))) return undefined;
  const littleEndian = signature[0] === 0x49;
  const big = start.getUint16(2, littleEndian) === 43;
  // BigTIFF says how wide its offsets are, and there is only one width.
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

/** Adds the directories of a chain to its first one, and says how it ends. */
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

/** A directory with those that hang below it: that the tag lists, and that these lead to in chains of their own. */
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
