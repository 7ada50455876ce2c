/*
 * Verify: whether a JPEG is like the TIFF that it was made from. The conversion process opens the
 * page again as a conversion does (`../render/flat-picture.ts`, which ends where the encoder
 * begins), decodes the JPEG on disk, and measures both row by row: PSNR and SSIM of the whole
 * picture, and of each area of 64 × 64 pixels (`similarity.ts`, `areas.ts`), in the memory of a few
 * rows.
 *
 * The bounds are not fixed numbers but relative to another JPEG of the same pixels (`likeness.ts`,
 * `judge.ts`): a JPEG is wrong if it is less like its TIFF than that one by more than chance
 * explains. docs/verify.md has the measurements and the cost.
 */
import { basename } from 'node:path';
import { ConversionError } from '../../errors.ts';
import { type EncoderSettings, encoderSettings } from '../encoder-settings.ts';
import { openPage, type PageToOpen, pageRequestFor } from '../open-page.ts';
import { priceOfComparison, turnToCompare } from '../plan/comparison-price.ts';
import type { Limits } from '../plan/plan.ts';
import { type Budget, limitsNow } from '../plan/resources.ts';
import { limitText, toMegabytes } from '../plan/shortage.ts';
import type { Converter, Made } from '../process/converter.ts';
import { withRemedy } from '../ran-out.ts';
import { commandNames } from '../setting-names.ts';
import { type ComparedNames, refuseUnlike } from './judge.ts';
import { defaultLikenessBounds, type Likeness, type LikenessBounds } from './likeness.ts';

/** How a comparison is made: the settings of the JPEG, and the means. */
export interface CompareOptions extends Partial<EncoderSettings>, PageToOpen {
  /** The name of the JPEG in messages; defaults to its file name. */
  readonly jpegName?: string | undefined;
  readonly bounds?: LikenessBounds | undefined;
  /** Whether another program may have made the JPEG; default: false. */
  readonly byAny?: boolean | undefined;
  /** Defaults to the machine's memory. Time is ignored. */
  readonly budget?: Budget | undefined;
  /** The conversion process to use. */
  readonly converter: Converter;
  /** Ends it; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Compares a JPEG with the TIFF page that it was made from: the conversion process decodes both,
 * the page to the pixels that enter the encoder.
 *
 * Throws `ConversionError`: `UNLIKE` with measured and expected figures if the JPEG is not what its
 * TIFF should have become; else what `convertTiff` throws for the TIFF, memory and disk. Also
 * `FileError`.
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

/**
 * The measurements, and their cost in the process. Throws as `compareWithTiff`, except for exceeded
 * bounds.
 */
export async function measureLikeness(
  input: string,
  jpeg: string,
  options: CompareOptions,
): Promise<Made<'comparison'> & { readonly names: ComparedNames }> {
  const { bounds = defaultLikenessBounds, jpegName = basename(jpeg), converter, signal } = options;
  const { byAny } = options;
  const encoder = encoderSettings(options);
  const opened = await openPage(input, options);
  const { name, page } = opened;
  const price = priceOfComparison(opened, encoder);
  refuseBeyond(price, await limitsNow(options.budget ?? {}, converter.temporaryFolder), name);
  const request = pageRequestFor(opened, encoder, { jpeg });
  try {
    const made = await converter.convert(
      { kind: 'comparison', ...request, turn: turnToCompare(page), jpegName, bounds, byAny },
      { signal, memoryBytes: price.memoryBytes },
    );
    return { ...made, names: { tiff: name, jpeg: jpegName, byAny } };
  } catch (error) {
    throw explain(error, name);
  }
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
        'Free some space there, or set TMPDIR to a folder with more.',
    );
}

/** The error of a process that did not finish, with the TIFF's name and a remedy. */
function explain(error: unknown, name: string): unknown {
  const ended = ['OUT_OF_MEMORY', 'CRASHED', 'UNRESPONSIVE'];
  if (!(error instanceof ConversionError) || !ended.includes(error.code)) return error;
  const message = withRemedy(error.message, `It was comparing "${name}" with its JPEG.`);
  return new ConversionError(error.code, message, { cause: error });
}
