import type { CollectionSummary, FileRecord, UnreadPath } from '../collection/events.ts';
import type { EncoderSettings } from '../convert/encoder-settings.ts';

/** The subject of a report: a finished run over a collection. */
export interface ReportRun {
  readonly records: readonly FileRecord[];
  readonly summary: CollectionSummary;
  /** What could not be read during the search. */
  readonly unread: readonly UnreadPath[];
  /** Name and version of the program, as `arke-tiff/1.2.3`. */
  readonly program: string;
  readonly startedAt: Date;
  /** How it was started, as on a command line. */
  readonly command: string;
  /** The computer it ran on, in words. */
  readonly machine: string;
  readonly encoder: EncoderSettings;
  /** Set if JPEGs were verified, and none was made: the least quality that was asked for. */
  readonly verification?: { readonly quality?: number | undefined } | undefined;
}

/** The formats of reports. */
export type ReportFormat = 'html' | 'csv' | 'json' | 'sha256';

const FORMATS: Readonly<Record<string, ReportFormat>> = {
  '.html': 'html',
  '.htm': 'html',
  '.csv': 'csv',
  '.json': 'json',
  '.sha256': 'sha256',
};

/** The format by a path's extension; undefined if there is none. */
export function reportFormatOf(path: string): ReportFormat | undefined {
  return FORMATS[/\.\w+$/.exec(path)?.[0].toLowerCase() ?? ''];
}

/** What is wrong with a report's path; undefined if nothing is. */
export function reportPathProblem(path: string): string | undefined {
  return reportFormatOf(path) ? undefined : 'must end with .html, .csv, .json or .sha256';
}
