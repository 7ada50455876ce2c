import type { CollectionSummary, FileRecord, UnreadPath } from '../collection/events.ts';
import type { ChromaSubsampling, EncoderSettings } from '../convert/encoder-settings.ts';
import { stringifyWithPaths } from '../path-json.ts';
import type { ReportRun } from './report.ts';

/** The document of a JSON report. */
export interface ReportDocument {
  readonly v: 1;
  /** Name and version of the program, as `arke-tiff/1.2.3`. */
  readonly program: string;
  /** ISO 8601, in UTC. */
  readonly started_at: string;
  /** Those of the JPEGs that were made; absent after `verify`, which makes none. */
  readonly settings?:
    | (Omit<EncoderSettings, 'chromaSubsampling' | 'maxSize'> & {
        readonly chroma_subsampling: ChromaSubsampling;
        /** Pixels; undefined if none was set. */
        readonly max_size: number | undefined;
      })
    | undefined;
  readonly summary: CollectionSummary;
  /** What could not be read during the search. */
  readonly unread: readonly UnreadPath[];
  /** As in `file.ended`, in the order in which they ended. */
  readonly files: readonly FileRecord[];
}

/**
 * A run as JSON: settings and summary, then every file as in its `file.ended` event
 * (docs/reports.md). Yields file by file, each on its own line.
 */
export function* jsonOf(run: ReportRun): Generator<string> {
  const { chromaSubsampling, maxSize, ...settings } = run.encoder;
  const head: Omit<ReportDocument, 'files'> = {
    v: 1,
    program: run.program,
    started_at: run.startedAt.toISOString(),
    settings: run.verification
      ? undefined
      : { ...settings, chroma_subsampling: chromaSubsampling, max_size: maxSize },
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
