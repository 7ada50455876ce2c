import type { ConversionNote } from '../convert/messages.ts';
import type { Likeness } from '../convert/verify/likeness.ts';
import type { ErrorCode } from '../errors.ts';
import type { StopSignal } from '../exit-codes.ts';

export type { Likeness } from '../convert/verify/likeness.ts';

/** One JPEG of a TIFF, of its first or a further page. */
export interface PageRecord {
  /** Counted from 1. */
  readonly page: number;
  readonly output: string;
  /** Pixels of the upright picture. */
  readonly width: number;
  readonly height: number;
  /** 1 for greyscale, else 3. */
  readonly channels: number;
  readonly bytes: number;
  readonly ms: number;
  readonly cpu_seconds: number;
  readonly peak_bytes: number;
  /** Of a JPEG that was only verified: how it is coded, in words. */
  readonly effort: string;
  /** The decoder: sharp, or one of the fallback decoders. */
  readonly reader: string;
  readonly notes: readonly ConversionNote[];
  readonly likeness?: Likeness | undefined;
  /** Hexadecimal, if checksums are on. */
  readonly sha256?: string | undefined;
}

/** What is known about a TIFF before it is converted. */
export interface SourceRecord {
  /** As given or found: a path, or a key in R2. */
  readonly input: string;
  /** The JPEG of its first page. */
  readonly output: string;
  readonly source_bytes: number;
  /**
   * The kind of TIFF in a few words, such as `RGB 8-bit LZW`. Undefined if its header cannot be
   * read.
   */
  readonly kind: string | undefined;
  /** Pixels of the pages to convert. */
  readonly pixels: number | undefined;
  /** Hexadecimal, if checksums are on. */
  readonly source_sha256?: string | undefined;
}

/** The record of a TIFF that was converted. */
export interface ConvertedRecord extends SourceRecord {
  readonly status: 'converted';
  readonly ms: number;
  readonly pages: readonly [PageRecord, ...PageRecord[]];
}

/** The record of a TIFF whose JPEGs were there, and are within the limits. */
export interface VerifiedRecord extends SourceRecord {
  readonly status: 'verified';
  readonly ms: number;
  readonly pages: readonly [PageRecord, ...PageRecord[]];
}

/** The record of a TIFF whose JPEGs are up to date, or exist and are to be passed over. */
export interface SkippedRecord extends SourceRecord {
  readonly status: 'skipped';
  /** Set if the JPEGs exist and nothing else is known about them (`--skip-existing`). */
  readonly existing?: true | undefined;
  /** Set if an earlier run of `verify` found the JPEGs to be within the limits. */
  readonly verified?: true | undefined;
  /** As recorded when they were made; empty if that is not known. */
  readonly pages: readonly PageRecord[];
}

/** The record of a TIFF that failed. */
export interface FailedRecord extends SourceRecord {
  readonly status: 'failed';
  readonly ms: number;
  readonly error: { readonly code: ErrorCode; readonly message: string };
}

/** The record of one TIFF of a collection. */
export type FileRecord = ConvertedRecord | VerifiedRecord | SkippedRecord | FailedRecord;

/** How a page would be converted, predicted from its header alone. */
export interface PagePlan {
  /** Counted from 1. */
  readonly page: number;
  readonly output: string;
  readonly effort: string;
  readonly reader: string;
  /** Why this plan was chosen, for people. */
  readonly reason: string;
  readonly cpu_seconds: number;
  readonly peak_bytes: number;
  /** Size of the JPEG: a rough guess; undefined if the header cannot be read. */
  readonly output_bytes: number | undefined;
}

/** A TIFF of a dry run that would certainly fail, with the error of its conversion. */
export interface WouldFailRecord extends SourceRecord {
  readonly status: 'would_fail';
  readonly error: { readonly code: string; readonly message: string };
}

/** The plan for a TIFF. One that is `due` is not decoded yet, so it may still fail. */
export type FilePlan =
  | (SourceRecord & { readonly status: 'due'; readonly pages: readonly [PagePlan, ...PagePlan[]] })
  | SkippedRecord
  | WouldFailRecord;

