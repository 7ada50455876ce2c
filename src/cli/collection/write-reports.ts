import type { FileRecord } from '../../lib/collection/events.ts';
import { SettingsError } from '../../lib/errors.ts';
import { openPictures } from '../../lib/report/converted-pictures.ts';
import { reportPathProblem } from '../../lib/report/report-format.ts';
import type { ReportRun } from '../../lib/report/report-run.ts';
import { writeReport } from '../../lib/report/write-report.ts';
import { withWorkspace } from '../../lib/workspace.ts';
import type { CollectionOutcome } from './view.ts';

/** What a report has besides what its run came to. */
export interface ReportRequest extends Omit<ReportRun, 'records' | 'summary'> {
  /** Where the reports go; their endings say what they are. */
  readonly paths: readonly string[];
  /** How many processes make their pictures. */
  readonly jobs: number;
  /** Pictures are not made any more once it is aborted; the reports are written all the same. */
  readonly signal: AbortSignal;
}

/** Throws `SettingsError` for a path whose ending says nothing of what the report shall be. */
export function refuseReportPaths(paths: readonly string[]): void {
  const problems = paths.flatMap((path) => {
    const problem = reportPathProblem(path);
    return problem ? [`--report ${path} ${problem}`] : [];
  });
  if (problems.length > 0) throw new SettingsError(problems);
}

/** Writes the reports of a run. Throws `FileError`. */
export async function writeReports(
  { records, summary }: CollectionOutcome,
  { paths, jobs, signal, ...about }: ReportRequest,
): Promise<void> {
  if (paths.length === 0) return;
  await withWorkspace(async (workspace) => {
    const pictures = await openPictures({ workspace, jobs, signal });
    try {
      const run = { ...about, summary, records: records.filter(isRecord) };
      for (const path of paths) await writeReport(path, run, pictures);
    } finally {
      await pictures.close();
    }
  });
}

/** A dry run, which has plans, writes no report. */
function isRecord(record: CollectionOutcome['records'][number]): record is FileRecord {
  return record.status !== 'due';
}
