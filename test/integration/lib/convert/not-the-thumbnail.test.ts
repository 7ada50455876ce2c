import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  convertInPlace,
  type InPlaceOptions,
} from '../../../../src/lib/convert/convert-in-place.ts';
import { type Converter, openConverter } from '../../../../src/lib/convert/process/converter.ts';
import { compareWithTiff } from '../../../../src/lib/convert/verify/compare-with-tiff.ts';
import { inspectionOf } from '../../../support/inspections.ts';
import {
  inAllLayouts,
  jpegPages,
  scene,
  subIfd,
  variedPages,
  withSubIfds,
} from '../../../support/odd-tiffs.ts';
import { decodeJpeg, largestDifference, type Picture } from '../../../support/pixels.ts';
import { tiffLayouts } from '../../../support/tiff-headers.ts';
import {
  makeTiff,
  makeTiffAs,
  type TiffEntry,
  type TiffPage,
} from '../../../support/tiff-writer.ts';
import { useFolder } from '../../../support/use-folder.ts';

const folder = useFolder();
let converter: Converter;
let right: Picture;
beforeAll(async () => {
  converter = openConverter(await folder.make('work'));
  right = (await convert(makeTiff(picture))).picture;
});
afterAll(() => converter.close());

async function convert(tiff: Buffer, more: InPlaceOptions = {}) {
  const input = await folder.write('scan.tif', tiff);
  const options = {
    converter,
    effort: 'fast',
    chromaSubsampling: '4:4:4',
    silenceMs: 600_000,
    ...more,
  } as const;
  const made = await convertInPlace(input, folder.path('scan.jpg'), options);
  return { made, picture: await decodeJpeg(folder.path('scan.jpg')) };
}

const picture: TiffPage = {
  width: 96,
  height: 64,
  samplesPerPixel: 3,
  photometric: 2,
  data: scene(),
};
const thumbnail: TiffPage = {
  width: 12,
  height: 8,
  samplesPerPixel: 3,
  photometric: 2,
  data: Buffer.alloc(12 * 8 * 3, 200),
};
const old: TiffEntry = { tag: 255, type: 3, values: [2] };

/** The ways in which the first directory is a smaller version of the picture below it. */
const reduced: [string, Partial<TiffPage>, TiffEntry[]][] = [
  ['NewSubfileType', { subfileType: 1 }, []],
  ['SubfileType, as TIFF 5.0 has it', {}, [old]],
  ['its size and shape alone', {}, []],
];

describe.each(tiffLayouts)('a picture that hangs below its thumbnail, in %s', (_, layout) => {
  it.each(reduced)('is converted: %s', async (_kind, differs, entries) => {
    const below = subIfd({ ...picture, subfileType: 0 }, layout);
    const tiff = makeTiffAs(layout, { ...thumbnail, ...differs, entries: [...entries, below] });
    const { made, picture: seen } = await convert(tiff);
    expect(largestDifference(seen, right)).toBe(0);
    expect(made.notes).toMatchObject([
      {
        code: 'THUMBNAIL_SKIPPED',
        message:
          'Directory 1 has a smaller version of the picture (12 × 8 pixels); the one below it was converted (SubIFD 1)',
      },
    ]);
    const { pages, error, directories } = await inspectionOf(tiff);
    expect({ pages, error }).toEqual({ pages: 1, error: undefined });
    expect(directories).toMatchObject([
      {
        width: 12,
        page: undefined,
        subDirectories: 1,
        subIfds: [{ subIfd: 0, role: 'page', page: 1, width: 96, height: 64, photometric: 'RGB' }],
      },
    ]);
    expect(
      await compareWithTiff(folder.path('scan.tif'), folder.path('scan.jpg'), { converter }),
    ).toMatchObject({ ssim: expect.any(Number) });
  });

  it('has the orientation of that directory, unless it has one of its own', async () => {
    for (const [own, parent, width] of [
      [undefined, 6, 64],
      [1, 6, 96],
      [6, 1, 64],
    ] as const) {
      const below = subIfd({ ...picture, ...(own ? { orientation: own } : {}) }, layout);
      const page = { ...thumbnail, subfileType: 1, orientation: parent, entries: [below] };
      const { made } = await convert(makeTiffAs(layout, page));
      expect(made).toMatchObject({ width });
    }
  });

  it('is refused by name where it is raw camera data', async () => {
    for (const photometric of [32_803, 34_892]) {
      const raw = { ...picture, photometric, subfileType: 0 };
      for (const differs of [{ subfileType: 1 }, {}]) {
        const entries = [subIfd(raw, layout)];
        const tiff = makeTiffAs(layout, { ...thumbnail, ...differs, entries });
        const error = {
          code: 'UNSUPPORTED_TIFF',
          message: expect.stringContaining('raw camera data'),
        };
        await expect(convert(tiff)).rejects.toMatchObject(error);
        expect((await inspectionOf(tiff)).error).toMatchObject(error);
      }
    }
  });

  it('is read by our own reader when sharp would misread it', async () => {
    const below = subIfd({ ...picture, sampleFormat: 2 }, layout);
    const { made, picture: seen } = await convert(
      makeTiffAs(layout, { ...thumbnail, subfileType: 1, entries: [below] }),
    );
    expect(made.plan.reading.reader).toBe('samples');
    expect(largestDifference(seen, right)).toBe(0);
  });

  it('is read in spite of a chain that breaks off', async () => {
    const page = { ...thumbnail, subfileType: 1, entries: [subIfd(picture, layout)] };
    const { made, picture: seen } = await convert(makeTiffAs({ ...layout, next: 3 }, page));
    expect(largestDifference(seen, right)).toBe(0);
    expect(made.notes.map(({ code }) => code)).toEqual(['THUMBNAIL_SKIPPED', 'PAGES_UNREACHABLE']);
  });
});

