import { dirname, isAbsolute, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FileRecord, PageRecord } from '../collection/events.ts';
import { warningCodesOf, warningLine } from '../collection/warning-count.ts';
import { defaultLikenessBounds } from '../convert/verify/likeness.ts';
import { absolutePath, urlOfPath } from '../path-bytes.ts';
import { aboutRun, limitsInWords } from './about-run.ts';
import { commonFolder } from './common-folder.ts';
import { type Doubt, jpegsOf, worstPageOf } from './doubt.ts';
import type { PicturesOfFile } from './gather-pictures.ts';
import type { FileRow, PageData, PageRow, Totals } from './page-data.ts';
import type { PictureSource } from './picture-source.ts';
import type { ReportRun } from './report.ts';
import { chooseSample } from './sample.ts';
import { ownLabels, WARNING_LABELS } from './warning-labels.ts';

/** What is known besides the run. */
export interface PageContext {
  /** The report's own path. */
  readonly path: string;
  readonly doubts: readonly Doubt[];
  readonly pictures: readonly PicturesOfFile[];
  readonly pathOf: PictureSource['pathOf'];
  /** Names and versions of the libraries that made the pixels, if they are known. */
  readonly libraries?: string | undefined;
}

/** The data of a report's page for a run. */
export function pageDataOf(run: ReportRun, context: PageContext): PageData {
  const { records, startedAt } = run;
  const jpegs = records.flatMap(jpegsOf);
  const folder = commonFolder(records.map(({ input }) => input));
  return {
    about: aboutRun(run, context.libraries),
    startedAt: startedAt.toISOString(),
    folder,
    totals: totalsOf(run, jpegs),
    limits: jpegs.some(({ likeness }) => likeness)
      ? limitsInWords(defaultLikenessBounds)
      : undefined,
    warnings: warningLine(run.summary.warnings),
    labels: WARNING_LABELS,
    unread: run.unread.map(({ kind, path, error }) => ({ kind, path, message: error.message })),
    files: records.map((record, file) => ({
      ...fileRowOf(record, file, context),
      name: record.input.slice(folder.length),
    })),
    sample: chooseSample(records, context.doubts),
  };
}

/** Sizes include only files with JPEGs, so that the saving is correct. */
function totalsOf({ records, summary }: ReportRun, jpegs: readonly PageRecord[]): Totals {
  const { files, converted, verified, skipped, existing = 0, failed, left } = summary;
  const { pixels, ms, stopped } = summary;
  const withJpegs = records.filter((record) => jpegsOf(record).length > 0);
  return {
    files,
    converted,
    verified,
    skipped,
    existing,
    failed,
    left,
    pixels,
    ms,
    stopped,
    jpegs: jpegs.length,
    compared: jpegs.filter(({ likeness }) => likeness).length,
    warned: summary.warnings.files,
    sourceBytes: sum(withJpegs.map(({ source_bytes }) => source_bytes)),
    bytes: sum(jpegs.map(({ bytes }) => bytes)),
  };
}

function fileRowOf(record: FileRecord, file: number, context: PageContext): Omit<FileRow, 'name'> {
  const pages = jpegsOf(record);
  const worst = worstPageOf(record);
  const { thumbnail, comparison } = context.pictures[file] ?? {};
  return {
    status: record.status,
    existing: record.status === 'skipped' ? record.existing : undefined,
    verified: record.status === 'skipped' ? record.verified : undefined,
    kind: record.kind ?? '',
    sourceBytes: record.source_bytes,
    bytes: pages.length > 0 ? sum(pages.map(({ bytes }) => bytes)) : undefined,
    ms: record.status === 'skipped' ? undefined : record.ms,
    warnings: warningCodesOf(record),
    labels: ownLabels(pages),
    error: record.status === 'failed' ? record.error : undefined,
    sourceSha256: record.source_sha256,
    pages: pages.map((page) => pageRowOf(page, context)),
    worst: worst ? pages.indexOf(worst) : 0,
    doubt: round(context.doubts[file]?.weight ?? 1, 3),
    hasThumbnail: thumbnail !== undefined,
    shown: comparison?.shown,
  };
}

function pageRowOf(
  { page, output, width, height, bytes, effort, reader, likeness, notes, sha256 }: PageRecord,
  { path, pathOf }: PageContext,
): PageRow {
  const jpeg = pathOf(output);
  return {
    page,
    output,
    width,
    height,
    bytes,
    effort,
    reader,
    notes,
    sha256,
    link: jpeg === undefined ? undefined : linkBetween(path, jpeg),
    ssim: likeness && round(likeness.ssim, 6),
    psnr: likeness && round(likeness.psnr_db ?? null, 3),
  };
}

/**
 * The relative URL from one file to another; absolute if there is none (other drives on Windows).
 */
export function linkBetween(from: string, to: string): string {
  const path = relative(dirname(absolutePath(from)), absolutePath(to));
  if (isAbsolute(path)) return pathToFileURL(path).href;
  const link = path.split(sep).map(urlOfPath).join('/');
  // A name with a colon would be read as a scheme.
  return link.startsWith('../') ? link : `./${link}`;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Rounded to this many places; null stays null. */
function round<T extends number | null>(number: T, places: number): T {
  return (number === null ? null : Number(number.toFixed(places))) as T;
}
