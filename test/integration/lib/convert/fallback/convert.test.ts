import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  convertInPlace,
  type InPlaceOptions,
} from '../../../../../src/lib/convert/convert-in-place.ts';
import { type Converter, openConverter } from '../../../../../src/lib/convert/process/converter.ts';
import { makeFolder, type TestFolder } from '../../../../support/folder.ts';
import { type SampledPicture, sampledPage } from '../../../../support/packed-samples.ts';
import { decodeJpeg, largestDifference } from '../../../../support/pixels.ts';
import { makeTiff, type TiffEntry, type TiffPage } from '../../../../support/tiff-writer.ts';

let folder: TestFolder;
let converter: Converter;
beforeAll(async () => {
  folder = await makeFolder();
  converter = openConverter(await folder.make('work'));
});
afterAll(async () => {
  await converter.close();
  await folder.remove();
});

const [width, height] = [96, 64];
const tile = { width: 32, height: 32 };
const [DOUBLE, SHORT, ASCII] = [12, 3, 2];

/** A soft gradient, another in each sample, from 0 to 1. */
const unit = (x: number, y: number, sample: number) =>
  ((x + 1) * (sample + 1) + y * 2) / ((width + 1) * 3 + height * 2);

/** What every one of these TIFFs is to look like. */
function wanted(samples: number): TiffPage {
  return sampledPage({
    width,
    height,
    samples,
    bits: 8,
    value: (x, y, sample) => Math.floor(unit(x, y, sample) * 255 + 0.5),
  });
}

type Kind = Pick<SampledPicture, 'bits'> & Partial<SampledPicture> & { samples?: number };

function page({ samples = 3, bits, ...kind }: Kind, scale: (unit: number) => number): TiffPage {
  const value = (x: number, y: number, sample: number) => scale(unit(x, y, sample));
  return sampledPage({ width, height, samples, bits, value, ...kind });
}

const whole = (bits: number) => (unit: number) => Math.round(unit * (2 ** Math.min(bits, 53) - 1));
const number = (tag: number, value: number): TiffEntry => ({ tag, type: DOUBLE, values: [value] });

const classes: readonly (readonly [string, TiffPage])[] = [
  ['floats from 0 to 1', page({ bits: 32, format: 3 }, (u) => u)],
  [
    'floats with SMin and SMax',
    page({ bits: 32, format: 3, entries: [number(340, -5), number(341, 20)] }, (u) => u * 25 - 5),
  ],
  ['64-bit floats', page({ bits: 64, format: 3, compression: 'deflate', predictor: 3 }, (u) => u)],
  ['32-bit integers', page({ bits: 32 }, (u) => Math.round(u * 1e6))],
  ['signed integers', page({ bits: 16, format: 2 }, (u) => Math.round(u * 65_535) - 32_768)],
  [
    '12 bits in 16',
    page({ bits: 16, entries: [{ tag: 281, type: SHORT, values: [4095, 4095, 4095] }] }, whole(12)),
  ],
  ...[10, 12, 14, 24, 64].map((bits) => [`${bits} bits`, page({ bits }, whole(bits))] as const),
  ['tiles in planes', page({ bits: 8, planar: true, tile, compression: 'deflate' }, whole(8))],
  ['ZSTD', page({ bits: 8, compression: 'zstd', rowsPerStrip: 10 }, whole(8))],
  ['grey of 12 bits', page({ bits: 12, samples: 1 }, whole(12))],
];

const convert = async (pages: readonly TiffPage[], options: InPlaceOptions = {}) => {
  const input = await folder.write('in.tif', makeTiff(...pages));
  const output = folder.path('out.jpg');
  const made = await convertInPlace(input, output, { converter, ...options });
  return { made, picture: await decodeJpeg(output) };
};

/** The JPEG of the same picture in 8 bits, which sharp reads. */
const reference = async (one: TiffPage, options: InPlaceOptions = {}) =>
  (await convert([one], options)).picture;

