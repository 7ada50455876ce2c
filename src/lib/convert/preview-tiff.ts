import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { absolutePath } from '../path-bytes.ts';
import { type EncoderSettings, encoderSettings } from './encoder-settings.ts';
import { readTiffHeader } from './header/tiff-header.ts';
import { pageNumbered } from './pages.ts';
import { pageFile, readingOf } from './plan/readable.ts';
import type { Converter } from './process/converter.ts';

/** What a preview is made with. */
export interface PreviewOptions {
  /** How the TIFF is called in messages. */
  readonly name: string;
  /** Which page, counted from 1. */
  readonly page: number;
  /** The most pixels it may have. */
  readonly most: { readonly width: number; readonly height: number };
  /** Of the JPEG that it is a preview of; default: the contract's. */
  readonly settings?: Partial<EncoderSettings> | undefined;
  readonly converter: Converter;
  readonly signal: AbortSignal;
}

/**
 * Makes a PNG of a page of a TIFF file in the conversion process: the pixels that its JPEG is made of, in sRGB, or
 * with the profile that the settings keep. Throws `ConversionError`, what reading the header throws, and the
 * signal's reason.
 */
export async function previewTiff(
  input: string,
  output: string,
  { name, page: number, most, settings = {}, converter, signal }: PreviewOptions,
): Promise<void> {
  const header = await readTiffHeader(input);
  const page = header && pageNumbered(header, number, name);
  const reading = page
    ? readingOf(page, pageFile(header, name))
    : ({ reader: 'sharp', feature: '' } as const);
  const scratch = join(converter.temporaryFolder, 'preview.tif');
  const plain = join(converter.temporaryFolder, 'preview-plain.tif');
  const job = {
    input: absolutePath(input),
    output: absolutePath(output),
    scratch,
    plain,
    name,
    settings: encoderSettings(settings),
    plan: { effort: 'fast', turn: 'tag', reading },
    page,
    format: header && { littleEndian: header.littleEndian, big: header.big },
    preview: most,
  } as const;
  try {
    await converter.convert(job, { signal });
  } finally {
    for (const path of [scratch, plain]) await rm(path, { force: true });
  }
}
