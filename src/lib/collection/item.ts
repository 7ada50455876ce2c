import type { Limits } from '../convert/plan/plan.ts';
import type { Budget } from '../convert/plan/resources.ts';
import type { Converter } from '../convert/process/converter.ts';
import type { FailedRecord, PagePlan, PageRecord, SkippedRecord, SourceRecord } from './events.ts';

/** One TIFF of a run, wherever it lies. */
export interface CollectionItem {
  readonly input: string;
  readonly output: string;
  /** 0 when that cannot be told. */
  readonly sourceBytes: number;
  /** Finds out what is to be done with it, decoding nothing. Throws only the signal's reason. */
  look(tools: LookingTools): Promise<Look>;
}

/** What a look at a TIFF is done with. */
export interface LookingTools {
  /** What a conversion may use when nothing else runs. */
  readonly limits: () => Promise<Limits>;
  /** Names and versions of the libraries that make the pixels. */
  readonly versions: () => Promise<string>;
  /** A folder for what is temporary, which is there until the run has ended. */
  readonly folder: string;
  readonly warn: Warn;
  readonly signal: AbortSignal;
}

/** Says something that is no file's end. */
export type Warn = (code: string, message: string) => void;

/** What a look at a TIFF has shown. */
export type Look = SkippedRecord | FailedRecord | DueItem;

/** A TIFF that is to be converted. */
export interface DueItem {
  readonly status: 'due';
  readonly source: SourceRecord;
  readonly plans: readonly [PagePlan, ...PagePlan[]];
  /** Peak memory of its process, whatever is done to it there. */
  readonly peakBytes: number;
  /**
   * For one that lies elsewhere: brings it here, before its turn. Throws what keeps it from coming, and the
   * signal's reason.
   */
  readonly bring?: ((signal: AbortSignal) => Promise<void>) | undefined;
  /** Converts it. Throws what keeps it from being converted, and the signal's reason. */
  convert(tools: ConvertingTools): Promise<Converted | Undelivered>;
}

/** What a TIFF is converted with. */
export interface ConvertingTools {
  readonly converter: Converter;
  readonly budget: Budget;
  readonly signal: AbortSignal;
  readonly onReplan: (message: string) => void;
}

/** What became of a TIFF. */
export interface Converted {
  readonly pages: readonly [PageRecord, ...PageRecord[]];
  readonly source_sha256?: string | undefined;
  /** Where the JPEG of the first page is, if that has turned out to be elsewhere than was foreseen. */
  readonly output?: string;
}

/** JPEGs that are made, and are not yet where they belong. */
export interface Undelivered {
  /** Brings them there; no conversion process is needed for that. Throws as `convert`. */
  deliver(signal: AbortSignal): Promise<Converted>;
}
