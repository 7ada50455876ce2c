import { readFile } from 'node:fs/promises';
import sharp from 'sharp';

/** A decoded picture. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Buffer;
}

/**
 * Decodes a JPEG to its samples. The reader is taken from a buffer and JPEG loading is let through
 * for it: the code under test blocks all loaders but TIFF's in this process.
 */
export async function decodeJpeg(jpeg: string | Buffer): Promise<Picture> {
  sharp.unblock({ operation: ['VipsForeignLoadJpeg'] });
  const bytes = typeof jpeg === 'string' ? await readFile(jpeg) : jpeg;
  const { space } = await sharp(bytes).metadata();
  const decoder = space === 'b-w' ? sharp(bytes).toColourspace('b-w') : sharp(bytes);
  const { data, info } = await decoder.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, data };
}

/** The contract's snippet, word for word in what it does. */
export function contractSnippet(tiff: string): Promise<Buffer> {
  return sharp(tiff).jpeg({ quality: 95, mozjpeg: true }).toBuffer();
}

/**
 * The largest difference between the samples of two pictures; a greyscale picture is compared with
 * each channel of a coloured one. Infinity when their sizes differ.
 */
export function largestDifference(a: Picture, b: Picture): number {
  if (a.width !== b.width || a.height !== b.height) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let pixel = 0; pixel < a.width * a.height; pixel++)
    for (let channel = 0; channel < 3; channel++) {
      const left = a.data[pixel * a.channels + Math.min(channel, a.channels - 1)] ?? 0;
      const right = b.data[pixel * b.channels + Math.min(channel, b.channels - 1)] ?? 0;
      largest = Math.max(largest, Math.abs(left - right));
    }
  return largest;
}

/** The samples of one pixel. */
export function pixelAt(picture: Picture, x: number, y: number): number[] {
  const start = (y * picture.width + x) * picture.channels;
  return [...picture.data.subarray(start, start + picture.channels)];
}

/** Peak signal-to-noise ratio of a picture against another of the same size, in decibels; infinite where they are the same. */
export function psnr(a: Picture, b: Picture): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += ((a.data[i] ?? 0) - (b.data[i] ?? 0)) ** 2;
  return 10 * Math.log10(255 ** 2 / (sum / a.data.length));
}
