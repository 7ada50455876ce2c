import type { ConversionNote } from '../convert/messages.ts';
import type { Likeness } from '../convert/verify/likeness.ts';
import type { ErrorCode } from '../errors.ts';
import type { StopSignal } from '../exit-codes.ts';

export type { Likeness } from '../convert/verify/likeness.ts';

/** One JPEG that was made: of a TIFF's only, first or further page. */
export interface PageRecord {
  /** Counted from 1. */
  readonly page: number;
  readonly output: string;
  /** Pixels, as the JPEG is to be seen. */
  readonly width: number;
  readonly height: number;
  /** 1 for greyscale, else 3. */
  readonly channels: number;
  readonly bytes: number;
  readonly ms: number;
  readonly cpu_seconds: number;
  readonly peak_bytes: number;
  readonly effort: string;
  /** Who decoded it: sharp, or one of the fallback decoders. */
  readonly reader: string;
  readonly notes: readonly ConversionNote[];
  readonly likeness?: Likeness | undefined;
  /** Hexadecimal, where checksums were asked for. */
  readonly sha256?: string | undefined;
}

/** What is known of a TIFF before it is converted. */
export interface SourceRecord {
  /** As it was given or found: a path, or a key in R2. */
  readonly input: string;
  /** The JPEG of its first page. */
  readonly output: string;
  readonly source_bytes: number;
  /** What kind of TIFF it is, in few words: `RGB 8-bit LZW`. Undefined when its header cannot be read. */
  readonly kind: string | undefined;
  /** Pixels of the page or pages to be converted. */
  readonly pixels: number | undefined;
  /** Hexadecimal, where checksums were asked for. */
  readonly source_sha256?: string | undefined;
}

/** How a TIFF ended that became JPEGs. */
export interface ConvertedRecord extends SourceRecord {
  readonly status: 'converted';
  readonly ms: number;
  readonly pages: readonly [PageRecord, ...PageRecord[]];
}

/** How a TIFF ended that was left as it is: its JPEGs are up to date. */
export interface SkippedRecord extends SourceRecord {
  readonly status: 'skipped';
  /** As they were recorded when they were made. */
  readonly pages: readonly PageRecord[];
}

/** How a TIFF ended that became nothing. */
export interface FailedRecord extends SourceRecord {
  readonly status: 'failed';
  readonly ms: number;
  readonly error: { readonly code: ErrorCode; readonly message: string };
}

/** How one TIFF of a collection ended. */
export type FileRecord = ConvertedRecord | SkippedRecord | FailedRecord;

/** How a page would be converted: predictions, made from its header alone. */
export interface PagePlan {
  /** Counted from 1. */
  readonly page: number;
  readonly output: string;
  readonly effort: string;
  readonly reader: string;
  /** Why so and no better, for people. */
  readonly reason: string;
  readonly cpu_seconds: number;
  readonly peak_bytes: number;
  /** Size of the JPEG: a rough guess; undefined where the header cannot be read. */
  readonly output_bytes: number | undefined;
}

/** A TIFF of a dry run that would certainly become nothing, by the error that converting it would end with. */
export interface WouldFailRecord extends SourceRecord {
  readonly status: 'would_fail';
  readonly error: { readonly code: string; readonly message: string };
}

/** What would become of a TIFF. One that is `due` is not decoded yet: what only that shows is open. */
export type FilePlan =
  | (SourceRecord & { readonly status: 'due'; readonly pages: readonly [PagePlan, ...PagePlan[]] })
  | SkippedRecord
  | WouldFailRecord;

/** A place that could not be read while TIFFs were searched for, so that TIFFs may be missing from the run. */
export interface UnreadPath {
  /** A file is told only where nothing but its content says whether it is a TIFF. */
  readonly kind: 'folder' | 'file';
  readonly path: string;
  readonly error: {
    readonly code: 'FOLDER_UNREADABLE' | 'FILE_UNREADABLE';
    /** Why, and what to do; the path is not in it. */
    readonly message: string;
  };
}

/** How many TIFFs have JPEGs that were made with warnings, those that were up to date included. */
export interface WarningCounts {
  readonly files: number;
  /** The same by the code of the warning; a TIFF with several counts for each of them, once. */
  readonly by_code: Readonly<Partial<Record<ConversionNote['code'], number>>>;
}

/**
 * What a whole run came to. In a dry run `converted` are those that would be, and their output bytes are
 * predicted.
 */
export interface CollectionSummary {
  readonly files: number;
  readonly converted: number;
  readonly skipped: number;
  readonly failed: number;
  /** Only of a dry run: those that would certainly fail. */
  readonly would_fail?: number | undefined;
  /** Those that a stop signal or `--fail-fast` left undone. */
  readonly left: number;
  /** Folders that could not be searched: TIFFs in them are not among `files`. */
  readonly folders_unread: number;
  /** Files that could not be read, and may be TIFFs: they are not among `files`. */
  readonly files_unread: number;
  /** None in a dry run: warnings come with conversions. */
  readonly warnings: WarningCounts;
  /** Of those that were converted, as the next two. */
  readonly source_bytes: number;
  readonly output_bytes: number;
  readonly pixels: number;
  readonly ms: number;
  /** Only of a dry run: what the whole would take. */
  readonly predicted?: PredictedEffort | undefined;
  /** What ended it early: a signal, or SIGPIPE for a reader of its results that has left. */
  readonly stopped?: StopSignal | undefined;
}

/** What a run would take. */
export interface PredictedEffort {
  readonly cpu_seconds: number;
  /** Until it is done, with the jobs that were asked for. */
  readonly seconds: number;
}

/** What happens during a run over a collection, in the order in which it happens. */
export type CollectionEvent =
  | {
      readonly event: 'collection.started';
      readonly files: number;
      readonly source_bytes: number;
      readonly jobs: number;
    }
  /** Told before any file; TIFFs there are missing from the run. */
  | ({ readonly event: 'collection.unread' } & UnreadPath)
  | ({ readonly event: 'collection.warning' } & CollectionWarning)
  /** A TIFF that lies elsewhere begins to come here, some time before its conversion begins. */
  | { readonly event: 'file.downloading'; readonly input: string; readonly source_bytes: number }
  | {
      readonly event: 'file.downloaded';
      readonly input: string;
      readonly source_bytes: number;
      readonly ms: number;
    }
  /** A conversion begins; of a file that is skipped, or fails before, only the end is told. */
  | ({ readonly event: 'file.started' } & SourceRecord)
  /** A file needs another attempt with less memory or time. */
  | { readonly event: 'file.replanned'; readonly input: string; readonly message: string }
  /** JPEGs that belong elsewhere are made, and begin to go there. */
  | { readonly event: 'file.uploading'; readonly input: string }
  | ({ readonly event: 'file.ended' } & FileRecord)
  /** The only event of a file in a dry run. */
  | ({ readonly event: 'file.planned' } & FilePlan)
  | ({ readonly event: 'collection.ended' } & CollectionSummary);

/** What `--json` says of a run: a dry run has plans, any other one records; both have what failed or is up to date. */
export interface CollectionDocument {
  /** As `file.ended` or `file.planned` told them, in the order in which they were given or found, as far as the run came. */
  readonly files: readonly (FileRecord | FilePlan)[];
  readonly summary: CollectionSummary;
  /** What could not be read when TIFFs were searched for. */
  readonly unread: readonly UnreadPath[];
  /** What was said of the collection as a whole. */
  readonly warnings: readonly CollectionWarning[];
}

/** Something about a collection as a whole: two sources with one output name, for example. */
export interface CollectionWarning {
  readonly code: string;
  readonly message: string;
}
