import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  convertInPlace,
  type InPlaceOptions,
} from '../../../../src/lib/convert/convert-in-place.ts';
import type { PagesSetting } from '../../../../src/lib/convert/pages.ts';
import { type Converter, openConverter } from '../../../../src/lib/convert/process/converter.ts';
import { inspectionOf } from '../../../support/inspections.ts';
import {
  makeTiff,
  makeTiffAs,
  type TiffEntry,
  type TiffPage,
} from '../../../support/tiff-writer.ts';
import { useFolder } from '../../../support/use-folder.ts';

const folder = useFolder();
let converter: Converter;
beforeAll(() => {
  converter = openConverter(folder.root);
});
afterAll(() => converter.close());
const convert = (input: string, more: InPlaceOptions = {}) =>
  convertInPlace(input, folder.path('out.jpg'), { ...more, converter });

const [BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED] = [1, 2, 3, 4, 5, 7];
const JPEG_TILES = { tile: { width: 16, height: 16 }, compression: 7 };
const page: TiffPage = {
  width: 32,
  height: 16,
  samplesPerPixel: 3,
  photometric: 2,
  data: Buffer.alloc(32 * 16 * 3, 77),
};
const grey: TiffPage = { ...page, samplesPerPixel: 1, photometric: 1, data: Buffer.alloc(512, 7) };
const palette: TiffPage = { ...grey, photometric: 3, bitsPerSample: 4, data: Buffer.alloc(256) };

const short = (tag: number, ...values: number[]): TiffEntry => ({ tag, type: SHORT, values });
const nothing = (tag: number, type: number): TiffEntry => ({ tag, type, values: [], count: 0 });
const having = (...entries: TiffEntry[]) => makeTiff({ ...page, entries });
const beside = (other: Partial<TiffPage>) => makeTiff(page, { ...page, ...other });
const tiles = (width: number, height: number): Partial<TiffPage> => ({
  tile: { width, height },
  segments: Array.from({ length: 4 }, () => Buffer.alloc(width * height * 3)),
});

const CHAIN = / is damaged: its list of pages is broken\./;
const stops = (message: string) =>
  new RegExp(`its decoder reads all directories, and stops at directory 2 of 2: ${message}\\.`);

it.each<[string, Buffer, RegExp]>([
  ['a chain that leads behind the file', makeTiffAs({ next: 9_999_999 }, page), CHAIN],
  ['a chain that leads to no directory', makeTiffAs({ next: 3 }, page), CHAIN],
  ['a chain that leads back', makeTiffAs({ next: 8 }, page, page), CHAIN],
  ['a chain of BigTIFF', makeTiffAs({ big: true, next: 2 ** 40 }, page), CHAIN],
  ['Orientation 0', having(short(274, 0)), /its Orientation is 0, and TIFF has only 1 to 8\./],
  ['Orientation 9', having(short(274, 9)), /its Orientation is 9, and TIFF has only 1 to 8\./],
  ['two Orientations', having(short(274, 1, 1)), /its Orientation has 2 values, and may have/],
  ['ResolutionUnit 0', having(short(296, 0)), /its ResolutionUnit is 0, and TIFF has only 1 to 3/],
  ['FillOrder 0', having(short(266, 0)), /its FillOrder is 0, and TIFF has only 1 to 2\./],
  ['PlanarConfiguration 3', having(short(284, 3)), /its PlanarConfiguration is 3, and TIFF has/],
  ['SampleFormat 7', having(short(339, 7, 7, 7)), /its SampleFormat is 7, and TIFF has only 1 to/],
  ['RowsPerStrip 0', having(short(278, 0)), /its RowsPerStrip is 0, and TIFF has no value below/],
  [
    'ExtraSamples 3',
    makeTiff({ ...page, width: 24, samplesPerPixel: 4, extraSamples: [3] }),
    /its ExtraSamples has 3, and TIFF has only 0 to 2\./,
  ],
  [
    'a sample without a meaning',
    makeTiff({ ...page, width: 24, samplesPerPixel: 4 }),
    /its ExtraSamples does not say what 1 of its 4 samples is\./,
  ],
  ['depths for other samples', having(short(258, 8, 8, 8, 8)), /BitsPerSample has 4 values for 3/],
  ['no XMP where it should be', having(nothing(700, BYTE)), /there is no value in its XMP\./],
  [
    'a private tag without a value',
    having(nothing(65_000, UNDEFINED)),
    /no value in its tag 65000\./,
  ],
  [
    'a private tag of no type',
    having({ tag: 32_934, type: 0, values: [], count: 1 }),
    /its tag 32934 is of type 0, which TIFF does not have\./,
  ],
  ['a palette without colours', makeTiff(palette), /it has a palette, and no ColorMap\./],
  [
    'a palette of too few colours',
    makeTiff({ ...palette, entries: [short(320, 1, 2, 3)] }),
    /its ColorMap has 3 values, and 48 are needed\./,
  ],
  [
    'tiles of 100 × 100',
    makeTiff({ ...page, ...tiles(100, 100) }),
    /has tiles of 100 × 100 pixels, with sides that are no multiples of 16, which arke-tiff cannot/,
  ],
  [
    'tiles of 10 016 × 16',
    makeTiff({ ...page, ...tiles(10_016, 16) }),
    /has tiles of 10016 × 16 pixels, more than 10 000 a side, which arke-tiff cannot decode\./,
  ],
  [
    'an old-style JPEG beside it',
    beside({ compression: 6 }),
    stops('it has old-style JPEG compression'),
  ],
  ['ZSTD beside it', beside({ compression: 50_000 }), stops('it has ZSTD compression')],
  [
    'Orientation 0 beside it',
    beside({ entries: [short(274, 0)] }),
    stops('its Orientation is 0, .*'),
  ],
  ['odd tiles beside it', beside(tiles(24, 16)), stops('its tiles have 24 × 16 pixels, .*')],
  ['no sizes beside it', beside({ without: [279] }), stops('it does not say how many bytes .*')],
  ['no size', makeTiff({ ...page, without: [279] }), /it does not say how many bytes its strips/],
])(
  'inspecting and converting say the same of %s, and sharp does not read it',
  async (_, tiff, words) => {
    const told = (await inspectionOf(tiff)).error;
    expect(told?.message).toMatch(words);
    const path = await folder.write('scan.tif', tiff);
    await expect(convert(path)).rejects.toMatchObject({ ...told });
    await expect(convert(path, { damageTold: 'by sharp' })).rejects.toThrow();
  },
);

