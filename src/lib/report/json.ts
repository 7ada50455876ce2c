import { stringifyWithPaths } from '../path-json.ts';
import type { ReportDocument, ReportRun } from './report-run.ts';

/**
 * A run as JSON: what it was and what it came to, then every file as its `file.ended` event tells it (docs/reports.md).
 * Yields file by file, each on a line of its own.
 */
export function* jsonOf(run: ReportRun): Generator<string> {
  const { chromaSubsampling, ...settings } = run.settings;
  const head: Omit<ReportDocument, 'files'> = {
    v: 1,
    program: run.program,
    started_at: run.startedAt.toISOString(),
    settings: { ...settings, chroma_subsampling: chromaSubsampling },
    summary: run.summary,
    unread: run.unread,
  };
  yield `${stringifyWithPaths(head, 2).slice(0, -2)},\n  "files": [`;
  let between = '';
  for (const record of run.records) {
    yield `${between}\n    ${stringifyWithPaths(record)}`;
    between = ',';
  }
  yield '\n  ]\n}\n';
}
