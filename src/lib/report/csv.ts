import type { FileRecord, PageRecord } from '../collection/events.ts';
import { bytesOfPath, isUtf8Path, shownPath } from '../path-bytes.ts';
import type { ReportRun } from './report.ts';

/** A value of a table; nothing where it is undefined. */
export type Cell = string | number | undefined;

/** The values of a line: of the TIFF, and of one of its JPEGs, if there is one. */
type CsvValue = (record: FileRecord, page: PageRecord | undefined) => Cell;

const columns: Readonly<Record<string, CsvValue>> = {
  input: ({ input }) => input,
  output: (record, page) => page?.output ?? record.output,
  page: (_, page) => page?.page,
  status: ({ status }) => status,
  kind: ({ kind }) => kind,
  width: (_, page) => page?.width,
  height: (_, page) => page?.height,
  channels: (_, page) => page?.channels,
  source_bytes: ({ source_bytes }) => source_bytes,
  output_bytes: (_, page) => page?.bytes,
  ssim: (_, page) => page?.likeness?.ssim,
  psnr_db: (_, page) => page?.likeness && (page.likeness.psnr_db ?? 'inf'),
  warnings: (_, page) => page?.notes.map(({ code }) => code).join(' '),
  messages: (_, page) => page?.notes.map(({ message }) => message).join('; '),
  effort: (_, page) => page?.effort,
  reader: (_, page) => page?.reader,
  ms: (_, page) => page?.ms,
  cpu_seconds: (_, page) => page?.cpu_seconds,
  peak_bytes: (_, page) => page?.peak_bytes,
  source_sha256: ({ source_sha256 }) => source_sha256,
  output_sha256: (_, page) => page?.sha256,
  error_code: (record) => (record.status === 'failed' ? record.error.code : undefined),
  error: (record) => (record.status === 'failed' ? record.error.message : undefined),
  input_base64: ({ input }) => base64Of(input),
  output_base64: (record, page) => base64Of(page?.output ?? record.output),
};

/** The bytes of a path in base64, if it is not UTF-8 and its text cannot be converted back. */
export function base64Of(path: string): string | undefined {
  return isUtf8Path(path) ? undefined : bytesOfPath(path).toString('base64');
}

/**
 * A run as CSV (RFC 4180): one line for each folder or file that could not be read, one for each
 * JPEG, and one for each TIFF without a JPEG. UTF-8 with a byte order mark, which Excel needs. Text
 * that a spreadsheet would read as a formula is preceded by an apostrophe. Yields line by line.
 */
export function* csvOf({
  records,
  unread,
}: Pick<ReportRun, 'records' | 'unread'>): Generator<string> {
  const names = Object.keys(columns);
  yield BYTE_ORDER_MARK + csvLine(names);
  for (const { path, error } of unread) {
    const cells: Readonly<Record<string, Cell>> = {
      input: path,
      status: 'unread',
      error_code: error.code,
      error: error.message,
      input_base64: base64Of(path),
    };
    yield csvLine(names.map((name) => cells[name]));
  }
  for (const record of records) {
    const pages = record.status === 'failed' || !record.pages.length ? [undefined] : record.pages;
    for (const page of pages)
      yield csvLine(Object.values(columns).map((value) => value(record, page)));
  }
}

/** Begins a CSV file: Excel reads UTF-8 only after it. */
export const BYTE_ORDER_MARK = '\uFEFF';

/** A line of CSV, with its end. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

/** Possible beginnings of a formula, including wide forms (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

function cellOf(value: Cell): string {
  if (typeof value !== 'string') return value === undefined ? '' : String(value);
  const text = shownPath(value);
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
