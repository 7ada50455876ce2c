import { finite } from '../../finite.ts';
import { type EncoderSettings, levelsOf } from '../encoder-settings.ts';
import type { TiffPage } from '../header/tiff-header.ts';
import { predictCpuSeconds } from './cpu-model.ts';
import { jpegChannels, pixelsOf, predictMemory, type Way } from './memory-model.ts';
import type { Reading } from './reader.ts';
import { type Rewriting, rewritingOf } from './rewriting.ts';

/** What a piece of work takes. */
export interface Price {
  /** Peak memory of the conversion process, in bytes. */
  readonly memoryBytes: number;
  /** Seconds of one core. */
  readonly cpuSeconds: number;
  /** Of temporary files, in bytes. */
  readonly diskBytes: number;
}

/** A page, and what is read in its place. */
export interface Subject {
  readonly page: TiffPage;
  readonly reading: Reading;
  readonly rewriting: Rewriting | undefined;
  /** Of the copy that is read in place of the file, in bytes; 0 without. */
  readonly copyBytes: number;
}

/** A page of a file of so many bytes, with what it takes to read it. */
export function subjectOf(page: TiffPage, reading: Reading, fileBytes: number): Subject {
  const rewriting = rewritingOf(page, reading, fileBytes);
  return { page, reading, rewriting, copyBytes: reading.copied ? fileBytes : 0 };
}

/** What all ways to a page's JPEG have in common. */
export function wayOf(
  page: TiffPage,
  { chromaSubsampling, background }: Pick<EncoderSettings, 'chromaSubsampling' | 'background'>,
): Pick<Way, 'chromaSubsampling' | 'blended'> {
  const [r, g, b] = levelsOf(background) ?? [];
  const neutral = r === g && g === b;
  const blended =
    page.extraSamples.length > 1 ||
    (page.extraSamples.length === 1 && jpegChannels(page) === 1 && !neutral);
  return { chromaSubsampling, blended };
}

/** A price as a model has reckoned it. Throws `RangeError` where a figure of it is no finite, positive number. */
export function checkedPrice(price: Price): Price {
  const { memoryBytes, cpuSeconds, diskBytes } = price;
  finite('The predicted memory in bytes', memoryBytes, 1);
  finite('The predicted CPU time in seconds', cpuSeconds, Number.MIN_VALUE);
  finite('The predicted disk space in bytes', diskBytes);
  return price;
}

/** The price of going a way. Throws as `checkedPrice`. */
export function priceOf({ page, rewriting, copyBytes }: Subject, way: Way): Price {
  const read = rewriting?.page ?? page;
  // One after the other: the thread of the first is gone before the second begins.
  const memoryBytes = Math.max(rewriting?.memoryBytes ?? 0, predictMemory(read, way));
  const cpuSeconds = (rewriting?.cpuSeconds ?? 0) + predictCpuSeconds(read, way);
  const turning = way.turn === 'disk' ? pixelsOf(page) * (jpegChannels(read) + 1) : 0;
  const diskBytes = turning + (rewriting?.diskBytes ?? 0) + copyBytes;
  return checkedPrice({ memoryBytes, cpuSeconds, diskBytes });
}