/** A place that could not be read during the search, so TIFFs may be missing from the run. */
export interface UnreadPath {
  /** A `file` is reported only if its content had to decide whether it is a TIFF. */
  readonly kind: 'folder' | 'file';
  readonly path: string;
  readonly error: {
    readonly code: 'FOLDER_UNREADABLE' | 'FILE_UNREADABLE';
    /** The reason and what to do, without the path. */
    readonly message: string;
  };
}

/** How many TIFFs have JPEGs that were made with warnings, including those that were up to date. */
export interface WarningCounts {
  readonly files: number;
  /** The same by code; a TIFF with several counts once for each. */
  readonly by_code: Readonly<Partial<Record<ConversionNote['code'], number>>>;
}

/**
 * The result of a run. In a dry run, `converted` are those that would be, and their output bytes
 * are predicted.
 */
export interface CollectionSummary {
  readonly files: number;
  readonly converted: number;
  /** `verify` only: those whose JPEGs are within the limits; in a dry run, those to compare. */
  readonly verified?: number | undefined;
  /** Those with JPEGs that are up to date, exist, or were verified before. */
  readonly skipped: number;
  /** Of those skipped, the ones whose JPEGs only exist; undefined if there are none. */
  readonly existing?: number | undefined;
  readonly failed: number;
  /** Dry runs only: those that would certainly fail. */
  readonly would_fail?: number | undefined;
  /** Those that a stop signal or `--fail-fast` kept from being processed. */
  readonly left: number;
  /** Folders that could not be searched: TIFFs in them are not in `files`. */
  readonly folders_unread: number;
  /** Files that could not be read and may be TIFFs: they are not in `files`. */
  readonly files_unread: number;
  /** None in a dry run: warnings come from conversions. */
  readonly warnings: WarningCounts;
  /** Of converted or verified TIFFs, like the next two. */
  readonly source_bytes: number;
  readonly output_bytes: number;
  readonly pixels: number;
  readonly ms: number;
  /** Dry runs only: the cost of the run. */
  readonly predicted?: PredictedEffort | undefined;
  /** What ended it early: a signal, or SIGPIPE if the reader of its results has left. */
  readonly stopped?: StopSignal | undefined;
}

/** The cost of a run. */
export interface PredictedEffort {
  readonly cpu_seconds: number;
  /** Wall time with the given number of jobs. */
  readonly seconds: number;
}

/** The events of a run, in order. */
export type CollectionEvent =
  | {
      readonly event: 'collection.started';
      readonly files: number;
      readonly source_bytes: number;
      readonly jobs: number;
    }
  /** Before any file; TIFFs there are missing from the run. */
  | ({ readonly event: 'collection.unread' } & UnreadPath)
  | ({ readonly event: 'collection.warning' } & CollectionWarning)
  /** A remote TIFF starts to download, some time before its conversion. */
  | { readonly event: 'file.downloading'; readonly input: string; readonly source_bytes: number }
  | {
      readonly event: 'file.downloaded';
      readonly input: string;
      readonly source_bytes: number;
      readonly ms: number;
    }
  /** A conversion starts; for a file that is skipped, or fails before, there is only the end. */
  | ({ readonly event: 'file.started' } & SourceRecord)
  /** A file needs another attempt with less memory or time. */
  | { readonly event: 'file.replanned'; readonly input: string; readonly message: string }
  /** JPEGs that belong elsewhere are made and start to upload. */
  | { readonly event: 'file.uploading'; readonly input: string }
  | ({ readonly event: 'file.ended' } & FileRecord)
  /** The only event of a file in a dry run. */
  | ({ readonly event: 'file.planned' } & FilePlan)
  | ({ readonly event: 'collection.ended' } & CollectionSummary);

/**
 * The document of `--json`: a dry run has plans, other runs have records; both include failed and
 * skipped files.
 */
export interface CollectionDocument {
  /** As in `file.ended` or `file.planned`, in the order given or found, as far as the run got. */
  readonly files: readonly (FileRecord | FilePlan)[];
  readonly summary: CollectionSummary;
  /** What could not be read during the search. */
  readonly unread: readonly UnreadPath[];
  /** Warnings about the collection as a whole. */
  readonly warnings: readonly CollectionWarning[];
}

/** A warning about the collection as a whole, such as two sources with one output name. */
export interface CollectionWarning {
  readonly code: string;
  readonly message: string;
}
