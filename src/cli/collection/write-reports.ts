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
import type { CollectionOutcome } from './view.ts';

/** What a report has besides what its run came to. */
export interface ReportRequest extends Omit<ReportRun, 'records' | 'summary' | 'unread'> {
  /** Where the reports go; their endings say what they are. */
  readonly paths: readonly string[];
  /** How many processes make their pictures. */
  readonly jobs: number;
  /** Pictures are not made any more once it is aborted; the reports are written all the same. */
  readonly signal: AbortSignal;
}

/**
 * Finds out before a run what would keep its reports from being written after it; a folder in `outDir` is made by the run.
 * Throws `SettingsError` for a path whose ending says nothing of what the report shall be, and `FileError`.
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

/** Writes the reports of a run with pictures from elsewhere. Throws `FileError`. */
export async function writeReportsWith(
  pictures: PictureSource,
  { records, summary, unread }: CollectionOutcome,
  { paths, ...about }: Omit<ReportRequest, 'jobs' | 'signal'>,
): Promise<void> {
  const { program, startedAt, settings } = about;
  const run = { program, startedAt, settings, summary, unread, records: records.filter(isRecord) };
  for (const path of paths) await writeReport(path, run, pictures);
}

/**
 * Lends what keeps pictures of files that do not stay here, if a report of these is a page: undefined else, as nobody would
 * see them. Throws `FileError` when there can be no temporary folder.
 */
export async function withKeptPictures<T>(
  paths: readonly string[],
  use: (pictures: KeptPictures | undefined) => Promise<T>,
): Promise<T> {
  if (!paths.some((path) => reportFormatOf(path) === 'html')) return use(undefined);
  return withWorkspace(({ folder }) => use(keepPictures(folder)));
}

/** A dry run, which has plans, writes no report. */
function isRecord(record: CollectionOutcome['records'][number]): record is FileRecord {
  return record.status !== 'due' && record.status !== 'would_fail';
}
