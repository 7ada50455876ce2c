import { groupDigits } from '../../group-digits.ts';
import type { TiffPage } from './tiff-header.ts';
import type { ReadTags } from './tiff-tags.ts';

/** Something of a page's data that is not in the file. */
export interface MissingData {
  readonly code: 'TRUNCATED' | 'MISSING_SEGMENTS' | 'EMPTY_SEGMENTS' | 'NO_SEGMENTS';
  /** For people, without a full stop and without a capital: it follows a colon. */
  readonly message: string;
}

type DataOfPage = Pick<TiffPage, 'segments' | 'compression' | 'wholeJpegEnd'>;

const OLD_JPEG = 6;

/**
 * What of a page's data is missing from a file of so many bytes; nothing when all of its strips or tiles
 * are listed, have bytes, and lie in the file. It is proof that nothing was cut off, not that nothing in
 * between is damaged. Of an old-style JPEG that lies in the file in one piece, libjpeg tells whether all is there.
 */
export function missingData(
  { segments, compression, wholeJpegEnd }: DataOfPage,
  fileBytes: number,
): MissingData[] {
  if (compression === OLD_JPEG && wholeJpegEnd !== undefined && wholeJpegEnd <= fileBytes)
    return [];
  if (!segments)
    return [{ code: 'NO_SEGMENTS', message: 'it does not say where its strips or tiles are' }];
  const { kind, count, needed, empty, end } = segments;
  const found: MissingData[] = [];
  if (end > fileBytes)
    found.push({
      code: 'TRUNCATED',
      message: `the file ends ${groupDigits(end - fileBytes)} ${end - fileBytes === 1 ? 'byte' : 'bytes'} before its last ${kind.slice(0, -1)} does`,
    });
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
          : `${groupDigits(empty)} of its ${groupDigits(needed)} ${kind} ${empty === 1 ? 'has' : 'have'} 0 bytes`,
    });
  return found;
}

/**
 * Which of the wanted values cannot be read, mostly because the file ends before them, for people; undefined when
 * none is: a picture without its profile, palette or range would be another one.
 */
export function missingValues({ unreadable }: Pick<ReadTags, 'unreadable'>): string | undefined {
  if (unreadable.length === 0) return undefined;
  return `the values of ${unreadable.length === 1 ? 'tag' : 'tags'} ${unreadable.join(', ')} cannot be read`;
}
