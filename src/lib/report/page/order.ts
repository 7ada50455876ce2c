import { savedOf } from '../../browser/words.ts';
import type { FileRow, Status } from '../page-data.ts';

/** The sort keys. */
export type SortKey =
  | 'name'
  | 'status'
  | 'kind'
  | 'pixels'
  | 'sourceBytes'
  | 'bytes'
  | 'saved'
  | 'ssim'
  | 'psnr'
  | 'warnings'
  | 'ms';

/** An order of files. */
export interface Order {
  readonly key: SortKey;
  readonly descending: boolean;
}

const STATUS: Readonly<Record<Status, number>> = {
  failed: 0,
  converted: 1,
  verified: 1,
  skipped: 2,
};

/** A file without a JPEG is the least similar. */
const NO_JPEG = -1;

/** The sort values; unknown ones come last in both directions. */
const VALUES: Readonly<
  Record<Exclude<SortKey, 'name'>, (file: FileRow) => string | number | undefined>
> = {
  status: ({ status }) => STATUS[status],
  kind: ({ kind }) => kind || undefined,
  pixels: jpegPixelsOf,
  sourceBytes: ({ sourceBytes }) => sourceBytes,
  bytes: ({ bytes }) => bytes,
  saved: ({ sourceBytes, bytes }) => bytes && savedOf(sourceBytes, bytes),
  ssim: (file) => (file.status === 'failed' ? NO_JPEG : file.pages[file.worst]?.ssim),
  psnr: (file) => (file.status === 'failed' ? NO_JPEG : psnrOf(file)),
  warnings: ({ warnings }) => warnings.length,
  ms: ({ ms }) => ms,
};

/** The pixels of a file's JPEGs; undefined if there are none. */
export function jpegPixelsOf({ pages }: FileRow): number | undefined {
  return pages.length > 0
    ? pages.reduce((sum, { width, height }) => sum + width * height, 0)
    : undefined;
}

/**
 * The PSNR in dB of a file's worst page: infinite if the pictures are identical, undefined if
 * unknown.
 */
export function psnrOf(file: FileRow): number | undefined {
  const psnr = file.pages[file.worst]?.psnr;
  return psnr === null ? Number.POSITIVE_INFINITY : psnr;
}

/** Numbers in names and kinds are compared by value. */
const collator = new Intl.Collator('en', { numeric: true });

/**
 * The place of each file among all in the order of their names, which take long to compare:
 * made once.
 */
export function ranksByName(files: readonly FileRow[]): readonly number[] {
  const nameAt = (place: number) => files[place]?.name ?? '';
  const places = [...files.keys()].sort((a, b) => collator.compare(nameAt(a), nameAt(b)) || a - b);
  const ranks: number[] = [];
  for (const [rank, place] of places.entries()) ranks[place] = rank;
  return ranks;
}

/**
 * The indices of files in an order. Among equals, the more doubtful come first, then by name: by
 * `ranks`, the places of all files in the order of their names.
 */
export function sorted(
  files: readonly FileRow[],
  places: readonly number[],
  { key, descending }: Order,
  ranks: readonly number[],
): readonly number[] {
  const rankOf = (place: number) => ranks[place] ?? 0;
  const keyed = places.flatMap((place) => {
    const file = files[place];
    if (!file) return [];
    return [{ place, doubt: file.doubt, by: key === 'name' ? rankOf(place) : VALUES[key](file) }];
  });
  const direction = descending ? -1 : 1;
  return keyed
    .sort(
      (a, b) =>
        compare(a.by, b.by, direction) || b.doubt - a.doubt || rankOf(a.place) - rankOf(b.place),
    )
    .map(({ place }) => place);
}

type SortValue = string | number | undefined;

function compare(a: SortValue, b: SortValue, direction: number): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  if (typeof a === 'string' || typeof b === 'string')
    return direction * collator.compare(String(a), String(b));
  return direction * (a < b ? -1 : 1);
}
