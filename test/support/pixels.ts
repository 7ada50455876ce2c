import { readFile } from 'node:fs/promises';
import sharp, { type JpegOptions } from 'sharp';

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

/**
 * The contract's snippet, word for word in what it does; `more` where a test wants other settings.
 */
export function contractSnippet(tiff: string, more: JpegOptions = {}): Promise<Buffer> {
  return sharp(tiff)
    .jpeg({ quality: 95, mozjpeg: true, ...more })
    .toBuffer();
}

/**
 * A picture after the contract's encoder, as grey if it is to have one channel, without
 * subsampling.
 */
export async function encodedLikeOurs(picture: Picture, channels: number): Promise<Picture> {
  const { width, height, data } = picture;
  const samples = { width, height, channels: picture.channels as 1 | 3 };
  const pixels = sharp(data, { raw: samples });
  if (channels === 1) pixels.extractChannel(0);
  const settings = { quality: 95, mozjpeg: true, chromaSubsampling: '4:4:4' };
  return decodeJpeg(await pixels.jpeg(settings).toBuffer());
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

/**
 * Peak signal-to-noise ratio of a picture against another, in decibels: infinite where they are the
 * same, 0 when their sizes differ. A greyscale picture is compared with each channel of a coloured
 * one.
 */
export function psnr(a: Picture, b: Picture): number {
  if (a.width !== b.width || a.height !== b.height) return 0;
  const channels = Math.max(Math.min(a.channels, 3), Math.min(b.channels, 3));
  const pixels = a.width * a.height;
  let sum = 0;
  for (let pixel = 0; pixel < pixels; pixel++)
    for (let channel = 0; channel < channels; channel++) {
      const left = a.data[pixel * a.channels + Math.min(channel, a.channels - 1)] ?? 0;
      const right = b.data[pixel * b.channels + Math.min(channel, b.channels - 1)] ?? 0;
      sum += (left - right) ** 2;
    }
  return 10 * Math.log10(255 ** 2 / (sum / (pixels * channels)));
}
