import { mostBytes, type PageCut, plainBytes, type SizesKnown } from './segment-sizes.ts';
import type { TiffSource } from './tiff-source.ts';
import { bytesOfValues, readIntegers, type TiffEntry } from './tiff-values.ts';

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
  /** How their sizes are known where the file does not tell them; `largestBytes` and the others are then the most there can be. */
  readonly sizes?: SizesKnown | undefined;
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
  /** How the sizes can be known without the list, if at all. */
  readonly known?:
    | { readonly by: SizesKnown['by']; readonly cut: PageCut; readonly compression: number }
    | undefined;
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
  layout: SegmentLayout,
): Promise<TiffSegments | undefined> {
  const listed = await sumListed(source, layout);
  const why = whyWrong(source, layout, listed);
  return (why && (await sumKnown(source, layout, why))) ?? listed;
}

/** What writers round sizes up to; one that is so much beyond the end of the file need not be missing data. */
const ROUNDED_UP = { beyond: 4_096, step: 512 } as const;

/**
 * Whether the size of the last strip or tile tells nothing of its data: it was rounded up, or is what they take when they are not
 * compressed, or more. Where it was not, and is beyond the end of the file, the data were cut off.
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
  // That of Deflate data is told as such.
  if (lacksChecksum(known.compression, listed, fileBytes)) return undefined;
  if (listed.end <= fileBytes) return undefined;
  return known.by === 'pixels' || isNoSize(listed, known.cut, fileBytes) ? 'BEYOND' : undefined;
}

/** More segments than that are not looked at one by one. */
const MOST_UNLISTED = 65_536;

/** The sums where the list of sizes is of no use; undefined where the file does not have what it should. */
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
  // A segment at 0 is one that a sparse file leaves out.
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
    bytesOfValues(list.type, 1) !== undefined &&
    !liesInFile(source, list, Math.min(list.count, needed));
  return isOutside(offsets) || isOutside(byteCounts) ? 'LISTS_OUTSIDE' : 'LISTS_UNREADABLE';
}

function liesInFile({ fileBytes }: TiffSource, { type, position }: TiffEntry, count: number) {
  const bytes = bytesOfValues(type, count);
  return bytes !== undefined && position + bytes <= fileBytes;
}
