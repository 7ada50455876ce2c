import { groupDigits } from '../../group-digits.ts';
import type { TiffPage } from './tiff-header.ts';
import { lacksChecksum, type SegmentsUnknown, type TiffSegments } from './tiff-segments.ts';
import type { ReadTags } from './tiff-tags.ts';

/** Page data that are missing from the file. */
export interface MissingData {
  readonly code:
    | 'TRUNCATED'
    | 'NO_CHECKSUM'
    | 'OVERSTATED'
    | 'MISSING_SEGMENTS'
    | 'EMPTY_SEGMENTS'
    | 'NO_SEGMENTS';
  /** For people: continues a sentence after a colon, without a full stop. */
  readonly message: string;
}

type DataOfPage = Pick<
  TiffPage,
  | 'segments'
  | 'segmentsUnknown'
  | 'compression'
  | 'wholeJpegEnd'
  | 'samplesPerPixel'
  | 'bitsPerSample'
  | 'planar'
>;

/** The problem of a page whose segments are unknown. */
export const UNKNOWN_SEGMENTS: Readonly<Record<SegmentsUnknown, MissingData>> = {
  NO_OFFSETS: { code: 'NO_SEGMENTS', message: 'it does not say where its strips or tiles are' },
  NO_BYTE_COUNTS: {
    code: 'NO_SEGMENTS',
    message: 'it does not say how many bytes its strips or tiles have',
  },
  LISTS_OUTSIDE: {
    code: 'TRUNCATED',
    message: 'the lists of its strips or tiles are not in the file',
  },
  LISTS_UNREADABLE: {
    code: 'NO_SEGMENTS',
    message: 'the lists of its strips or tiles cannot be read',
  },
};

const [UNCOMPRESSED, OLD_JPEG] = [1, 6];

/**
 * What is missing from a page's data, given the file's size; nothing if all of its strips or tiles
 * are listed, have bytes, and are in the file. That proves that nothing was cut off, not that
 * nothing is damaged. If an old-style JPEG is in the file in one piece, libjpeg checks whether it
 * is complete.
 */
export function missingData(page: DataOfPage, fileBytes: number): MissingData[] {
  const { segments, segmentsUnknown = 'NO_OFFSETS', compression, wholeJpegEnd } = page;
  if (compression === OLD_JPEG && wholeJpegEnd !== undefined && wholeJpegEnd <= fileBytes)
    return [];
  if (!segments) return [UNKNOWN_SEGMENTS[segmentsUnknown]];
  const { kind, count, needed, empty, end } = segments;
  const found: MissingData[] = [];
  if (end > fileBytes) found.push(beyondEnd(page, segments, end - fileBytes));
  if (count < needed)
    found.push({
      code: 'MISSING_SEGMENTS',
      message: `it has ${groupDigits(count)} of the ${groupDigits(needed)} ${kind} that it needs`,
    });
  if (empty > 0)
    found.push({
      code: 'EMPTY_SEGMENTS',
      message:
        needed === 1
          ? `its only ${kind.slice(0, -1)} has 0 bytes`
          : `${groupDigits(empty)} of its ${groupDigits(needed)} ${kind} ${empty === 1 ? 'has' : 'have'} 0 bytes (a sparse TIFF, or data that were never written)`,
    });
  return found;
}

function beyondEnd(page: DataOfPage, segments: TiffSegments, beyond: number): MissingData {
  const bytes = `${groupDigits(beyond)} ${beyond === 1 ? 'byte' : 'bytes'}`;
  const last = `last ${segments.kind.slice(0, -1)}`;
  if (hasAllPixels(page, segments, segments.end - beyond))
    return {
      code: 'OVERSTATED',
      message: `all of its pixels are there, but the size given for its ${last} is ${bytes} more than the file has`,
    };
  const message = `the file ends ${bytes} before its ${last} does`;
  return lacksChecksum(page.compression, segments, segments.end - beyond)
    ? { code: 'NO_CHECKSUM', message: `${message}, in the checksum of its data` }
    : { code: 'TRUNCATED', message };
}

/**
 * For uncompressed samples the size is known: whether the strip or tile that begins last is
 * complete.
 */
function hasAllPixels(
  { compression, samplesPerPixel, bitsPerSample, planar }: DataOfPage,
  { width, height, lastStart }: TiffSegments,
  fileBytes: number,
): boolean {
  if (compression !== UNCOMPRESSED) return false;
  const bits = Math.max(...bitsPerSample) * (planar ? 1 : samplesPerPixel);
  return lastStart + Math.ceil((width * bits) / 8) * height <= fileBytes;
}

/**
 * Which of the wanted values cannot be read, mostly because the file ends before them; undefined if
 * all can. Without its profile, palette or range the picture would be wrong.
 */
export function missingValues({ unreadable }: Pick<ReadTags, 'unreadable'>): string | undefined {
  if (unreadable.length === 0) return undefined;
  return `the values of ${unreadable.length === 1 ? 'tag' : 'tags'} ${unreadable.join(', ')} cannot be read`;
}
