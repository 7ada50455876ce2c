import { open } from '../../files.ts';
import { isTiffSignature, TIFF_SIGNATURE_LENGTH } from '../../tiff-signature.ts';
import { readDirectory, type TiffPage } from './tiff-directory.ts';
import { type ByteReader, boundedReader, type TiffSource } from './tiff-source.ts';
import { offsetAt } from './tiff-values.ts';

export type { TiffPage } from './tiff-directory.ts';
export type { TiffSegments } from './tiff-segments.ts';

/** What a TIFF says of itself, before anything of it is decoded. */
export interface TiffHeader {
  readonly fileBytes: number;
  readonly littleEndian: boolean;
  readonly big: boolean;
  /** The chain of directories, first to last. At least one. */
  readonly pages: readonly [TiffPage, ...TiffPage[]];
  /** The chain ends before its end: a loop, an offset outside the file, too many. */
  readonly brokenChain: boolean;
  /** It may go on soundly, but was followed no further: more than `MAX_PAGES`, or more to read than a header may cost. */
  readonly longChain: boolean;
}

/** Bytes of BigTIFF's header; a classic one takes 8, but no directory fits into the other 8. */
const HEADER_BYTES = 16;

/**
 * The longest chain that is followed: a stack of this many pages is read in under a second, and a
 * damaged chain does not go on for ever.
 */
export const MAX_PAGES = 10_000;

/**
 * Reads what all directories (IFDs) in the chain of a classic or BigTIFF say of their pages; not those
 * that hang below one (SubIFDs). The values are the file's own claims, however absurd, and harmless to
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

async function readChain(
  source: TiffSource,
  firstOffset: number,
): Promise<Pick<TiffHeader, 'pages' | 'brokenChain' | 'longChain'> | undefined> {
  const first = await readDirectory(source, firstOffset);
  if (!first) return undefined;
  const pages: [TiffPage, ...TiffPage[]] = [first.page];
  const seen = new Set([firstOffset]);
  let { next } = first;
  while (next && !seen.has(next) && pages.length < MAX_PAGES) {
    seen.add(next);
    const directory = await readDirectory(source, next, pages.length);
    if (!directory) return { pages, brokenChain: true, longChain: source.exhausted() };
    pages.push(directory.page);
    next = directory.next;
  }
  const isOpen = next !== undefined && next !== 0 && !seen.has(next);
  return { pages, brokenChain: next !== 0, longChain: isOpen };
}
