import { dirname, isAbsolute, relative, sep } from 'node:path';
import type { FileRecord } from '../../lib/collection/events.ts';
import { SettingsError } from '../../lib/errors.ts';
import { refuseOutput } from '../../lib/local-output.ts';
import { openPictures } from '../../lib/report/converted-pictures.ts';
import { type KeptPictures, keepPictures } from '../../lib/report/kept-pictures.ts';
import type { PictureSource } from '../../lib/report/picture-source.ts';
import { type ReportRun, reportFormatOf, reportPathProblem } from '../../lib/report/report.ts';
import { REPORT_RULES, writeReport } from '../../lib/report/write-report.ts';
import { withWorkspace } from '../../lib/workspace.ts';
import type { Reporter } from '../reporter.ts';
import type { CollectionOutcome } from './view.ts';

/** The parts of a report besides a run's result. */
export interface ReportRequest extends Omit<ReportRun, 'records' | 'summary' | 'unread'> {
  /** Paths of the reports; their extensions determine the formats. */
  readonly paths: readonly string[];
  /** How many processes make the pictures. */
  readonly jobs: number;
  /** Stops making pictures; the reports are still written. */
  readonly signal: AbortSignal;
  /** Shows the progress of the pictures, and what a report lacks. */
  readonly reporter: Pick<Reporter, 'begin' | 'warn'>;
}

/**
 * Checks before a run that its reports can be written; the run creates folders in `outDir`. Throws
 * `SettingsError` for a path with an unknown extension, and `FileError`.
 */
export async function refuseReportPaths(
  paths: readonly string[],
  outDir?: string | undefined,
): Promise<void> {
  const problems = paths.flatMap((path) => {
    const problem = reportPathProblem(path);
    return problem ? [`--report ${path} ${problem}`] : [];
  });
  if (problems.length > 0) throw new SettingsError(problems);
  for (const path of paths) {
    const makeFolder = outDir !== undefined && isIn(outDir, dirname(path));
    await refuseOutput(path, REPORT_RULES, { makeFolder });
  }
}

/** Refuses reports of checksums where not all are computed. Throws `SettingsError`. */
export function refuseChecksums(
  paths: readonly string[],
  remedy = 'is for "convert", which has --checksum',
): void {
  const path = paths.find((one) => reportFormatOf(one) === 'sha256');
  if (path !== undefined) throw new SettingsError([`--report ${path} ${remedy}`]);
}

function isIn(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way.split(sep)[0] !== '..' && !isAbsolute(way);
}

/** Writes the reports of a run over local files. Throws `FileError`. */
export async function writeReports(
  outcome: CollectionOutcome,
  request: ReportRequest,
): Promise<void> {
  if (request.paths.length === 0) return;
  const { jobs, signal } = request;
  await withWorkspace(async (workspace) => {
    const pictures = await openPictures({ workspace, jobs, signal });
    try {
      await writeReportsWith(pictures, outcome, request);
    } finally {
      await pictures.close();
    }
  });
}

/** Writes the reports of a run with given pictures. Throws `FileError`. */
export async function writeReportsWith(
  pictures: PictureSource,
  { records, summary, unread }: CollectionOutcome,
  { paths, reporter, ...about }: Omit<ReportRequest, 'jobs' | 'signal'>,
): Promise<void> {
  const run = { ...about, summary, unread, records: records.filter(isRecord) };
  const missing = summary.failed + summary.left;
  for (const path of paths) {
    const words = `Writing the report ${path}`;
    // Only a page takes long enough to be told about.
    const activity = reportFormatOf(path) === 'html' ? reporter.begin(words) : undefined;
    const onProgress = (done: number, most: number) =>
      activity?.advance(`${words}: ${Math.floor((done / most) * 100)} % of its pictures`);
    try {
      await writeReport(path, run, pictures, { onProgress });
      activity?.done();
      if (missing > 0 && reportFormatOf(path) === 'sha256')
        reporter.warn(
          `${path} has no checksums for ${missing} of ${summary.files} TIFFs, which failed or were not converted`,
        );
    } catch (error) {
      activity?.failed();
      throw error;
    }
  }
}

/**
 * Provides a store for pictures of files that do not stay here, if one of these reports is a page;
 * otherwise undefined. Throws `FileError` if there can be no temporary folder.
 */
export async function withKeptPictures<T>(
  paths: readonly string[],
  use: (pictures: KeptPictures | undefined) => Promise<T>,
): Promise<T> {
  if (!paths.some((path) => reportFormatOf(path) === 'html')) return use(undefined);
  return withWorkspace(({ folder }) => use(keepPictures(folder)));
}

/** A dry run has plans, and writes no reports. */
function isRecord(record: CollectionOutcome['records'][number]): record is FileRecord {
  return record.status !== 'due' && record.status !== 'would_fail';
}