describe('a thumbnail whose picture was cut off', () => {
  const small = { ...thumbnail, subfileType: 1 };
  const right = /only a smaller version of its picture, or a mask, is left/;
  const refused = async (tiff: Buffer, name: string) => {
    const error = { code: 'UNREADABLE_TIFF', message: expect.stringMatching(right) };
    await expect(convert(tiff), name).rejects.toMatchObject(error);
    expect((await inspectionOf(tiff)).error, name).toMatchObject(error);
  };

  it.each(tiffLayouts)('is not converted, in %s', async (name, layout) => {
    const one = withSubIfds(layout, small, [picture]);
    const end = one.length - picture.data.length;
    await refused(one.subarray(0, end - 150), `${name}, its one directory`);
    const several = withSubIfds(layout, small, [small, picture]);
    await refused(several.subarray(0, several.length - picture.data.length - 150), name);
    const next = makeTiffAs({ ...layout, next: 99_999_999 }, small);
    await refused(next, `${name}, the next in the chain`);
    const entries = [{ tag: 330, type: 4, values: [1, 2, 3], pointer: 99_999_999 }];
    await refused(makeTiffAs(layout, { ...small, entries }), `${name}, the list`);
  });

  it('keeps no page from being converted', async () => {
    const lost = { tag: 330, type: 4, values: [99_999_999] };
    const tiff = makeTiff({ ...picture, entries: [lost] }, { ...small, entries: [lost] });
    expect((await convert(tiff)).made).toMatchObject({ width: 96, notes: [] });
  });
});

describe('pictures below a thumbnail', () => {
  it('may be of any depth, colours, cut and compression', async () => {
    const varied = await variedPages(folder.path('varied.tif'));
    const jpegs = await jpegPages({ chromaSubsampling: '4:2:0' });
    for (const [name, page, layout] of inAllLayouts([...varied, ...jpegs])) {
      const { picture: expected } = await convert(makeTiffAs(layout, page));
      const tiff = withSubIfds(layout, { ...thumbnail, subfileType: 1 }, [page]);
      const { made, picture: seen } = await convert(tiff);
      expect(largestDifference(seen, expected), name).toBe(0);
      expect(
        made.notes.map(({ code }) => code),
        name,
      ).toContain('THUMBNAIL_SKIPPED');
    }
  });

  it('may hang below another one of them', async () => {
    const small = { ...thumbnail, subfileType: 1 };
    for (const [, layout] of tiffLayouts) {
      const entries = [subIfd({ ...picture, subfileType: 0 }, layout)];
      const tiff = withSubIfds(layout, small, [{ ...small, entries }, small]);
      const { picture: seen } = await convert(tiff);
      expect(largestDifference(seen, right)).toBe(0);
    }
  });

  it.each<[string, number, number]>([
    ['LONG', 4, 0],
    ['IFD', 13, 0],
    ['LONG in a BigTIFF', 4, 2],
    ['LONG8', 16, 2],
    ['IFD8', 18, 2],
  ])('may be listed as values of type %s, and be several', async (_, type, from) => {
    for (const [, layout] of tiffLayouts.slice(from, from + 2)) {
      const small = { ...thumbnail, subfileType: 1 };
      const medium = { ...picture, width: 48, data: picture.data.subarray(0, 48 * 64 * 3) };
      for (const below of [
        [picture],
        [small, picture],
        [{ ...medium, subfileType: 1 }, small, picture],
        [medium, picture],
        [small, { ...picture, subfileType: 16 }],
      ]) {
        const { picture: seen } = await convert(withSubIfds(layout, small, below, type));
        expect(largestDifference(seen, right)).toBe(0);
      }
    }
  });

  it('are refused by name where the camera has its raw data beside a larger preview', async () => {
    const raw = { ...picture, photometric: 32_803, width: 48, subfileType: 0 };
    const half = { ...raw, data: raw.data.subarray(0, 48 * 64 * 3) };
    for (const [, layout] of tiffLayouts)
      for (const below of [
        [{ ...picture, subfileType: 1 }, half],
        [half, { ...picture, subfileType: 1 }],
      ])
        await expect(
          convert(withSubIfds(layout, { ...thumbnail, subfileType: 1 }, below)),
        ).rejects.toMatchObject({
          code: 'UNSUPPORTED_TIFF',
          message: expect.stringContaining('raw camera data'),
        });
  });
});

