import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../../../../support/folder.ts';
import { type SampledPicture, sampledPage } from '../../../../../support/packed-samples.ts';
import { rewritePage } from '../../../../../support/rewritten.ts';
import type { TiffEntry } from '../../../../../support/tiff-writer.ts';

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

const [ASCII, SHORT, FLOAT, DOUBLE] = [2, 3, 11, 12];
const text = (value: string): TiffEntry => ({
  tag: 42_113,
  type: ASCII,
  values: [...Buffer.from(`${value}\0`)],
});
const sMin = (...values: number[]) => ({ tag: 340, type: DOUBLE, values });
const sMax = (...values: number[]) => ({ tag: 341, type: DOUBLE, values });
const minSample = (value: number) => ({ tag: 280, type: SHORT, values: [value] });
const maxSample = (value: number) => ({ tag: 281, type: SHORT, values: [value] });

type Type = Pick<SampledPicture, 'bits' | 'format'> & { readonly photometric?: number };
const float: Type = { bits: 32, format: 3 };
const signed16: Type = { bits: 16, format: 2 };

/** The levels (0 to 255) that a row of grey samples becomes, and what is said of it. */
async function levelsOf(values: readonly number[], type: Type, entries: readonly TiffEntry[] = []) {
  const page = sampledPage({
    width: values.length,
    height: 1,
    samples: 1,
    entries,
    ...type,
    value: (x) => values[x] ?? 0,
  });
  const { values: made, notes, picture } = await rewritePage(folder, page);
  const most = picture.bits === 16 ? 65_535 : 255;
  const levels = Array.from(made, (value) => Math.round((value / most) * 255));
  return { levels, said: notes.map(({ message }) => message).join() };
}

describe('the range of samples', () => {
  it.each<[string, readonly number[], Type, readonly TiffEntry[], readonly number[], RegExp]>([
    [
      'floats from 0 to 1 are taken as they are',
      [0.2, 0.4, 0.6],
      float,
      [],
      [51, 102, 153],
      /0 is black and 1 white \(0 to 1\)/,
    ],
    [
      'other floats are stretched',
      [-10, 0, 30],
      float,
      [],
      [0, 64, 255],
      /-10 is black and 30 white \(their own range\)/,
    ],
    [
      'floats of one value do not divide by nothing',
      [300, 300],
      float,
      [],
      [0, 0],
      /300 is black and 301 white/,
    ],
    [
      'floats beyond any difference are stretched, too',
      [-1e308, 1e307, 1e308],
      { bits: 64, format: 3 },
      [],
      [0, 140, 255],
      /their own range/,
    ],
    [
      'SMinSampleValue and SMaxSampleValue decide',
      [-10, 0, 30, 99],
      float,
      [sMin(0), sMax(30)],
      [0, 0, 255, 255],
      /0 is black and 30 white \(SMinSampleValue and SMaxSampleValue\)/,
    ],
    [
      'SMaxSampleValue alone begins at 0',
      [0, 5, 10],
      float,
      [sMax(10)],
      [0, 128, 255],
      /0 is black and 10 white/,
    ],
    [
      'the widest of several is taken',
      [0, 10],
      float,
      [sMin(0, -10), sMax(5, 10)],
      [128, 255],
      /-10 is black and 10 white/,
    ],
    ['SMin = SMax is no range', [0, 2], float, [sMin(1), sMax(1)], [0, 255], /their own range/],
    [
      'a range that is upside down is none',
      [0, 2],
      float,
      [sMin(5), sMax(1)],
      [0, 255],
      /their own range/,
    ],
    ['NaN is no range', [0, 2], float, [sMin(0), sMax(Number.NaN)], [0, 255], /their own range/],
    [
      'infinity is no range',
      [0, 2],
      float,
      [sMin(0), sMax(Number.POSITIVE_INFINITY)],
      [0, 255],
      /their own range/,
    ],
    [
      'MinSampleValue is for integers only',
      [0, 2],
      float,
      [minSample(0), maxSample(8)],
      [0, 255],
      /their own range/,
    ],
    [
      '32-bit integers go by MinSampleValue and MaxSampleValue',
      [0, 500, 1000],
      { bits: 32 },
      [minSample(0), maxSample(1000)],
      [0, 128, 255],
      /MinSampleValue and MaxSampleValue/,
    ],
    [
      '32-bit integers that use their type use all of it',
      [0, 2 ** 31, 2 ** 32 - 1],
      { bits: 32 },
      [],
      [0, 128, 255],
      /0 is black and 4294967295 white \(all of their type\)/,
    ],
    [
      '32-bit integers that do not are stretched',
      [1000, 1500, 2000],
      { bits: 32 },
      [],
      [0, 128, 255],
      /1000 is black and 2000 white \(their own range\)/,
    ],
    [
      'signed integers that use their type use all of it',
      [-32_768, 0, 32_767],
      signed16,
      [],
      [0, 128, 255],
      /-32768 is black and 32767 white \(all of their type\)/,
    ],
    [
      'signed integers that do not are stretched',
      [-100, 0, 100],
      signed16,
      [],
      [0, 128, 255],
      /-100 is black and 100 white/,
    ],
    [
      'signed 8 bits are taken by their bits',
      [0, 127, -128, -1],
      { bits: 8, format: 2 },
      [],
      [0, 127, 128, 255],
      /read as unsigned/,
    ],
    [
      '12 bits in 16 are believed',
      [0, 2048, 4095],
      { bits: 16 },
      [maxSample(4095)],
      [0, 128, 255],
      /0 is black and 4095 white \(MaxSampleValue 4095\)/,
    ],
    [
      '12 bits in 16 are not believed when a sample has more',
      [0, 4096, 65_535],
      { bits: 16 },
      [maxSample(4095)],
      [0, 16, 255],
      /^$/,
    ],
    ['12 bits have all of their own range', [0, 2048, 4095], { bits: 12 }, [], [0, 128, 255], /^$/],
    ['white can be zero', [0.25, 1], { ...float, photometric: 0 }, [], [191, 0], /0 to 1/],
  ])('%s', async (_, values, type, entries, expected, message) => {
    const { levels, said } = await levelsOf(values, type, entries);
    expect(levels).toEqual(expected);
    expect(said).toMatch(message);
  });
});

