import type { EncoderSettings } from '../convert/encoder-settings.ts';
import type { PagesSetting } from '../convert/pages.ts';
import type { Budget } from '../convert/plan/resources.ts';
import type { Strictness } from '../convert/strictness.ts';
import type { Likeness } from './events.ts';

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
  /** The folder that the outputs go to, so that folders in it are made; else they lie beside their TIFFs. */
  readonly outDir?: string | undefined;
  /** Keeps a record beside the JPEGs, and goes by it. */
  readonly keepRecord: boolean;
  /** Takes the SHA-256 of TIFFs and JPEGs, and knows files again by it. */
  readonly checksum: boolean;
  /** Refuses JPEGs that are less like their TIFFs than this, as `compare` finds. */
  readonly verify?: LikenessBounds | undefined;
  readonly compare?: Compare | undefined;
  /** Gives the JPEGs the times of their TIFFs. */
  readonly preserveTimestamps: boolean;
  /** Ends with the first file that fails; what is under way is dropped. */
  readonly failFast: boolean;
  /** Says what would be done, and writes nothing. */
  readonly dryRun: boolean;
  readonly strict: Strictness;
  /** Ends the run: what is under way is dropped. */
  readonly signal: AbortSignal;
  /** Name and version of the program, for the record. */
  readonly program: string;
}

/** How much less like its TIFF a JPEG may be than could be expected. */
export interface LikenessBounds {
  /** Decibels, of the whole picture. */
  readonly psnrDb: number;
  /** Structural similarity, of the whole picture. */
  readonly ssim: number;
  /** Decibels, of each small area. */
  readonly areaDb: number;
}

/** Compares a JPEG with its TIFF. Throws `ConversionError` when it is beyond the bounds. */
export type Compare = (input: string, jpeg: string, options: ComparingOptions) => Promise<Likeness>;

/**
 * What decides about the pixels that a JPEG is compared with, and who decodes them. The effort is the one that the
 * JPEG was made with.
 */
export interface ComparingOptions extends EncoderSettings {
  /** How TIFF and JPEG are called in messages. */
  readonly name: string;
  readonly jpegName: string;
  readonly bounds: LikenessBounds;
  readonly header: TiffHeader | undefined;
  /** Counted from 1; undefined for the first of those that are not asked for. */
  readonly page: number | undefined;
  readonly budget: Budget;
  readonly converter: Converter;
  readonly signal: AbortSignal;
}
