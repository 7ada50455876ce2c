import type { TiffPage } from './tiff-header.ts';
import type { ReadTags } from './tiff-tags.ts';

/**
 * What of a page's data is missing from a file of so many bytes, for people; undefined when all of its
 * strips or tiles are listed, have bytes, and lie in the file. It is proof that nothing was cut off, not
 * that nothing in between is damaged.
 */
export function missingData(
  { segments }: Pick<TiffPage, 'segments'>,
  fileBytes: number,
): string | undefined {
  if (!segments) return 'it does not say where its strips or tiles are';
  const { kind, count, needed, empty, end } = segments;
  if (count < needed) return `it lists only ${count} of ${needed} ${kind}`;
  if (empty > 0) return `${empty} of its ${needed} ${kind} have no data`;
  if (end > fileBytes) return `its ${kind} end at byte ${end}, but the file has ${fileBytes}`;
  return undefined;
}

/**
 * Which of the wanted values cannot be read, mostly because the file ends before them, for people; undefined when
 * none is: a picture without its profile, palette or range would be another one.
 */
export function missingValues({ unreadable }: Pick<ReadTags, 'unreadable'>): string | undefined {
  if (unreadable.length === 0) return undefined;
  return `the values of ${unreadable.length === 1 ? 'tag' : 'tags'} ${unreadable.join(', ')} cannot be read`;
}
