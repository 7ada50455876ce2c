import type { FileRow } from '../page-data.ts';
import { psnrOf } from './order.ts';

/** Which files are shown; undefined or empty criteria match all. */
export interface Filter {
  /** Part of the name, in any case. */
  readonly name?: string | undefined;
  readonly status?: string | undefined;
  readonly kind?: string | undefined;
  /** A code, or `ANY_WARNING`. */
  readonly warning?: string | undefined;
  readonly mostSsim?: number | undefined;
  readonly mostPsnr?: number | undefined;
  /** Of the TIFF, in bytes. */
  readonly leastSize?: number | undefined;
  readonly mostSize?: number | undefined;
}

/** Matches files with any warning. */
export const ANY_WARNING = '*';

/** The indices of matching files, in order. */
export function matching(files: readonly FileRow[], filter: Filter): readonly number[] {
  const name = folded(filter.name ?? '');
  return [...files.keys()].filter((place) => {
    const file = files[place];
    return file !== undefined && folded(file.name).includes(name) && matches(file, filter);
  });
}

/** Ignores case and accents. */
function folded(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

function matches(file: FileRow, filter: Filter): boolean {
  const { status, kind, warning, mostSsim, mostPsnr, leastSize, mostSize } = filter;
  return (
    (!status || file.status === status) &&
    (!kind || file.kind === kind) &&
    (!warning || hasWarning(file, warning)) &&
    isAtMost(file.pages[file.worst]?.ssim, mostSsim) &&
    isAtMost(psnrOf(file), mostPsnr) &&
    (leastSize === undefined || file.sourceBytes >= leastSize) &&
    isAtMost(file.sourceBytes, mostSize)
  );
}

function hasWarning({ warnings }: FileRow, wanted: string): boolean {
  return wanted === ANY_WARNING ? warnings.length > 0 : warnings.includes(wanted);
}

/** An unknown value is never at most anything. */
function isAtMost(value: number | undefined, most: number | undefined): boolean {
  return most === undefined || (value !== undefined && value <= most);
}
