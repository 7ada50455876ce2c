/*
 * Fallback: decoders for pages that sharp cannot read, or reads wrong. Each writes the page anew as
 * a plain TIFF (`plain-tiff.ts`), and sharp goes on from there as from any other
 * (`../render/source.ts`): turning, profiles, transparency and plans are the same for all.
 *
 * `samples/` is our own reader, for samples of any depth and format; it holds one row of strips or
 * tiles. `magick/` is ImageMagick in WebAssembly, for the codecs that sharp is built without. Both
 * run in a thread of the conversion process, so that the process still hears its parent, and the
 * memory is gone with the thread; `decoders.ts` decides how long it is kept. Truncated data is an
 * error. Where nobody reads a page, the error names what it is about it (docs/fidelity.md, "What is
 * refused, and why").
 */
import type { TiffPage } from '../header/tiff-header.ts';
import type { TiffFormat } from '../header/tiff-tags.ts';
import type { ConversionNote } from '../messages.ts';
import type { PlainPicture } from './plain-tiff.ts';

/** A page to rewrite as a plain TIFF, with a decoder other than sharp's. */
export interface RewriteRequest {
  /** Absolute paths of the TIFF and of the plain one, which does not exist yet. */
  readonly input: string;
  readonly output: string;
  readonly page: TiffPage;
  readonly format: TiffFormat;
}

/** What was written. */
export interface Rewritten {
  readonly picture: PlainPicture;
  /** Decisions made on the way. */
  readonly notes: readonly ConversionNote[];
  /** Whether the decoder warned of anything, even if the picture is not affected. */
  readonly warned: boolean;
}
