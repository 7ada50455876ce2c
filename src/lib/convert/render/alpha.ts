import { setImmediate as breathe } from 'node:timers/promises';
import type { Metadata } from 'sharp';
import type { TiffPage } from '../header/tiff-header.ts';

/** Red, green and blue, 0–255 each. */
export type Levels = readonly [number, number, number];

/** What is done with the samples beyond the colours. */
export type AlphaPlan =
  /** There are none. */
  | { readonly kind: 'opaque' }
  /** They are not transparency: drop them. */
  | { readonly kind: 'drop' }
  /** One alpha after the colours: sharp's own flattening is right. */
  | { readonly kind: 'flatten' }
  /** Everything else: we blend. `index` counts from the first sample after the colours. */
  | { readonly kind: 'blend'; readonly index: number };

/** What the directory says about the samples. */
const ASSOCIATED = 1;
const UNASSOCIATED = 2;

/**
 * Plans the transparency of a picture from its ExtraSamples (TIFF 6.0, section 18). Samples of type
 * 0 are not alpha. Associated alpha needs nothing special: libvips 8.18 returns unassociated
 * colours. sharp cannot flatten several extra samples, or grey onto a colour.
 */
export function planAlpha(
  page: Pick<TiffPage, 'extraSamples'>,
  metadata: Pick<Metadata, 'hasAlpha' | 'channels' | 'space'>,
  [red, green, blue]: Levels,
): AlphaPlan {
  if (!metadata.hasAlpha) return { kind: 'opaque' };
  const index = page.extraSamples.findIndex((s) => s === ASSOCIATED || s === UNASSOCIATED);
  // libvips adds an opaque alpha to some pictures without one (subsampled YCbCr).
  if (index === -1) return { kind: 'drop' };
  const alone = page.extraSamples.length === 1;
  const neutral = red === green && green === blue;
  return alone && (neutral || !isGrey(metadata)) ? { kind: 'flatten' } : { kind: 'blend', index };
}

/** Whether a picture has one colour channel. */
export function isGrey({ space }: Pick<Metadata, 'space'>): boolean {
  return space === 'b-w' || space === 'grey16';
}

/** Pixels of 8 bits per sample, interleaved. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/** Colour samples that sharp returns, also for greyscale with extra samples. */
const COLOURS = 3;

/**
 * Pixels between two turns of the event loop, in which the process notices its parent's end and
 * reports progress.
 */
const PIXELS_AT_ONCE = 1 << 20;

/**
 * Blends pixels over a background and returns `channels` (1 or 3) colour samples per pixel, written
 * over the beginning of the same memory. `index` is the alpha's position after the colours.
 */
export async function blendOver(
  { data, width, height, channels: step }: Pixels,
  index: number,
  background: Levels,
  channels: 1 | 3,
): Promise<Pixels> {
  const alphaAt = COLOURS + index;
  for (let pixel = 0, to = 0; pixel < width * height; pixel++) {
    if (pixel % PIXELS_AT_ONCE === 0) await breathe();
    const from = pixel * step;
    const alpha = alphaAt < step ? (data[from + alphaAt] ?? 255) : 255;
    for (let c = 0; c < channels; c++, to++) {
      const sum = (data[from + c] ?? 0) * alpha + (background[c] ?? 0) * (255 - alpha);
      data[to] = Math.round(sum / 255);
    }
  }
  return { data: data.subarray(0, width * height * channels), width, height, channels };
}
