import sharp, { type Sharp } from 'sharp';
import { makeTiff } from './tiff-writer.ts';

/** A small TIFF of one colour. */
export function plainTiff(background = 'teal'): Promise<Buffer> {
  return sharp({ create: { width: 64, height: 48, channels: 3, background } })
    .tiff()
    .toBuffer();
}

/** A TIFF that takes its encoder a moment. */
export function noisyTiff(side: number): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  return sharp({ create: { width: side, height: side, channels: 3, background: 'teal', noise } })
    .tiff()
    .toBuffer();
}

/** A TIFF of several pages. */
export function pagedTiff(pages: number): Buffer {
  const page = { width: 8, height: 8, samplesPerPixel: 1, photometric: 1 };
  const data = new Uint8Array(64).fill(128);
  return makeTiff(...Array.from({ length: pages }, () => ({ ...page, data })));
}

/**
 * A picture of soft gradients in which every channel differs, to be written in any format: width
 * and height in pixels, 8 bits a sample.
 */
export function raw(width: number, height: number, channels: 1 | 3 | 4): Sharp {
  return sharp(gradient(width, height, channels), { raw: { width, height, channels } });
}

function gradient(width: number, height: number, channels: number): Buffer {
  const data = Buffer.alloc(width * height * channels);
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / channels);
    data[i] = ((pixel % width) * (1 + (i % channels)) + Math.floor(pixel / width) * 2) & 255;
  }
  return data;
}
