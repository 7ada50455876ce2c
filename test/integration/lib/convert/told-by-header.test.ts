import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  convertInPlace,
  type InPlaceOptions,
} from '../../../../src/lib/convert/convert-in-place.ts';
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

const [BYTE, ASCII, SHORT, LONG, RATIONAL] = [1, 2, 3, 4, 5];
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

const tiled: TiffPage = { ...page, tile: { width: 16, height: 16 } };

const short = (tag: number, ...values: number[]): TiffEntry => ({ tag, type: SHORT, values });
const nothing = (tag: number, type: number): TiffEntry => ({ tag, type, values: [], count: 0 });
const having = (...entries: TiffEntry[]) => makeTiff({ ...page, entries });
const beside = (other: Partial<TiffPage>) => makeTiff(page, { ...page, ...other });
const tiles = (width: number, height: number): Partial<TiffPage> => ({
  tile: { width, height },
  segments: Array.from({ length: 4 }, () => Buffer.alloc(width * height * 3)),
});

it.each<[string, Buffer, RegExp]>([
  ['two Orientations', having(short(274, 1, 1)), /its Orientation has 2 values, and may have/],
  [
    'two PhotometricInterpretations',
    having(short(262, 2, 2)),
    /its PhotometricInterpretation has 2 values, and may have only 1\./,
  ],
  ['FillOrder 3', having(short(266, 3)), /its FillOrder is 3, and TIFF has only 1 to 2\./],
  ['PlanarConfiguration 3', having(short(284, 3)), /its PlanarConfiguration is 3, and TIFF has/],
  ['SampleFormat 7', having(short(339, 7, 7, 7)), /its SampleFormat is 7, and TIFF has only 1 to/],
  ['RowsPerStrip 0', having(short(278, 0)), /its RowsPerStrip is 0, and TIFF has no value below/],
  ['too few depths', having(short(258, 8, 8)), /BitsPerSample has 2 values for 3/],
  ['a palette without colours', makeTiff(palette), /it has a palette, and no ColorMap\./],
  [
    'a palette of too few colours',
    makeTiff({ ...palette, entries: [short(320, 1, 2, 3)] }),
    /its ColorMap has 3 values, and 48 are needed\./,
  ],
  [
    'tiles of 10 016 × 16',
    makeTiff({ ...page, ...tiles(10_016, 16) }),
    /has tiles of 10016 × 16 pixels, more than 10 000 a side, which arke-tiff cannot decode\./,
  ],
  ['DataType 4', having(short(32_996, 4)), /its DataType is 4, and TIFF has only 0 to 3\./],
  ['tiles without a length', makeTiff({ ...tiled, without: [323] }), /tiles and no TileLength\./],
  [
    'tiles without a width',
    makeTiff({ ...tiled, without: [322] }),
    /it has tiles and no TileWidth\./,
  ],
  ['tiles of no width', makeTiff({ ...tiled, entries: [short(322, 0)] }), /its TileWidth is 0\./],
  [
    'strips beside tiles of no length',
    having(short(322, 16), short(323, 0)),
    /its TileLength is 0\./,
  ],
  [
    'no sizes of PackBits',
    makeTiff({ ...page, compression: 32_773, without: [279] }),
    /it does not say how many bytes its strips/,
  ],
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
  ['DataType 0', having(short(32_996, 0))],
  ['tiles of 48 × 32', makeTiff({ ...page, tile: { width: 48, height: 32 } })],
  [
    'extra samples that are named',
    makeTiff({ ...page, width: 24, samplesPerPixel: 4, extraSamples: [0] }),
  ],
  ['a sample without a meaning', makeTiff({ ...page, width: 24, samplesPerPixel: 4 })],
  ['depths for other samples', having(short(258, 8, 8, 8, 8))],
  ['no XMP where it should be', having(nothing(700, BYTE))],
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
  expect((await inspectionOf(makeTiff(rows))).error).toBeUndefined();
  const whole = makeTiff(grey);
  expect((await inspectionOf(whole.subarray(0, whole.length - 1))).error?.message).toMatch(
    /is damaged: the file ends 1 byte before its last strip does/,
  );
});