it.each<[string, Buffer]>([
  ['a text without a value', having(nothing(270, ASCII))],
  ['a resolution without a value', having(nothing(282, RATIONAL))],
  ['two ResolutionUnits', having(short(296, 0, 0))],
  ['a private text without a value', having(nothing(65_000, ASCII))],
  ['a private tag that libtiff knows', having(nothing(34_732, LONG))],
  ['tiles of 48 × 32', makeTiff({ ...page, tile: { width: 48, height: 32 } })],
  [
    'extra samples that are named',
    makeTiff({ ...page, width: 24, samplesPerPixel: 4, extraSamples: [0] }),
  ],
  ['an unknown compression beside it', beside({ compression: 12_345 })],
  [
    'a chain that breaks off, and another reader',
    makeTiffAs({ next: 3 }, { ...page, sampleFormat: 2 }),
  ],
  [
    'Orientation 0, and another reader',
    makeTiff({ ...page, sampleFormat: 2, entries: [short(274, 0)] }),
  ],
])('nothing is said of what is converted: %s', async (_, tiff) => {
  expect((await inspectionOf(tiff)).error).toBeUndefined();
  const path = await folder.write('scan.tif', tiff);
  expect(await convert(path)).toMatchObject({ height: expect.any(Number) });
});

it.each<PagesSetting>(['first', 'all', 1])(
  'a broken chain has the same words for --page %s',
  async (pages) => {
    const { error } = await inspectionOf(makeTiffAs({ next: 3 }, page), { pages });
    expect(error?.message).toBe(
      '"scan.tif" is damaged: its list of pages is broken. Check where it came from.',
    );
  },
);

it('JPEG tiles that begin behind the end of the file are missing, those that end there are left to sharp', async () => {
  const jpeg = { ...grey, ...JPEG_TILES, segments: [Buffer.alloc(600, 1), Buffer.alloc(600, 2)] };
  const claiming = (tag: number, ...values: number[]) =>
    inspectionOf(makeTiff({ ...jpeg, entries: [{ tag, type: LONG, values }] }));
  expect((await claiming(325, 600, 999_999)).error).toBeUndefined();
  expect((await claiming(324, 8, 999_999)).error?.message).toMatch(
    /the file ends [\d ]+ bytes before its last tile does/,
  );
});

it('a size that is too large is not called damage where all pixels are in the file', async () => {
  const rows = { ...grey, entries: [{ tag: 279, type: LONG, values: [1024] }] };
  const { error } = await inspectionOf(makeTiff(rows));
  expect(error?.message).toMatch(
    /^"scan.tif" cannot be decoded: all of its pixels are there, but the size given for its last strip is 512 bytes more than the file has\./,
  );
  const whole = makeTiff(grey);
  expect((await inspectionOf(whole.subarray(0, whole.length - 1))).error?.message).toMatch(
    /is damaged: the file ends 1 byte before its last strip does/,
  );
});
