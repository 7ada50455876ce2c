/* Pictures of pages and JPEGs for people, made by the conversion process. */
import { type EncoderSettings, encoderSettings } from './encoder-settings.ts';
import type { PictureSides } from './max-size.ts';
import type { Region } from './messages.ts';
import { openPage, pageRequestFor } from './open-page.ts';
import { chooseFor } from './plan/readable.ts';
import type { Converter } from './process/converter.ts';

/** The converter to use, and when to stop. */
export interface ShowOptions {
  readonly converter: Converter;
  readonly signal: AbortSignal;
}

/** What a preview needs. */
export interface PreviewOptions extends ShowOptions {
  /** The TIFF's name in messages. */
  readonly name: string;
  /** The page, counted from 1. */
  readonly page: number;
  /** Its largest size. */
  readonly most: PictureSides;
  /** Settings of the JPEG that it previews; defaults to the contract's. */
  readonly encoder?: Partial<EncoderSettings> | undefined;
}

/** A page of a TIFF and its JPEG. */
export interface ShownJpeg {
  readonly tiff: string;
  /** Counted from 1. */
  readonly page: number;
  readonly jpeg: string;
  /** The settings that it was made with. */
  readonly encoder: EncoderSettings;
}

/**
 * Makes a PNG of a page of a TIFF file: the pixels from which its JPEG is made, in sRGB, or with
 * the profile if the settings keep it. Throws as `openPage`, `ConversionError`, and the signal's
 * reason.
 */
export async function previewTiff(
  input: string,
  output: string,
  { name, page, most, encoder = {}, converter, signal }: PreviewOptions,
): Promise<void> {
  const opened = await openPage(input, { name, page }, chooseFor);
  const request = pageRequestFor(opened, encoderSettings(encoder), { output });
  await converter.convert({ kind: 'preview', ...request, most }, { signal });
}

/**
 * Makes a WebP of limited size from one of our JPEGs. Throws `ConversionError`, and the signal's
 * reason.
 */
export async function makeThumbnail(
  jpeg: string,
  output: string,
  most: PictureSides,
  { converter, signal }: ShowOptions,
): Promise<void> {
  const paths = { input: jpeg, output };
  await converter.convert({ kind: 'thumbnail', paths, name: jpeg, most }, { signal });
}

/**
 * Makes two lossless WebPs of a region of the upright picture, in pixels: `before` from the TIFF,
 * rendered as for the JPEG, and `after` from the JPEG's own pixels. Throws as `openPage`,
 * `ConversionError`, and the signal's reason.
 */
export async function cutPieces(
  { tiff, page, jpeg, encoder }: ShownJpeg,
  { before, after }: { readonly before: string; readonly after: string },
  region: Region,
  { converter, signal }: ShowOptions,
): Promise<void> {
  const opened = await openPage(tiff, { name: tiff, page });
  const request = pageRequestFor(opened, encoder, { jpeg, before, after });
  await converter.convert({ kind: 'pieces', ...request, region }, { signal });
}