describe('samples that stand for nothing', () => {
  it.each<[string, readonly number[], Type, readonly TiffEntry[], readonly number[]]>([
    [
      'NaN and infinities do not stretch the range',
      [Number.NaN, 10, Number.NEGATIVE_INFINITY, 20],
      float,
      [],
      [0, 0, 0, 255],
    ],
    [
      'NaN is black, also where white is zero',
      [Number.NaN, 0, 1],
      { ...float, photometric: 0 },
      [],
      [0, 255, 0],
    ],
    [
      'GDAL’s value below the others is black',
      [-9999, 10, 20],
      float,
      [text('-9999')],
      [0, 0, 255],
    ],
    ['GDAL’s value above the others is black', [1e20, 10, 20], float, [text('1e20')], [0, 0, 255]],
    ['GDAL’s value in the range is black', [15, 10, 20], float, [text('15')], [0, 0, 255]],
    [
      'GDAL’s value may be rounded',
      [-3.402_823_466_385_288_6e38, 10, 20],
      float,
      [text('-3.40282e+38')],
      [0, 0, 255],
    ],
    [
      'GDAL’s value is that of the sample’s precision',
      [0.1, 10, 20],
      float,
      [text('0.1')],
      [0, 0, 255],
    ],
    ['GDAL’s nan is none of the others', [Number.NaN, 10, 20], float, [text('nan')], [0, 0, 255]],
    ['of integers it is exact', [-32_768, 10, 20], signed16, [text('-32768')], [0, 0, 255]],
    ['a value that is no number is none', [-9999, 20], float, [text('nothing')], [0, 255]],
    ['a page of holes is black', [Number.NaN, Number.NaN], float, [], [0, 0]],
    ['ordinary depths have no holes', [0, 1023], { bits: 10 }, [text('1023')], [0, 255]],
  ])('%s', async (_, values, type, entries, expected) => {
    expect((await levelsOf(values, type, entries)).levels).toEqual(expected);
  });
});

describe('tags that lie', () => {
  it('about how many values there are cost no stack', async () => {
    const many = { tag: 341, type: FLOAT, values: Array<number>(200_000).fill(4) };
    expect((await levelsOf([0, 4], float, [sMin(0), many])).levels).toEqual([0, 255]);
  });
});

describe('alpha', () => {
  it.each<[string, Type, readonly number[], number]>([
    ['of floats goes to 1, however the colours are scaled', float, [100, 0.5], 128],
    ['of integers goes by their depth', { bits: 12 }, [4095, 2048], 128],
    ['of signed integers goes to the largest', signed16, [5, 16_384], 128],
    ['of 32 bits goes by their type', { bits: 32 }, [9, 2 ** 31], 128],
    ['is never more than opaque', float, [100, 7], 255],
  ])('%s', async (_, type, values, expected) => {
    const page = sampledPage({
      width: 1,
      height: 1,
      samples: 2,
      ...type,
      value: (_x, _y, sample) => values[sample] ?? 0,
    });
    const made = await rewritePage(folder, { ...page, extraSamples: [2] });
    expect(made.picture).toMatchObject({ colours: 'grey', alpha: 2 });
    expect(Math.round(((made.values[1] ?? 0) / 65_535) * 255)).toBe(expected);
  });

  it.each([
    ['is found behind samples that are none', [0, 2], 4, 2],
    ['is not looked for where there are no samples', [2], 1, undefined],
    ['is not what is unspecified', [0], 2, undefined],
  ] as const)('%s', async (_, extraSamples, samples, alpha) => {
    const page = sampledPage({
      width: 4,
      height: 2,
      samples,
      bits: 12,
      photometric: 1,
      value: (x, _y, sample) => [1000, 77, 4095, 5][sample] ?? x,
    });
    const { picture, values } = await rewritePage(folder, { ...page, extraSamples });
    expect(picture.alpha).toBe(alpha);
    const step = alpha ? 2 : 1;
    expect([...values].filter((_, i) => i % step === 0)).toEqual(Array(8).fill(16_004));
    if (alpha) expect([...values].filter((_, i) => i % 2 === 1)).toEqual(Array(8).fill(65_535));
  });
});
