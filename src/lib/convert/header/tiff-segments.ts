import { mostBytes, type PageCut, plainBytes, type SizesKnown } from './segment-sizes.ts';
import type { TiffSource } from './tiff-source.ts';
import { bytesOfValues, readIntegers, type TiffEntry } from './tiff-values.ts';

/** How a page's samples are cut into strips or tiles. */
export interface TiffSegments {
  readonly kind: 'strips' | 'tiles';
  /**
   * Pixels of one segment: a strip has the page's width and RowsPerStrip rows (at most the page's
   * height).
   */
  readonly width: number;
  readonly height: number;
  /** How many the file lists: fewer than the page needs if some are missing. */
  readonly count: number;
  /** How many the page's size requires, and how many of these are empty. */
  readonly needed: number;
  readonly empty: number;
  /**
   * Compressed bytes, by the file's list, of the largest segment and of all that the page needs.
   */
  readonly largestBytes: number;
  readonly totalBytes: number;
  /**
   * Where the last segment begins in the file, and the furthest end of any: beyond the file's size,
   * the file is truncated.
   */
  readonly lastStart: number;
  readonly end: number;
  /**
   * How their sizes are known if the file does not list them; `largestBytes` and the others are
   * then upper bounds.
   */
  readonly sizes?: SizesKnown | undefined;
}

/**
 * Deflate and Adobe's Deflate (TIFF 6.0, supplement 2): zlib's format, which ends with a checksum
 * (RFC 1950).
 */
const DEFLATE = [8, 32_946];
/** Bytes of that checksum. */
export const CHECKSUM_BYTES = 4;

/**
 * Whether the file ends inside or just before the checksum of its last strip or tile, so that all
 * other data can be present.
 */
export function lacksChecksum(
  compression: number,
  segments: Pick<TiffSegments, 'end'> | undefined,
  fileBytes: number,
): boolean {
  if (!segments || !DEFLATE.includes(compression)) return false;
  const beyond = segments.end - fileBytes;
  return beyond > 0 && beyond <= CHECKSUM_BYTES;
}

/** Why a page's segments are unknown. */
export type SegmentsUnknown =
  | 'NO_OFFSETS'
  | 'NO_BYTE_COUNTS'
  | 'LISTS_OUTSIDE'
  | 'LISTS_UNREADABLE';

/** A directory's description of its segments. */
export interface SegmentLayout {
  readonly kind: 'strips' | 'tiles';
  readonly width: number;
  readonly height: number;
  /** How many the page's size requires. */
  readonly needed: number;
  /** StripOffsets or TileOffsets, StripByteCounts or TileByteCounts. */
  readonly offsets: TiffEntry | undefined;
  readonly byteCounts: TiffEntry | undefined;
  /** How the sizes can be known without the list, if at all. */
  readonly known?:
    | { readonly by: SizesKnown['by']; readonly cut: PageCut; readonly compression: number }
    | undefined;
}

/**
 * More segments than a picture within JPEG's 65 535 pixels a side has, unless its tiles are smaller
 * than 32 × 32: each costs 16 bytes of reading in BigTIFF.
 */
const MAX_SEGMENTS = 4_194_304;

/** Values held at a time. */
const CHUNK = 8_192;

/**
 * Adds up the segments of a page without holding their lists. Segments beyond what the page needs
 * are ignored, as by decoders. Segments of 0 bytes are omitted by sparse files and have no end.
 * Undefined if the file does not list both positions and sizes, or more than `MAX_SEGMENTS` are
 * needed. Throws what reading throws.
 */
export async function sumSegments(
  source: TiffSource,
  layout: SegmentLayout,
): Promise<TiffSegments | undefined> {
  const listed = await sumListed(source, layout);
  const why = whyWrong(source, layout, listed);
  return (why && (await sumKnown(source, layout, why))) ?? listed;
}

/**
 * Writers round sizes up to such values; a size this far beyond the end of the file does not prove
 * missing data.
 */
const ROUNDED_UP = { beyond: 4_096, step: 512 } as const;

/**
 * Whether the listed size of the last strip or tile is unreliable: rounded up, or at least the
 * uncompressed size. Otherwise a size beyond the end of the file means that data were cut off.
 */
