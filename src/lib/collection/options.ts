import type { EncoderSettings } from '../convert/encoder-settings.ts';
import type { PagesSetting } from '../convert/pages.ts';
import type { Budget } from '../convert/plan/resources.ts';
import type { Converter } from '../convert/process/converter.ts';
import type { Strictness } from '../convert/strictness.ts';
import type { LikenessBounds } from '../convert/verify/likeness.ts';
import type { UnreadPath } from './events.ts';

/** Options of a run over a collection. */
export interface CollectionRunOptions {
  readonly encoder: EncoderSettings;
  readonly pages: PagesSetting;
  /** `memoryBytes` is for all conversion processes together; default: detected. */
  readonly budget: Budget;
  /** The most files that are converted at once. */
  readonly jobs: number;
  /** Converts everything and overwrites outputs, but never TIFFs. */
  readonly force: boolean;
  /** Passes over JPEGs that exist, whoever made them; default: false. */
  readonly skipExisting?: boolean | undefined;
  /** What the user sets for `skipExisting`, for messages; default: the flag `--skip-existing`. */
  readonly keptBy?: string | undefined;
  /** What the user sets for `force`, for messages; default: the flag `--force`. */
  readonly forcedBy?: string | undefined;
  /**
   * The folder of all outputs, in which subfolders are created; otherwise they are written beside
   * their TIFFs.
   */
  readonly outDir?: string | undefined;
  /**
   * Keeps and uses a record beside the JPEGs. `if possible`: only adds to it, uses none where
   * other users may write, and only warns of one that cannot be read or written.
   */
  readonly keepRecord: boolean | 'if possible';
  /** Computes SHA-256 of TIFFs and JPEGs, and recognises files by it. */
  readonly checksum: boolean;
  /** Compares each JPEG with its TIFF, and refuses one beyond these bounds. */
  readonly verify?: LikenessBounds | undefined;
  /** Gives the JPEGs the times of their TIFFs. */
  readonly preserveTimestamps: boolean;
  /** Ends at the first failure; unfinished files are discarded. */
  readonly failFast: boolean;
  /** Reports what would be done, and writes nothing. */
  readonly dryRun: boolean;
  readonly strict: Strictness;
  /** What could not be read during the search: reported and counted. */
  readonly unread?: readonly UnreadPath[] | undefined;
  /** Ends the run; unfinished files are discarded. */
  readonly signal: AbortSignal;
  /** Name and version of the program, for the record. */
  readonly program: string;
  /** A conversion process that has been started already; the run uses and ends it. */
  readonly converter?: Converter | undefined;
}
