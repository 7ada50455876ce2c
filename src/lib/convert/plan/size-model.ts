import { finite } from '../../finite.ts';
import type { Effort, EncoderSettings } from '../encoder-settings.ts';
import type { TiffPage } from '../header/tiff-header.ts';
import { type EncodedKind, encodedKind, pixelsOf, reducedPage } from './memory-model.ts';

/*
 * Medians over the real TIFFs in shared/tiffs from 0.05 megapixels, and the pictures drawn by
 * bench/make-tiff.ts. The content matters more than all of this: a photograph of foliage has twice
 * as many bytes, a blank page a tenth.
 */

/** JPEG bits per pixel at quality 95 and effort `max`. */
const BITS_PER_PIXEL: Record<EncodedKind, number> = {
  '4:2:0': 2,
  '4:4:4': 2.9,
  grey: 1.2,
  bilevel: 1.5,
};
/** Factor for the other efforts. */
const BY_EFFORT: Record<Effort, number> = { max: 1, balanced: 1.02, fast: 1.27 };
/** Factor for other qualities, interpolated linearly. */
const BY_QUALITY: readonly (readonly [quality: number, factor: number])[] = [
  [1, 0.03],
  [10, 0.08],
  [25, 0.18],
  [50, 0.35],
  [75, 0.53],
  [85, 0.68],
  [95, 1],
  [98, 1.43],
  [100, 1.87],
];

/**
 * The size of a page's JPEG in bytes: a rough guess, for the sum over many files. Throws
 * `RangeError` if the result is not a number.
 */
export function predictJpegBytes(
  page: TiffPage,
  {
    quality,
    chromaSubsampling,
    effort,
    maxSize,
  }: Pick<EncoderSettings, 'quality' | 'chromaSubsampling' | 'maxSize'> & {
    readonly effort: Effort;
  },
): number {
  const bits = BITS_PER_PIXEL[encodedKind(page, chromaSubsampling)];
  const factor = BY_EFFORT[effort] * factorOfQuality(quality);
  return finite(
    'The predicted size of a JPEG in bytes',
    Math.round((pixelsOf(reducedPage(page, maxSize)) * bits * factor) / 8),
  );
}

function factorOfQuality(quality: number): number {
  const after = BY_QUALITY.findIndex(([of]) => of >= quality);
  const [to, upper] = BY_QUALITY[after] ?? [100, 1.87];
  const [from, lower] = BY_QUALITY[after - 1] ?? [to, upper];
  return to === from ? upper : lower + ((upper - lower) * (quality - from)) / (to - from);
}
