import type { PageRecord, SourceRecord } from '../collection/events.ts';
import type { EncoderSettings } from '../convert/encoder-settings.ts';
import type { PagesSetting } from '../convert/pages.ts';
import type { Budget } from '../convert/plan/resources.ts';
import type { Converter } from '../convert/process/converter.ts';
import type { LikenessBounds } from '../convert/verify/likeness.ts';
import type { RetryPolicy } from '../retry.ts';
import type { Storage } from '../storage/client.ts';

/**
 * Where the TIFFs of a bucket can be converted. `local` is this machine: each TIFF comes here, and its JPEG goes back.
 * Another place (Fly's machines, each of which runs a task) becomes another value, with a runner of its own beside
 * `convertObjects` that tells the same events.
 */
export const places = ['local'] as const;

/** What a run over the TIFFs of a bucket is told. */
export interface BatchOptions {
  readonly storage: Storage;
  readonly encoder: EncoderSettings;
  readonly pages: PagesSetting;
  /** `memoryBytes` is for all conversion processes together; default: what the machine has. */
  readonly budget: Budget;
  /** The most files that are converted at once. */
  readonly jobs: number;
  /** Converts what is up to date, too. What was not made from the same TIFF is never replaced. */
  readonly force: boolean;
  /** Compares each JPEG with its TIFF, and refuses one that is less like it than this allows. */
  readonly verify?: LikenessBounds | undefined;
  /** Ends with the first file that fails; what is under way is dropped. */
  readonly failFast: boolean;
  /** Says what would be done, reading headers only, and writes nothing. */
  readonly dryRun: boolean;
  /** Ends the run: what is under way is dropped. */
  readonly signal: AbortSignal;
  /** Name and version of the program, for provenance. */
  readonly program: string;
  /** Told of each TIFF while it and its JPEGs are all on this machine. Never throws. */
  readonly onMade?: ((made: MadeHere) => Promise<void>) | undefined;
  /** How often requests are tried; `BATCH_RETRY` unless told. */
  readonly policy?: RetryPolicy | undefined;
}

/** A TIFF and its JPEGs, while all of them are on this machine. */
export interface MadeHere {
  readonly source: SourceRecord;
  /** The TIFF's path. */
  readonly tiff: string;
  readonly pages: readonly { readonly record: PageRecord; readonly jpeg: string }[];
  readonly settings: EncoderSettings;
  /** A conversion process that has nothing to do meanwhile. */
  readonly converter: Converter;
  readonly signal: AbortSignal;
}

/**
 * How often a request to R2 is tried: together about half a minute of waiting, a minute at most. Nothing here has a deadline, and a line
 * that is gone for a moment should not fail all that is under way.
 */
export const BATCH_RETRY: RetryPolicy = { attempts: 10, baseDelayMs: 200, maxDelayMs: 20_000 };
