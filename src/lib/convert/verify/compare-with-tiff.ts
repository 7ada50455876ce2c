/*
 * Verify: whether a JPEG is like the TIFF that it was made of. The conversion process opens the
 * page anew in the way of a conversion (`../render/flat-picture.ts`, which ends where the encoder
 * begins), decodes the JPEG as it lies on the disk, and measures both row by row: PSNR and SSIM of
 * the whole, and of each area of 64 × 64 pixels (`similarity.ts`, `areas.ts`), in the memory of a
 * few rows.
 *
 * The bounds are not numbers but another JPEG of the same pixels (`likeness.ts`, `judge.ts`): what
 * is less like its TIFF than that by more than chance allows is wrong. docs/verify.md has the
 * measurements, and what it takes.
 */
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ConversionError } from '../../errors.ts';
import { absolutePath } from '../../path-bytes.ts';
import { type EncoderSettings, encoderSettings } from '../encoder-settings.ts';
import type { TiffHeader } from '../header/tiff-header.ts';
import type { ConversionJob } from '../messages.ts';
import { openTiff } from '../open-tiff.ts';
import { firstPage, nameOfPage, pageNumbered } from '../pages.ts';
import { priceOfComparison, turnToCompare } from '../plan/comparison-price.ts';
import type { Limits } from '../plan/plan.ts';
import { pageFile, readable } from '../plan/readable.ts';
import { type Budget, limitsNow } from '../plan/resources.ts';
import { limitText, toMegabytes } from '../plan/shortage.ts';
import type { Converter, Made } from '../process/converter.ts';
import { commandNames } from '../setting-names.ts';
import type { Comparison } from './conclusion.ts';
import { type ComparedNames, refuseUnlike } from './judge.ts';
import { defaultLikenessBounds, type Likeness, type LikenessBounds } from './likeness.ts';

/** What a comparison is made with: the settings that the JPEG was made with, and how. */
export interface CompareOptions extends Partial<EncoderSettings> {
  /** How TIFF and JPEG are called in messages; default: their file names. */
  readonly name?: string | undefined;
  readonly jpegName?: string | undefined;
  /** Which page, counted from 1. */
  readonly page?: number | undefined;
  /** What `readTiffHeader` says of the file, for whoever has read it already. */
  readonly header?: TiffHeader | undefined;
  readonly bounds?: LikenessBounds | undefined;
  /** What may be used; default: the memory of the machine. Time is not looked at. */
  readonly budget?: Budget | undefined;
  /** Does it, in the conversion process. */
  readonly converter: Converter;
  /** Ends it; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Compares a JPEG with the page of a TIFF that it was made of: both are decoded, in the conversion process,
 * to the pixels that went into the encoder, and to those that come out of the JPEG.
 *
 * Throws `ConversionError`: `UNLIKE` with what was measured and what is expected when the JPEG is not what its TIFF should
 * have become; else what `convertTiff` throws of the TIFF, of memory and of the disk. Also `FileError`.
 */
export async function compareWithTiff(
  input: string,
  jpeg: string,
  options: CompareOptions,
): Promise<Likeness> {
  const { bounds = defaultLikenessBounds } = options;
  const { comparison, names } = await measureLikeness(input, jpeg, options);
  refuseUnlike(comparison, bounds, names);
  return comparison.likeness;
}

/** What was measured, and what that took of the process. Throws as `compareWithTiff`, but for what is beyond bounds. */
export async function measureLikeness(
  input: string,
  jpeg: string,
  options: CompareOptions,
): Promise<Made & { readonly comparison: Comparison; readonly names: ComparedNames }> {
  const job = await jobFor(input, jpeg, options);
  const { converter, signal } = options;
  try {
    const { comparison, ...made } = await converter.convert(job, { signal });
    if (!comparison) throw new Error('The conversion process has compared nothing');
    return { ...made, comparison, names: { tiff: job.name, jpeg: job.compare.name } };
  } catch (error) {
    throw explain(error, job.name);
  } finally {
    const { scratch, plain, output, compare } = job;
    for (const path of [scratch, plain, output, compare.pixels, compare.decoded])
      await rm(path, { force: true });
  }
}

async function jobFor(input: string, jpeg: string, options: CompareOptions) {
  const { name: file = basename(input), converter, budget = {} } = options;
  const { bounds = defaultLikenessBounds } = options;
  const settings = encoderSettings(options);
  const header = options.header ?? (await openTiff(input, file));
  const { littleEndian, big, fileBytes } = header;
  const page = pageNumbered(header, options.page ?? firstPage(header), file);
  const name = options.page === undefined ? file : nameOfPage(header, options.page, file);
  const reading = readable(page, pageFile(header, name));
  const price = priceOfComparison(page, reading, settings, fileBytes);
  refuseBeyond(price, await limitsNow(budget, converter.temporaryFolder), name);
  const path = (end: string) => join(converter.temporaryFolder, `verify-${end}`);
  return {
    input: absolutePath(input),
    output: path('expected.jpg'),
    scratch: path('turning.tif'),
    plain: path('decoded.tif'),
    name,
    settings,
    plan: {
      effort: 'fast',
      turn: turnToCompare(page),
      reading,
      memoryBytes: price.memoryBytes,
    },
    page,
    format: { littleEndian, big },
    compare: {
      jpeg: absolutePath(jpeg),
      name: options.jpegName ?? basename(jpeg),
      pixels: path('page.tif'),
      decoded: path('jpeg.tif'),
      bounds,
    },
  } as const satisfies ConversionJob;
}

function refuseBeyond(
  needed: { readonly memoryBytes: number; readonly diskBytes: number },
  limits: Pick<Limits, 'memoryBytes' | 'diskBytes' | 'names'>,
  name: string,
): void {
  const { memoryLimit } = limits.names ?? commandNames;
  const figures = (one: 'memoryBytes' | 'diskBytes') =>
    `about ${toMegabytes(needed[one])} MB, and ${limitText(limits[one])} are free`;
  if (needed.memoryBytes > limits.memoryBytes)
    throw new ConversionError(
      'OUT_OF_MEMORY',
      `Comparing "${name}" with its JPEG takes ${figures('memoryBytes')}. ` +
        `Raise ${memoryLimit} where it is set, or leave the comparison out.`,
    );
  if (needed.diskBytes > limits.diskBytes)
    throw new ConversionError(
      'WRITE_FAILED',
      `Comparing "${name}" with its JPEG takes ${figures('diskBytes')} of disk for temporary files. ` +
        'Make room there, or set TMPDIR to a folder that has more.',
    );
}

/** What the process did not come to an end with of its own, with the TIFF's name and what to do. */
function explain(error: unknown, name: string): unknown {
  const ended = ['OUT_OF_MEMORY', 'CRASHED', 'UNRESPONSIVE'];
  if (!(error instanceof ConversionError) || !ended.includes(error.code)) return error;
  const message = `${error.message} It was comparing "${name}" with its JPEG. Try again; if it happens again, report it with the TIFF.`;
  return new ConversionError(error.code, message, { cause: error });
}