describe('a TIFF that sharp cannot read', () => {
  it.each(classes)('becomes the JPEG of the same picture: %s', async (_, one) => {
    const { made, picture } = await convert([one], { quality: 100 });
    expect(made.plan.reading.reader).toBe('samples');
    expect(made).toMatchObject({ width, height, channels: one.samplesPerPixel });
    const { samplesPerPixel } = one;
    const same = await reference(wanted(samplesPerPixel), { quality: 100 });
    // A data range of its own is stretched to the last level; else a level is lost in rounding.
    const stretched = made.notes.some(({ message }) => message.includes('their own range'));
    if (!stretched) expect(largestDifference(picture, same)).toBeLessThanOrEqual(4);
    else expect(Math.max(...picture.data)).toBeGreaterThan(250);
  });

  it('says how its samples were scaled', async () => {
    const { made } = await convert([page({ bits: 32, format: 3 }, (u) => u * 10)]);
    expect(made.notes).toEqual([
      {
        code: 'SAMPLES_SCALED',
        message: expect.stringMatching(
          /^Its 32-bit floating-point samples were scaled to 8 bits: [\d.]+ is black and [\d.]+ white \(their own range\)$/,
        ),
      },
    ]);
  });

  it('shows missing values as black and everything else in its range', async () => {
    const noData = { tag: 42_113, type: ASCII, values: [...Buffer.from('-9999\0')] };
    const hole = (x: number, y: number) => x < 32 && y < 32;
    const value = (x: number, y: number) =>
      hole(x, y) ? (x % 2 ? Number.NaN : -9999) : 400 + 200 * (x / (width - 1));
    const one = sampledPage({
      width,
      height,
      samples: 1,
      bits: 32,
      format: 3,
      entries: [noData],
      value,
    });
    const { picture } = await convert([one]);
    expect(picture.data[8 * width + 8]).toBeLessThan(6);
    expect(picture.data[50 * width + 90]).toBeGreaterThan(230);
    expect(picture.data[50 * width + 48]).toBeGreaterThan(110);
    expect(picture.data[50 * width + 48]).toBeLessThan(145);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is turned by its orientation: %d', async (orientation) => {
    const float = { ...page({ bits: 32, format: 3 }, (u) => u), orientation };
    const { made, picture } = await convert([float], { quality: 100 });
    const same = await reference({ ...wanted(3), orientation }, { quality: 100 });
    expect([made.width, made.height]).toEqual(orientation >= 5 ? [height, width] : [width, height]);
    expect(largestDifference(picture, same)).toBeLessThanOrEqual(4);
    expect((await sharp(folder.path('out.jpg')).metadata()).orientation).toBeUndefined();
  });

  it.each(['max', 'balanced', 'fast'] as const)(
    'is converted by each effort: %s',
    async (effort) => {
      const { made, picture } = await convert([page({ bits: 12 }, whole(12))], { effort });
      expect(made.plan).toMatchObject({ effort, reading: { reader: 'samples' } });
      const same = await reference(wanted(3), { effort });
      expect(largestDifference(picture, same)).toBeLessThanOrEqual(24);
    },
  );

  it.each([
    ['white', [255, 255, 255]],
    ['#204060', [32, 64, 96]],
  ] as const)('is flattened onto the background: %s', async (background, rgb) => {
    const value = (x: number, _y: number, sample: number) =>
      sample === 3 ? (x < 48 ? 0 : 1) : 0.5;
    const one = sampledPage({ width, height, samples: 4, bits: 32, format: 3, value });
    const { picture } = await convert([{ ...one, extraSamples: [2] }], { background });
    for (const [i, level] of rgb.entries())
      expect(Math.abs((picture.data[(20 * width + 10) * 3 + i] ?? 0) - level)).toBeLessThan(4);
    expect(Math.abs((picture.data[(20 * width + 80) * 3] ?? 0) - 128)).toBeLessThan(4);
  });

  it('may be any page of several', async () => {
    const pages = [wanted(1), page({ bits: 12 }, whole(12)), wanted(3)];
    const { made, picture } = await convert(pages, { page: 2, quality: 100 });
    expect(made.plan.reading.reader).toBe('samples');
    expect(largestDifference(picture, await reference(wanted(3), { quality: 100 }))).toBeLessThan(
      5,
    );
    const first = await convert(pages);
    expect(first.made).toMatchObject({ channels: 1, plan: { reading: { reader: 'sharp' } } });
  });

  it('is an error when a part of it is missing, and names the part', async () => {
    const starts = { tag: 273, type: 4, values: [...Array<number>(7).fill(8), 99_999] };
    const one = page({ bits: 32, format: 3, rowsPerStrip: 8, entries: [starts] }, (u) => u);
    const input = await folder.write('cut.tif', makeTiff(one));
    await expect(
      convertInPlace(input, folder.path('cut.jpg'), { converter }),
    ).rejects.toMatchObject({
      code: 'UNREADABLE_TIFF',
      message: expect.stringMatching(
        /^"cut\.tif" is damaged: the file ends [\d ]+ bytes before its last strip does\. Check where it came from\.$/,
      ),
    });
  });

  it('is an error when a strip is damaged, and names the strip', async () => {
    const one = page({ bits: 32, format: 3, rowsPerStrip: 8, compression: 'deflate' }, (u) => u);
    const segments = (one.segments ?? []).map((bytes, i) =>
      i === 2 ? bytes.subarray(0, 40) : bytes,
    );
    const input = await folder.write('strip.tif', makeTiff({ ...one, segments }));
    await expect(convertInPlace(input, folder.path('cut.jpg'), { converter })).rejects.toThrow(
      /^"strip\.tif" is damaged: strip 3 of 8 cannot be decoded: only \d+ of 9216 bytes could be decoded\./,
    );
  });

  it('is refused by the name of what is unsupported', async () => {
    await expect(convert([{ ...wanted(3), compression: 34_887 }])).rejects.toMatchObject({
      code: 'UNSUPPORTED_TIFF',
      message: expect.stringContaining('LERC compression'),
    });
  });
});
