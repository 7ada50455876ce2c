import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { absolutePath } from '../path-bytes.ts';
import { defaultEncoderSettings, type EncoderSettings } from './encoder-settings.ts';
import type { ConversionJob, Region } from './messages.ts';
import { openTiff } from './open-tiff.ts';
import { pageNumbered } from './pages.ts';
import { pageFile, readable } from './plan/readable.ts';
import type { Converter } from './process/converter.ts';

/** Who makes pictures of a JPEG, and until when. */
export interface ShowOptions {
  readonly converter: Converter;
  readonly signal: AbortSignal;
}

/** A page of a TIFF and the JPEG that was made of it. */
export interface ShownJpeg {
  readonly tiff: string;
  /** Counted from 1. */
  readonly page: number;
  readonly jpeg: string;
  /** As it was made with. */
  readonly settings: EncoderSettings;
}

/** What every job has; the plan is the one in constant memory. */
const COMMON = {
  settings: defaultEncoderSettings,
  page: undefined,
  format: undefined,
  plan: { effort: 'fast', turn: 'tag', reading: { reader: 'sharp', feature: '' } },
} as const;

/**
 * Makes a WebP of a JPEG that was made here, of at most so many pixels, in the conversion process. Throws
 * `ConversionError`, and the signal's reason.
 */
export async function makeThumbnail(
  jpeg: string,
  output: string,
  most: { readonly width: number; readonly height: number },
  options: ShowOptions,
): Promise<void> {
  const thumbnail = { ...most, jpeg: absolutePath(jpeg) };
  await work({ ...COMMON, input: jpeg, output, name: jpeg, thumbnail }, options);
}

/**
 * Makes two WebPs of a region of the upright picture, in pixels, without any loss: `before` of the TIFF,
 * rendered as for the JPEG, and `after` of the JPEG's own pixels. Throws `ConversionError`, what reading the
 * header throws, and the signal's reason.
 */
export async function cutPieces(
  { tiff, page: number, jpeg, settings }: ShownJpeg,
  { before, after }: { readonly before: string; readonly after: string },
  region: Region,
  options: ShowOptions,
): Promise<void> {
  const header = await openTiff(tiff, tiff);
  const { littleEndian, big } = header;
  const page = pageNumbered(header, number, tiff);
  const reading = readable(page, pageFile(header, tiff));
  const pieces = { jpeg: absolutePath(jpeg), after: absolutePath(after), region };
  const job = {
    input: tiff,
    output: before,
    name: tiff,
    settings,
    page,
    pieces,
    format: { littleEndian, big },
    plan: { ...COMMON.plan, reading },
  };
  await work(job, options);
}

async function work(
  job: Omit<ConversionJob, 'scratch' | 'plain'>,
  { converter, signal }: ShowOptions,
): Promise<void> {
  const scratch = join(converter.temporaryFolder, 'shown.tif');
  const plain = join(converter.temporaryFolder, 'shown-plain.tif');
  const paths = {
    input: absolutePath(job.input),
    output: absolutePath(job.output),
    scratch,
    plain,
  };
  try {
    await converter.convert({ ...job, ...paths }, { signal });
  } finally {
    for (const path of [scratch, plain]) await rm(path, { force: true });
  }
}
