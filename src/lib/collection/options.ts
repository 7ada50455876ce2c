import type { EncoderSettings } from '../convert/encoder-settings.ts';
import type { PagesSetting } from '../convert/pages.ts';
import type { Budget } from '../convert/plan/resources.ts';
import type { Strictness } from '../convert/strictness.ts';
import type { LikenessBounds } from '../convert/verify/likeness.ts';
import type { UnreadPath } from './events.ts';

/** What a run over a collection is told. */
export interface CollectionOptions {
  readonly encoder: EncoderSettings;
  readonly pages: PagesSetting;
  /** `memoryBytes` is for all conversion processes together; default: what the machine has. */
  readonly budget: Budget;
  /** The most files that are converted at once. */
  readonly jobs: number;
  /** Converts all, whatever is recorded, and replaces what is there; never TIFFs. */
  readonly force: boolean;
  /** What the caller sets for that, for messages; default: the flag `--force`. */
  readonly forcedBy?: string | undefined;
  /** The folder that the outputs go to, so that folders in it are made; else they lie beside their TIFFs. */
  readonly outDir?: string | undefined;
  /** Keeps a record beside the JPEGs, and goes by it. */
  readonly keepRecord: boolean;
  /** Takes the SHA-256 of TIFFs and JPEGs, and knows files again by it. */
  readonly checksum: boolean;
  /** Compares each JPEG with its TIFF, and refuses one that is less like it than this allows. */
  readonly verify?: LikenessBounds | undefined;
  /** Gives the JPEGs the times of their TIFFs. */
  readonly preserveTimestamps: boolean;
  /** Ends with the first file that fails; what is under way is dropped. */
  readonly failFast: boolean;
  /** Says what would be done, and writes nothing. */
  readonly dryRun: boolean;
  readonly strict: Strictness;
  /** What could not be read when the TIFFs were searched for: it is told, and counted. */
  readonly unread?: readonly UnreadPath[] | undefined;
  /** Ends the run: what is under way is dropped. */
  readonly signal: AbortSignal;
  /** Name and version of the program, for the record. */
  readonly program: string;
}
