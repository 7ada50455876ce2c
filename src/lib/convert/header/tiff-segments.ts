import type { TiffSource } from './tiff-source.ts';
import { readIntegers, sizeOf, type TiffEntry } from './tiff-values.ts';

/** How the samples of a page are cut into strips or tiles. */
export interface TiffSegments {
  readonly kind: 'strips' | 'tiles';
  /** Pixels of one segment: a strip has the page's width and RowsPerStrip rows (never more than the page's height). */
  readonly width: number;
  readonly height: number;
  /** How many there are, as the file lists them: fewer than the page needs when some are missing. */
  readonly count: number;
  /** How many the page's size asks for, and how many of these have no bytes. */
  readonly needed: number;
  readonly empty: number;
  /** Bytes of the largest and of all that the page needs, compressed, as the file says. */
  readonly largestBytes: number;
  readonly totalBytes: number;
  /** Where the last of them begins in the file, and where one ends last: beyond its size, the file is truncated. */
  readonly lastStart: number;
  readonly end: number;
}

/** Deflate and Adobe's Deflate (TIFF 6.0, supplement 2): zlib's format, whose last bytes are a checksum (RFC 1950). */
const DEFLATE = [8, 32_946];
/** Bytes of that checksum. */
export const CHECKSUM_BYTES = 4;

/** Whether a file ends in the checksum of its last strip or tile, or before it: nothing else of the data needs to be missing. */
export function lacksChecksum(
  compression: number,
  segments: Pick<TiffSegments, 'end'> | undefined,
  fileBytes: number,
): boolean {
  if (!segments || !DEFLATE.includes(compression)) return false;
  const beyond = segments.end - fileBytes;
  return beyond > 0 && beyond <= CHECKSUM_BYTES;
}

/** Why nothing is known of a page's segments. */
export type SegmentsUnknown =
  | 'NO_OFFSETS'
  | 'NO_BYTE_COUNTS'
  | 'LISTS_OUTSIDE'
  | 'LISTS_UNREADABLE';

/** What a directory says of its page's segments. */
export interface SegmentLayout {
  readonly kind: 'strips' | 'tiles';
  readonly width: number;
  readonly height: number;
  /** How many the page's size asks for. */
  readonly needed: number;
  /** StripOffsets or TileOffsets, StripByteCounts or TileByteCounts. */
  readonly offsets: TiffEntry | undefined;
  readonly byteCounts: TiffEntry | undefined;
}

/**
 * More segments than pictures within a JPEG's 65 535 pixels a side have, unless their tiles are smaller
 * than 32 × 32: each costs 16 bytes of reading in BigTIFF.
 */
const MAX_SEGMENTS = 4_194_304;

/** Values held at a time. */
const CHUNK = 8_192;

/**
 * Adds up the segments of a page without holding their lists. Those listed beyond what the page needs
 * are not looked at; decoders do not either. Segments of 0 bytes are left out by sparse files and end
 * nowhere. Undefined when the file does not list both places and sizes, or more than `MAX_SEGMENTS` that
 * are needed. Throws what reading throws.
 */
export async function sumSegments(
  source: TiffSource,
  { kind, width, height, needed, offsets, byteCounts }: SegmentLayout,
): Promise<TiffSegments | undefined> {
  if (!offsets || !byteCounts) return undefined;
  const count = Math.min(offsets.count, byteCounts.count);
  const relevant = Math.min(count, needed);
  if (relevant > MAX_SEGMENTS) return undefined;
  // A list that does not lie in the file is not worth reading the part of it that does.
  if (!liesInFile(source, offsets, relevant) || !liesInFile(source, byteCounts, relevant))
    return undefined;
  let [largestBytes, totalBytes, lastStart, end, empty] = [0, 0, 0, 0, 0];
  for (let from = 0; from < relevant; from += CHUNK) {
    const range = { from, most: Math.min(CHUNK, relevant - from) };
    const starts = await readIntegers(source, offsets, range);
    const sizes = await readIntegers(source, byteCounts, range);
    if (!starts || !sizes) return undefined;
    for (let i = 0; i < range.most; i++) {
      const bytes = sizes[i] ?? 0;
      if (bytes === 0) {
        empty++;
        continue;
      }
      totalBytes += bytes;
      largestBytes = Math.max(largestBytes, bytes);
      lastStart = Math.max(lastStart, starts[i] ?? 0);
      end = Math.max(end, (starts[i] ?? 0) + bytes);
    }
  }
  return { kind, width, height, count, needed, empty, largestBytes, totalBytes, lastStart, end };
}

/** Why `sumSegments` gives nothing for a page. */
export function whyUnknown(
  source: TiffSource,
  { offsets, byteCounts, needed }: SegmentLayout,
): SegmentsUnknown {
  if (!offsets) return 'NO_OFFSETS';
  if (!byteCounts) return 'NO_BYTE_COUNTS';
  const isOutside = (list: TiffEntry) =>
    sizeOf(list.type, 1) !== undefined && !liesInFile(source, list, Math.min(list.count, needed));
  return isOutside(offsets) || isOutside(byteCounts) ? 'LISTS_OUTSIDE' : 'LISTS_UNREADABLE';
}

function liesInFile({ fileBytes }: TiffSource, { type, position }: TiffEntry, count: number) {
  const bytes = sizeOf(type, count);
  return bytes !== undefined && position + bytes <= fileBytes;
}
