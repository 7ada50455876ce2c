import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertInPlace } from '../../../../src/lib/convert/convert-in-place.ts';
import { defaultEncoderSettings } from '../../../../src/lib/convert/encoder-settings.ts';
import { openTiff } from '../../../../src/lib/convert/open-tiff.ts';
import { pricePage } from '../../../../src/lib/convert/plan/plan.ts';
import { readable } from '../../../../src/lib/convert/plan/readable.ts';
import { tiffPages } from '../../../../src/lib/convert/tiff-pages.ts';
import { makeFolder, type TestFolder } from '../../../support/folder.ts';
import { raw } from '../../../support/pictures.ts';
import {
  contractSnippet,
  decodeJpeg,
  largestDifference,
  pixelAt,
} from '../../../support/pixels.ts';
import { writeTiff } from '../../../support/tiff-writer.ts';

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

describe('pixels', () => {
  it.each([
    ['LZW strips', raw(320, 200, 3).tiff({ compression: 'lzw' })],
    ['deflate tiles', raw(320, 200, 3).tiff({ compression: 'deflate', tile: true })],
    ['uncompressed', raw(320, 200, 3).tiff({ compression: 'none' })],
    ['16 bits', raw(320, 200, 3).toColourspace('rgb16').tiff({ compression: 'lzw' })],
    ['an embedded wide-gamut profile', raw(320, 200, 3).withIccProfile('p3').tiff()],
    ['CMYK', raw(320, 200, 3).toColourspace('cmyk').tiff({ compression: 'lzw' })],
    ['JPEG in TIFF', raw(320, 200, 3).tiff({ compression: 'jpeg', quality: 90 })],
  ])('are those of the contract’s snippet: %s', async (name, tiff) => {
    const input = folder.path(`${name}.tif`);
    await tiff.toFile(input);
    const { channels } = await convertInPlace(input, folder.path('out.jpg'));
    expect(channels).toBe(3);
    const ours = await decodeJpeg(folder.path('out.jpg'));
    expect(largestDifference(ours, await decodeJpeg(await contractSnippet(input)))).toBe(0);
  });

  it.each([
    ['8 bits', raw(320, 200, 1).toColourspace('b-w').tiff({ compression: 'lzw' })],
    ['16 bits', raw(320, 200, 1).toColourspace('grey16').tiff({ compression: 'lzw' })],
    [
      '1 bit',
      raw(320, 200, 1).toColourspace('b-w').tiff({ compression: 'ccittfax4', bitdepth: 1 }),
    ],
  ])(
    'of greyscale stay one channel, at most one level from the snippet’s: %s',
    async (name, tiff) => {
      const input = folder.path(`grey ${name}.tif`);
      await tiff.toFile(input);
      const { channels } = await convertInPlace(input, folder.path('grey.jpg'));
      expect(channels).toBe(1);
      const ours = await decodeJpeg(folder.path('grey.jpg'));
      expect(ours.channels).toBe(1);
      const theirs = await decodeJpeg(await contractSnippet(input));
      expect(largestDifference(ours, theirs)).toBeLessThanOrEqual(1);
    },
  );
});

describe('orientation', () => {
  // Where the stored picture's first row and column are to be seen (TIFF 6.0, Orientation).
  const corners = {
    red: [255, 0, 0],
    green: [0, 255, 0],
    blue: [0, 0, 255],
    white: [255, 255, 255],
  };
  const block = (x: number, y: number) => {
    if (y < 32) return x < 48 ? corners.red : corners.green;
    return x < 48 ? corners.blue : corners.white;
  };
  const seen: Record<number, [string, string, string, string]> = {
    1: ['red', 'green', 'blue', 'white'],
    2: ['green', 'red', 'white', 'blue'],
    3: ['white', 'blue', 'green', 'red'],
    4: ['blue', 'white', 'red', 'green'],
    5: ['red', 'blue', 'green', 'white'],
    6: ['blue', 'red', 'white', 'green'],
    7: ['white', 'green', 'blue', 'red'],
    8: ['green', 'white', 'red', 'blue'],
  };

  it.each(Object.entries(seen))('%s is applied', async (orientation, expected) => {
    const [width, height] = [96, 64];
    const data = Buffer.alloc(width * height * 3);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) data.set(block(x, y), (y * width + x) * 3);
    const page = { width, height, samplesPerPixel: 3, photometric: 2, data };
    const input = await writeTiff(folder.path(`o${orientation}.tif`), {
      ...page,
      orientation: Number(orientation),
    });
    const { width: w, height: h } = await convertInPlace(input, folder.path('turned.jpg'));
    const sideways = Number(orientation) >= 5;
    expect([w, h]).toEqual(sideways ? [64, 96] : [96, 64]);
    const picture = await decodeJpeg(folder.path('turned.jpg'));
    const colourAt = (x: number, y: number) => {
      const [r = 0, g = 0, b = 0] = pixelAt(picture, x, y).map((level) => (level > 127 ? 255 : 0));
      return Object.entries(corners).find(([, c]) => c[0] === r && c[1] === g && c[2] === b)?.[0];
    };
    const [right, bottom] = [w - 8, h - 8];
    expect([
      colourAt(8, 8),
      colourAt(right, 8),
      colourAt(8, bottom),
      colourAt(right, bottom),
    ]).toEqual(expected);
    expect((await sharp(folder.path('turned.jpg')).metadata()).orientation).toBeUndefined();
  });
});

it('the plan is chosen from the prices of the admission, unless they are those of another page', async () => {
  const input = folder.path('priced.tif');
  await raw(64, 64, 3).tiff().toFile(input);
  const tiff = tiffPages(await openTiff(input, input), input);
  const page = tiff.numbered(1);
  const { methods, ...chosen } = pricePage(readable(page, tiff.file), defaultEncoderSettings);
  // Only one of the three efforts, so that these prices can be told from new ones.
  const priced = { ...chosen, methods: methods.filter(({ effort }) => effort === 'fast') };
  const effortWith = async (one: typeof priced) => {
    const options = { tiff, page: 1, priced: one };
    return (await convertInPlace(input, folder.path('priced.jpg'), options)).plan.effort;
  };
  expect(await effortWith(priced)).toBe('fast');
  expect(await effortWith({ ...priced, page: { ...page, alone: true } })).toBe('max');
});

describe('notes', () => {
  it('say that further pages were not converted', async () => {
    const page = {
      width: 8,
      height: 8,
      samplesPerPixel: 1,
      photometric: 1,
      data: Buffer.alloc(64),
    };
    const input = await writeTiff(folder.path('pages.tif'), page, page, page);
    const { notes } = await convertInPlace(input, folder.path('page.jpg'));
    expect(notes).toEqual([
      { code: 'PAGES_NOT_CONVERTED', message: expect.stringContaining('Only page 1 of 3') },
    ]);
  });

  it('say that a TIFF has only a thumbnail', async () => {
    const page = { width: 8, height: 8, samplesPerPixel: 1, photometric: 1, subfileType: 1 };
    const input = await writeTiff(folder.path('raw.tif'), { ...page, data: Buffer.alloc(64) });
    const { notes } = await convertInPlace(input, folder.path('raw.jpg'));
    expect(notes).toMatchObject([{ code: 'ONLY_REDUCED' }]);
  });
});