describe('a directory that has pictures below it', () => {
  it('is the page if it is not a smaller version, or if there is only one other', async () => {
    const below = subIfd({ ...thumbnail, subfileType: 1 }, {});
    expect((await convert(makeTiff({ ...picture, entries: [below] }))).made).toMatchObject({
      width: 96,
      notes: [],
    });
    const none = makeTiff({ ...thumbnail, subfileType: 1, entries: [below] });
    expect((await convert(none)).made).toMatchObject({
      width: 12,
      notes: [{ code: 'ONLY_REDUCED' }],
    });
  });
});

describe('a first page that looks like a thumbnail', () => {
  const size = (width: number, height: number, differs: Partial<TiffPage> = {}): TiffPage => ({
    width,
    height,
    samplesPerPixel: 1,
    photometric: 1,
    data: Buffer.alloc(width * height, 90),
    ...differs,
  });
  const large = { ...picture, rowsPerStrip: 16 };

  it.each<[string, TiffPage[], number]>([
    ['before its picture', [size(12, 8), large], 2],
    ['before several', [size(12, 8), size(48, 32), large, size(30, 30)], 3],
    ['with one side a bit longer', [size(24, 16), size(24 * 8, 16 * 8 + 2)], 2],
    ['of a shape that is 3.3 % another one', [size(24, 15), size(24 * 8, 15 * 8 + 4)], 1],
    ['beside a picture that is turned', [size(8, 12), { ...large, orientation: 6 }], 2],
    ['called a full one', [size(12, 8, { subfileType: 0 }), large], 2],
    ['with a real thumbnail before it', [size(6, 4, { subfileType: 1 }), size(12, 8), large], 2],
    ['of another shape', [size(8, 8), large], 1],
    ['of a sixteenth', [size(24, 16), large], 1],
    ['called a page of several', [size(12, 8, { subfileType: 2 }), large], 1],
    ['after its picture', [large, size(12, 8)], 1],
    ['alone', [size(12, 8)], 1],
    ['beside a reduced picture', [size(12, 8), { ...large, subfileType: 1 }], 1],
  ])('%s', async (_, pages, number) => {
    for (const [, layout] of tiffLayouts.slice(0, 2)) {
      const tiff = makeTiffAs(layout, ...pages);
      const { firstPage, directories } = await inspectionOf(tiff);
      expect(firstPage).toBe(number);
      const { made } = await convert(tiff);
      const { width, height, orientation } = directories.find(({ page }) => page === number) ?? {};
      expect([made.width, made.height]).toEqual(
        orientation === 6 ? [height, width] : [width, height],
      );
      const codes = made.notes.map(({ code }) => code);
      expect(codes.includes('THUMBNAIL_SKIPPED')).toBe(number !== 1);
      // It stays a page, with its number.
      expect((await convert(tiff, { page: 1 })).made).toMatchObject({ notes: [] });
    }
  });

  it('says what was done', async () => {
    const { made } = await convert(makeTiff(size(12, 8), large));
    expect(made.notes.map(({ message }) => message)).toEqual([
      'Page 1 (12 × 8 pixels) looks like a thumbnail of page 2, which was converted instead',
      'Only page 2 of 2 is converted (--page all converts all)',
    ]);
  });
});
