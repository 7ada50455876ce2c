import sharp from 'sharp';
import { noise, randomNumbers } from '../../support/noise.ts';

/**
 * The TIFFs of the cells, each in the versions that replace one another: `small` comes in one
 * range, `wide` in two (a first one of 8 MiB), `heavy` takes its encoder some seconds, `vast` has
 * 60 megapixels, and `huge` 120: not even as `fast` is it predicted to be done within the 2 s after
 * a stop signal.
 */
export interface Pictures {
  readonly small: readonly Uint8Array[];
  readonly wide: readonly Uint8Array[];
  readonly heavy: readonly Uint8Array[];
  readonly vast: readonly Uint8Array[];
  readonly huge: readonly Uint8Array[];
}

/** Those that not every file needs. */
export type Costly = Partial<Readonly<Record<'heavy' | 'vast' | 'huge', boolean>>>;

/** Makes them; the costly ones only when told. */
export async function makePictures({ heavy, vast, huge }: Costly = {}): Promise<Pictures> {
  return {
    small: await Promise.all([0, 120, 240].map((blue) => gradient(256, blue))),
    wide: await Promise.all([0, 120, 240].map((blue) => gradient(1_800, blue))),
    heavy: heavy ? [await noisy(2_500)] : [],
    vast: vast ? [await plain(10_000, 6_000)] : [],
    huge: huge ? [await plain(10_000, 12_000)] : [],
  };
}

/** Red from left to right, green from top to bottom: a JPEG of it is hardly another picture. */
function gradient(side: number, blue: number): Promise<Buffer> {
  const data = new Uint8Array(side * side * 3).fill(blue);
  for (let i = 0; i < side * side; i++) {
    data[i * 3] = ((i % side) * 255) / side;
    data[i * 3 + 1] = (Math.floor(i / side) * 255) / side;
  }
  const raw = { width: side, height: side, channels: 3 } as const;
  return sharp(data, { raw }).tiff({ compression: 'none' }).toBuffer();
}

function plain(width: number, height: number): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: 'teal' } })
    .tiff({ compression: 'lzw' })
    .toBuffer();
}

function noisy(side: number): Promise<Buffer> {
  const { data, ...raw } = noise({ width: side, height: side, channels: 3 }, randomNumbers(1));
  return sharp(data, { raw }).tiff({ compression: 'none' }).toBuffer();
}
