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
