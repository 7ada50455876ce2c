import type { PageRecord, SourceRecord } from '../collection/events.ts';
import type { EncoderSettings } from '../convert/encoder-settings.ts';
import type { PagesSetting } from '../convert/pages.ts';
import type { Budget } from '../convert/plan/resources.ts';
import type { Converter } from '../convert/process/converter.ts';
import type { LikenessBounds } from '../convert/verify/likeness.ts';
import type { RetryPolicy } from '../retry.ts';
import type { Storage } from '../storage/client.ts';
import type { IsFree } from '../storage/list-objects.ts';

/**
 * Where the TIFFs of a bucket can be converted. `local` is this machine: it downloads each TIFF and
 * uploads its JPEGs. Another place (Fly machines that each run a task) becomes another value, with
 * its own runner beside `convertObjects` that emits the same events.
 */
export const places = ['local'] as const;

/** Options of a run over the TIFFs of a bucket. */
export interface BatchOptions {
  readonly storage: Storage;
  /** The free keys by the list that the TIFFs were found in: no request asks for these. */
  readonly isFree?: IsFree | undefined;
  readonly encoder: EncoderSettings;
  readonly pages: PagesSetting;
  /**
   * `memoryBytes` applies to all conversion processes together; defaults to the machine's memory.
   */
  readonly budget: Budget;
  /** Maximum number of files converted at once. */
  readonly jobs: number;
  /** Converts up-to-date files too. Never replaces what was made from another TIFF. */
  readonly force: boolean;
  /** Passes over JPEGs that exist, whoever made them; default: false. */
  readonly skipExisting?: boolean | undefined;
  /** Compares each JPEG with its TIFF, and refuses one that differs more than this allows. */
  readonly verify?: LikenessBounds | undefined;
  /** Ends with the first failed file; unfinished files are discarded. */
  readonly failFast: boolean;
  /** Reports what would be done, reads only headers and writes nothing. */
  readonly dryRun: boolean;
  /** Ends the run; unfinished files are discarded. */
  readonly signal: AbortSignal;
  /** Name and version of the program, for provenance. */
  readonly program: string;
  /** Called for each TIFF while it and its JPEGs are on this machine. Never throws. */
  readonly onMade?: ((made: MadeHere) => Promise<void>) | undefined;
  /**
   * Called for each TIFF whose JPEGs have just been uploaded, before the event for its end. A
   * stopped run finishes this and uploads that have begun before `signal` aborts. Never throws.
   */
  readonly onUploaded?: ((input: string, signal: AbortSignal) => Promise<void>) | undefined;
  /** How often requests are tried; defaults to `BATCH_RETRY`. */
  readonly policy?: RetryPolicy | undefined;
}

/** A TIFF and its JPEGs, while all of them are on this machine. */
export interface MadeHere {
  readonly source: SourceRecord;
  /** The path of the TIFF. */
  readonly tiff: string;
  readonly pages: readonly { readonly record: PageRecord; readonly jpeg: string }[];
  readonly encoder: EncoderSettings;
  /** A conversion process that is idle meanwhile. */
  readonly converter: Converter;
  readonly signal: AbortSignal;
}

/**
 * How often a request to R2 is tried: about half a minute of waiting in total, a minute at most.
 * Nothing here has a deadline, and a short loss of the connection should not fail all files under
 * way.
 */
export const BATCH_RETRY: RetryPolicy = { attempts: 10, baseDelayMs: 200, maxDelayMs: 20_000 };
