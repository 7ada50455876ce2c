import type { Limits } from '../convert/plan/plan.ts';
import type { Budget } from '../convert/plan/resources.ts';
import type { Converter } from '../convert/process/converter.ts';
import type { ConversionError } from '../errors.ts';
import type { FailedRecord, PagePlan, PageRecord, SkippedRecord, SourceRecord } from './events.ts';

/** One TIFF of a run, local or remote. */
export interface CollectionItem {
  readonly input: string;
  readonly output: string;
  /** 0 if unknown. */
  readonly sourceBytes: number;
  /** Finds out what to do with it, without decoding. Throws only the signal's reason. */
  plan(tools: PlanningTools): Promise<ItemPlan>;
}

/** What `plan` may use. */
export interface PlanningTools {
  /** The limits of a conversion when nothing else runs. */
  readonly limits: () => Promise<Limits>;
  /** Names and versions of the libraries behind the pixels. */
  readonly versions: () => Promise<string>;
  /** A temporary folder that exists until the run has ended. */
  readonly folder: string;
  readonly warn: Warn;
  readonly signal: AbortSignal;
}

/** Emits a warning about the collection. */
export type Warn = (code: string, message: string) => void;

/** What planning a TIFF has shown. */
export type ItemPlan = SkippedRecord | FailedRecord | DueItem;

/** A TIFF to convert. */
export interface DueItem {
  readonly status: 'due';
  readonly source: SourceRecord;
  readonly plans: readonly [PagePlan, ...PagePlan[]];
  /** Peak memory of its process, for all of its work. */
  readonly peakBytes: number;
  /**
   * For a remote TIFF: downloads it, before its turn. Throws its failure, and the signal's reason.
   */
  readonly bring?: ((signal: AbortSignal) => Promise<void>) | undefined;
  /** Converts it. Throws its failure, and the signal's reason. */
  convert(tools: ConvertingTools): Promise<Converted | Undelivered>;
}

/** What `convert` may use. */
export interface ConvertingTools {
  readonly converter: Converter;
  readonly budget: Budget;
  readonly signal: AbortSignal;
  readonly onReplan: (error: ConversionError) => void;
  /**
   * Another process for one page of the same TIFF, of which its conversion takes at most so many
   * bytes; undefined if there is no room now. Throws what making its folder throws.
   */
  readonly further: (bytes: number) => Promise<FurtherConverter | undefined>;
}

/** A conversion process besides the one that a TIFF has. */
export interface FurtherConverter {
  readonly converter: Converter;
  /** Memory that it may plan with, in bytes. */
  readonly memoryBytes: number;
  /** Gives it back; one that failed is not used again. */
  release(isWell: boolean): Promise<void>;
}

/** The result for a TIFF. */
export interface Converted {
  /** What was done with it; default: it was converted. */
  readonly status?: 'verified';
  readonly pages: readonly [PageRecord, ...PageRecord[]];
  readonly source_sha256?: string | undefined;
  /** Where the JPEG of the first page is, if not where it was planned. */
  readonly output?: string;
}

/** JPEGs that are made, but not delivered. */
export interface Undelivered {
  /** Delivers them; needs no conversion process. Throws like `convert`. */
  deliver(signal: AbortSignal): Promise<Converted>;
}
