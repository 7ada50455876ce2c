import { readFile, stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertInPlace } from '../../../src/lib/convert/convert-in-place.ts';
import { type Converter, openConverter } from '../../../src/lib/convert/process/converter.ts';
import { renditionBy } from '../../support/peers.ts';
import { decodeJpeg, type Picture } from '../../support/pixels.ts';
import { noSharedTiffs } from '../../support/shared-tiffs.ts';
import { useFolder } from '../../support/use-folder.ts';
import {
  hasReportedTiffs,
  type ReportedTiff,
  reportedTiffs,
  rightPicture,
  SUBSAMPLED,
} from './reported-tiffs.ts';

const folder = useFolder();
let converter: Converter;
beforeAll(() => {
  if (!hasReportedTiffs) console.warn(`Left out: ${noSharedTiffs}.`);
  converter = openConverter(folder.root);
});
afterAll(() => converter.close());

const tiffs = reportedTiffs();
/** Of which the report says so. */
const AS_LIBTIFF = ['REAL-jhove-chase-tif-f.tif', 'TwelveMonkeys__foto_0001.tif'];

async function convert({ path }: ReportedTiff): Promise<{ codes: string[]; picture: Picture }> {
  const before = [await readFile(path), (await stat(path)).mtimeMs];
  const jpeg = folder.path('reported.jpg');
  const options = { converter, chromaSubsampling: '4:4:4', silenceMs: 600_000 } as const;
  const { notes } = await convertInPlace(path, jpeg, options);
  expect([await readFile(path), (await stat(path)).mtimeMs]).toEqual(before);
  return { codes: notes.map(({ code }) => code), picture: await decodeJpeg(jpeg) };
}

/** Peak signal-to-noise ratio in dB; of other sizes none. */
function psnr(a: Picture, b: Picture): number {
  if (a.width !== b.width || a.height !== b.height) return 0;
  let sum = 0;
  const at = ({ data, channels }: Picture, pixel: number, channel: number) =>
    data[pixel * channels + Math.min(channel, channels - 1)] ?? 0;
  const pixels = a.width * a.height;
  for (let pixel = 0; pixel < pixels; pixel++)
    for (let channel = 0; channel < 3; channel++)
      sum += (at(a, pixel, channel) - at(b, pixel, channel)) ** 2;
  return sum === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10((255 * 255 * pixels * 3) / sum);
}

describe.skipIf(!hasReportedTiffs)('a TIFF that people had trouble with', () => {
  it.each(tiffs.filter(({ scene }) => scene))('is right, with a warning: $file', async (tiff) => {
    const { codes, picture } = await convert(tiff);
    const { right, like } = tiff.scene ?? { right: '', like: 0 };
    expect(psnr(picture, await rightPicture(right))).toBeGreaterThan(like);
    expect(codes).not.toEqual([]);
  });

  it.each(tiffs.filter(({ file }) => [...SUBSAMPLED, ...AS_LIBTIFF].includes(file)))(
    'is what libtiff shows of it: $file',
    async (tiff) => {
      const page = { orientation: 1, iccBytes: 0 };
      const right = await renditionBy('tiff2rgba', { path: tiff.path, folder: folder.root, page });
      const { picture } = await convert(tiff);
      expect(right && psnr(picture, right)).toBeGreaterThan(38);
    },
  );

  it.each(tiffs.filter(({ code }) => code))('is converted, with a warning: $file', async (tiff) => {
    const { codes, picture } = await convert(tiff);
    expect(picture).toMatchObject({ width: tiff.width, height: tiff.height });
    expect(codes).toContain(tiff.code);
  });

  it.each(tiffs.filter(({ file }) => file === 'libtiff.net__G3_Premature_EOL.tif'))(
    'has writing on it, which every other reader loses: $file',
    async (tiff) => {
      const { data } = (await convert(tiff)).picture;
      const black = data.reduce((sum, level) => sum + (level < 128 ? 1 : 0), 0) / data.length;
      expect(black).toBeGreaterThan(0.05);
      expect(black).toBeLessThan(0.15);
    },
  );

  it.each(tiffs.filter(({ error }) => error))('is refused by name: $file', async (tiff) => {
    await expect(convert(tiff)).rejects.toThrow(tiff.error);
  });
});
