import { noise as noiseOf, randomNumbers } from './noise.ts';
import { makeTiff, type TiffPage } from './tiff-writer.ts';

/** Grey of one level. */
export const grey = (width: number, height: number, level: number): TiffPage => ({
  width,
  height,
  samplesPerPixel: 1,
  photometric: 1,
  data: new Uint8Array(width * height).fill(level),
});
/** Takes its encoder a moment. */
export const noise = (side: number): TiffPage => ({
  width: side,
  height: side,
  samplesPerPixel: 1,
  photometric: 1,
  data: noiseOf({ width: side, height: side, channels: 1 }, randomNumbers(side)).data,
});
/** Blue, to be turned by a quarter. */
const sideways: TiffPage = {
  width: 40,
  height: 16,
  samplesPerPixel: 3,
  photometric: 2,
  orientation: 6,
  data: Uint8Array.from({ length: 40 * 16 * 3 }, (_, i) => (i % 3 === 2 ? 200 : 10)),
};
const thumbnail: TiffPage = { ...grey(8, 8, 0), subfileType: 1 };
/** Three pages of different kinds, with a thumbnail before them. */
export const mixed = makeTiff(thumbnail, grey(24, 16, 60), sideways, grey(32, 48, 250));
/** Its second page is no LZW, as it says. */
export const damaged = makeTiff(
  grey(16, 16, 1),
  { ...grey(16, 16, 2), compression: 5 },
  grey(16, 16, 3),
);
