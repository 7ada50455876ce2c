import type { TiffPage } from '../header/tiff-header.ts';
import type { TiffFormat } from '../header/tiff-tags.ts';
import type { ConversionNote } from '../messages.ts';
import type { PlainPicture } from './plain-tiff.ts';

/** A page that is to be written anew as a plain TIFF, by a decoder other than sharp's. */
export interface RewriteJob {
  /** Absolute paths of the TIFF, and of the plain one, where nothing is yet. */
  readonly input: string;
  readonly output: string;
  readonly page: TiffPage;
  readonly format: TiffFormat;
}

/** What was written. */
export interface Rewritten {
  readonly picture: PlainPicture;
  /** What had to be decided on the way. */
  readonly notes: readonly ConversionNote[];
}
