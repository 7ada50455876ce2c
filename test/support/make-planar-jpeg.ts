import sharp from 'sharp';
import type { TiffPage } from './tiff-writer.ts';

/** Samples of 8 bits, side by side. */
export interface Samples {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

/**
 * A page whose samples are JPEGs in square tiles, each plane on its own (PlanarConfiguration 2).
 */
export async function planarJpegPage(
  { width, height, channels, data }: Samples,
  photometric: number,
  side = 64,
): Promise<TiffPage> {
  const segments: Buffer[] = [];
  for (let plane = 0; plane < channels; plane++)
    for (let top = 0; top < height; top += side)
      for (let left = 0; left < width; left += side) {
        const tile = new Uint8Array(side * side);
        for (let y = top; y < Math.min(height, top + side); y++)
          for (let x = left; x < Math.min(width, left + side); x++)
            tile[(y - top) * side + x - left] = data[(y * width + x) * channels + plane] ?? 0;
        segments.push(await greyJpeg(tile, side, side));
      }
  return {
    width,
    height,
    samplesPerPixel: channels,
    photometric,
    compression: 7,
    planar: true,
    tile: { width: side, height: side },
    segments,
    data: new Uint8Array(0),
  };
}

/** A baseline JPEG with the tables of its standard, so that several have the same. */
export async function greyJpeg(data: Uint8Array, width: number, height: number): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .jpeg({ quality: 95, optimiseCoding: false })
    .toBuffer();
}
