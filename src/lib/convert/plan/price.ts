import { finite } from '../../finite.ts';
import { type EncoderSettings, levelsOf } from '../encoder-settings.ts';
import type { TiffPage } from '../header/tiff-header.ts';
import { predictCpuSeconds } from './cpu-model.ts';
import {
  type ConversionMethod,
  jpegChannels,
  PROCESS_BYTES,
  pixelsOf,
  predictMemory,
  reducedPage,
} from './memory-model.ts';
import { colourSamples } from './page-kinds.ts';
import type { ReadablePage } from './readable.ts';

/** The cost of a piece of work. */
export interface Price {
  /** Peak memory of the conversion process, in bytes. */
  readonly memoryBytes: number;
  /** Seconds of one core. */
  readonly cpuSeconds: number;
  /** Bytes of temporary files. */
  readonly diskBytes: number;
}

/** What all methods of making a page's JPEG have in common. */
export function methodOf(
  page: TiffPage,
  {
    chromaSubsampling,
    background,
    maxSize,
  }: Pick<EncoderSettings, 'chromaSubsampling' | 'background' | 'maxSize'>,
): Pick<ConversionMethod, 'chromaSubsampling' | 'blended' | 'maxSize'> {
  const [r, g, b] = levelsOf(background) ?? [];
  const neutral = r === g && g === b;
  const blended =
    page.extraSamples.length > 1 ||
    (page.extraSamples.length === 1 && jpegChannels(page) === 1 && !neutral);
  return { chromaSubsampling, blended, maxSize };
}

/**
 * A price computed by a model. Throws `RangeError` if a figure is not a finite, positive number.
 */
export function checkedPrice(price: Price): Price {
  const { memoryBytes, cpuSeconds, diskBytes } = price;
  finite('The predicted memory in bytes', memoryBytes, 1);
  finite('The predicted CPU time in seconds', cpuSeconds, Number.MIN_VALUE);
  finite('The predicted disk space in bytes', diskBytes);
  return price;
}

/** The price of making a page's JPEG by a method. Throws as `checkedPrice`. */
export function priceOf(
  { page, rewriting, copyBytes }: ReadablePage,
  method: ConversionMethod,
): Price {
  const read = rewriting?.page ?? page;
  // Not the sum: the first step's thread is gone before the second step begins (`heldBetween`).
  const memoryBytes = Math.max(rewriting?.memoryBytes ?? 0, predictMemory(read, method));
  const cpuSeconds = (rewriting?.cpuSeconds ?? 0) + predictCpuSeconds(read, method);
  const small = reducedPage(read, method.maxSize);
  const turning = method.turn === 'disk' ? pixelsOf(small) * (jpegChannels(read) + 1) : 0;
  // Pixels without extra samples, of 16 bits at most, if these are no transparency (`openFlat`).
  const isSaved = small !== read && read.samplesPerPixel > colourSamples(read);
  const unweighted = isSaved ? pixelsOf(read) * jpegChannels(read) * 2 : 0;
  const diskBytes = turning + unweighted + (rewriting?.diskBytes ?? 0) + copyBytes;
  return checkedPrice({ memoryBytes, cpuSeconds, diskBytes });
}

/**
 * Bytes that the conversion process may hold when a page is rewritten and its JPEG is about to be
 * made, so that the peak stays within `memoryBytes`; 0 if the page is not rewritten. If it holds
 * more, the thread that rewrote the page must end first.
 */
export function heldBetween(
  { rewriting }: ReadablePage,
  method: ConversionMethod,
  memoryBytes: number,
): number {
  if (!rewriting) return 0;
  return memoryBytes - (predictMemory(rewriting.page, method) - PROCESS_BYTES);
}
