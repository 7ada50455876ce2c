import sharp from 'sharp';
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