function isNoSize(
  { end, lastStart, kind }: TiffSegments,
  cut: PageCut,
  fileBytes: number,
): boolean {
  const size = end - lastStart;
  if (end - fileBytes <= ROUNDED_UP.beyond || size % ROUNDED_UP.step === 0) return true;
  return size >= plainBytes({ ...cut, kind }, 0);
}

function whyWrong(
  { fileBytes }: TiffSource,
  { byteCounts, needed, known }: SegmentLayout,
  listed: TiffSegments | undefined,
): SizesKnown['why'] | undefined {
  if (!known || needed === 0) return undefined;
  if (!byteCounts || byteCounts.count === 0) return 'MISSING';
  if (!listed) return undefined;
  if (listed.count >= needed && listed.empty === needed) return 'ZERO';
  // A missing Deflate checksum is reported separately.
  if (lacksChecksum(known.compression, listed, fileBytes)) return undefined;
  if (listed.end <= fileBytes) return undefined;
  return known.by === 'pixels' || isNoSize(listed, known.cut, fileBytes) ? 'BEYOND' : undefined;
}

/** More segments than this are not checked one by one. */
const MOST_UNLISTED = 65_536;

/** The sums if the list of sizes is unusable; undefined if the file lacks what it should have. */
async function sumKnown(
  source: TiffSource,
  { kind, width, height, needed, offsets, byteCounts, known }: SegmentLayout,
  why: SizesKnown['why'],
): Promise<TiffSegments | undefined> {
  if (!offsets || !known || offsets.count < needed || needed > MOST_UNLISTED) return undefined;
  const { fileBytes } = source;
  const starts = await readIntegers(source, offsets, { most: needed });
  const listed =
    why === 'BEYOND' ? await readIntegers(source, byteCounts, { most: needed }) : undefined;
  // A segment at 0 is omitted by a sparse file.
  if (starts?.length !== needed || starts.includes(0)) return undefined;
  const { by, cut } = known;
  const sizes =
    by === 'pixels'
      ? starts.map((_, i) => plainBytes(cut, i))
      : mostBytes(starts, listed, fileBytes);
  const fits = starts.every((start, i) => {
    const size = sizes[i] ?? 0;
    return size > 0 && start + size <= fileBytes && (!listed || size <= (listed[i] ?? 0));
  });
  if (!fits) return undefined;
  return {
    kind,
    width,
    height,
    count: offsets.count,
    needed,
    empty: 0,
    largestBytes: sizes.reduce((most, size) => Math.max(most, size), 0),
    totalBytes: sizes.reduce((sum, size) => sum + size, 0),
    lastStart: starts.reduce((last, start) => Math.max(last, start), 0),
    end: starts.reduce((end, start, i) => Math.max(end, start + (sizes[i] ?? 0)), 0),
    sizes: { why, by },
  };
}

async function sumListed(
  source: TiffSource,
  { kind, width, height, needed, offsets, byteCounts }: SegmentLayout,
): Promise<TiffSegments | undefined> {
  if (!offsets || !byteCounts) return undefined;
  const count = Math.min(offsets.count, byteCounts.count);
  const relevant = Math.min(count, needed);
  if (relevant > MAX_SEGMENTS) return undefined;
  // If a list is not completely in the file, the rest of it is not worth reading.
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

/** Why `sumSegments` returns nothing for a page. */
export function whyUnknown(
  source: TiffSource,
  { offsets, byteCounts, needed }: SegmentLayout,
): SegmentsUnknown {
  if (!offsets) return 'NO_OFFSETS';
  if (!byteCounts) return 'NO_BYTE_COUNTS';
  const isOutside = (list: TiffEntry) =>
    bytesOfValues(list.type, 1) !== undefined &&
    !liesInFile(source, list, Math.min(list.count, needed));
  return isOutside(offsets) || isOutside(byteCounts) ? 'LISTS_OUTSIDE' : 'LISTS_UNREADABLE';
}

function liesInFile({ fileBytes }: TiffSource, { type, position }: TiffEntry, count: number) {
  const bytes = bytesOfValues(type, count);
  return bytes !== undefined && position + bytes <= fileBytes;
}
