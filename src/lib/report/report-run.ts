import type { CollectionSummary, FileRecord, UnreadPath } from '../collection/events.ts';
import type { ChromaSubsampling, EncoderSettings } from '../convert/encoder-settings.ts';

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

/** What a JSON report is. */
export interface ReportDocument {
  readonly v: 1;
  /** Name and version of the program, as `arke-tiff/1.2.3`. */
  readonly program: string;
  /** ISO 8601, in UTC. */
  readonly started_at: string;
  readonly settings: Omit<EncoderSettings, 'chromaSubsampling'> & {
    readonly chroma_subsampling: ChromaSubsampling;
  };
  readonly summary: CollectionSummary;
  /** What could not be read when the TIFFs were searched for. */
  readonly unread: readonly UnreadPath[];
  /** As `file.ended` told them, in the order in which they ended. */
  readonly files: readonly FileRecord[];
}
