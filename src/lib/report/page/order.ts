import { savedOf } from '../../browser/words.ts';
import type { FileRow, Status } from '../page-data.ts';

/** What the files can be sorted by. */
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

const STATUS: Readonly<Record<Status, number>> = { failed: 0, converted: 1, skipped: 2 };

/** What has no JPEG is less like its TIFF than anything. */
const NO_JPEG = -1;

/** What a file is sorted by; what is unknown comes last, whichever way the order goes. */
const VALUES: Readonly<Record<SortKey, (file: FileRow) => string | number | undefined>> = {
  name: ({ name }) => name,
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

/** The pixels of a file's JPEGs; undefined where there is none. */
export function jpegPixelsOf({ pages }: FileRow): number | undefined {
  return pages.length > 0
    ? pages.reduce((sum, { width, height }) => sum + width * height, 0)
    : undefined;
}

/** The PSNR in dB of a file's worst page: infinite where the pictures are identical, undefined where nobody knows. */
export function psnrOf(file: FileRow): number | undefined {
  const psnr = file.pages[file.worst]?.psnr;
  return psnr === null ? Number.POSITIVE_INFINITY : psnr;
}

/** The places of files in an order. Of equal ones the more doubtful comes first, then the name decides. */
export function sorted(
  files: readonly FileRow[],
  places: readonly number[],
  { key, descending }: Order,
): readonly number[] {
  const collator = new Intl.Collator('en', { numeric: true });
  const value = VALUES[key];
  const keyed = places.flatMap((place) => {
    const file = files[place];
    return file ? [{ place, file, by: value(file) }] : [];
  });
  const direction = descending ? -1 : 1;
  return keyed
    .sort(
      (a, b) =>
        compare(a.by, b.by, direction, collator) ||
        b.file.doubt - a.file.doubt ||
        collator.compare(a.file.name, b.file.name) ||
        a.place - b.place,
    )
    .map(({ place }) => place);
}

type SortValue = string | number | undefined;

function compare(a: SortValue, b: SortValue, direction: number, collator: Intl.Collator): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  if (typeof a === 'string' || typeof b === 'string')
    return direction * collator.compare(String(a), String(b));
  return direction * (a < b ? -1 : 1);
}
