import type { CollectionSummary, FileRecord, UnreadPath } from '../collection/events.ts';
import type { EncoderSettings } from '../convert/encoder-settings.ts';

/** What a report tells of: a run over a collection that has ended. */
export interface ReportRun {
  readonly records: readonly FileRecord[];
  readonly summary: CollectionSummary;
  /** What could not be read when the TIFFs were searched for. */
  readonly unread: readonly UnreadPath[];
  /** Name and version of the program, as `arke-tiff/1.2.3`. */
  readonly program: string;
  readonly startedAt: Date;
  readonly settings: EncoderSettings;
}

/** What a report can be written as. */
export type ReportFormat = 'html' | 'csv' | 'json';

const FORMATS: Readonly<Record<string, ReportFormat>> = {
  '.html': 'html',
  '.htm': 'html',
  '.csv': 'csv',
  '.json': 'json',
};

/** The format that a report's path asks for by its ending; undefined when it asks for none. */
export function reportFormatOf(path: string): ReportFormat | undefined {
  return FORMATS[/\.\w+$/.exec(path)?.[0].toLowerCase() ?? ''];
}

/** What is wrong with a report's path, or undefined when it is one. */
export function reportPathProblem(path: string): string | undefined {
  return reportFormatOf(path) ? undefined : 'must end with .html, .csv or .json';
}
