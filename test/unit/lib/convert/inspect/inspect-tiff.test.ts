import { describe, expect, it } from 'vitest';
import { makeIcc } from '../../../../support/icc.ts';
import { inspectionOf, tryInspecting } from '../../../../support/inspections.ts';
import { tiffLayouts } from '../../../../support/tiff-headers.ts';
import {
  makeTiff,
  makeTiffAs,
  type TiffEntry,
  type TiffPage,
} from '../../../../support/tiff-writer.ts';

const [ASCII, SHORT, LONG, RATIONAL, UNDEFINED] = [2, 3, 4, 5, 7];
const page: TiffPage = {
  width: 40,
  height: 30,
  samplesPerPixel: 3,
  photometric: 2,
  rowsPerStrip: 10,
  data: Buffer.alloc(40 * 30 * 4),
};
const bytesOf = (value: string | Buffer): number[] => [...Buffer.from(value as string)];
const text = (tag: number, value: string): TiffEntry => ({
  tag,
  type: ASCII,
  values: bytesOf(`${value}\0`),
});

const directoryOf = async (written: TiffPage) => {
  const [directory] = (await inspectionOf(makeTiff(written))).directories;
  return directory;
};

describe('an inspection', () => {
  it.each(tiffLayouts)('says the same of %s', async (_, layout) => {
    const tiff = makeTiffAs(layout, { ...page, orientation: 6, icc: makeIcc('Wide') });
    expect(await inspectionOf(tiff)).toMatchObject({
      bytes: tiff.length,
      format: layout.big ? 'BigTIFF' : 'TIFF',
      byteOrder: layout.bigEndian ? 'big-endian' : 'little-endian',
      pages: 1,
      directories: [
        {
          index: 0,
          role: 'page',
          page: 1,
          width: 40,
          height: 30,
          samplesPerPixel: 3,
          bitsPerSample: [8, 8, 8],
          sampleFormat: 'unsigned',
          photometric: 'RGB',
          compression: 'none',
          planar: false,
          orientation: 6,
          extraSamples: [],
          chromaSubsampling: undefined,
          segments: { kind: 'strips', count: 3, width: 40, height: 10, bytes: 3600 },
          profile: { description: 'Wide', colourSpace: 'RGB', valid: true },
        },
      ],
      problems: [],
      losses: [{ kind: 'profile' }],
    });
  });

  it('tells pages from smaller versions and masks, and numbers the pages', async () => {
    const tiff = makeTiff({ ...page, subfileType: 1 }, page, { ...page, subfileType: 4 }, page);
    const { pages, directories } = await inspectionOf(tiff);
    expect(pages).toBe(2);
    expect(directories.map(({ role, page: number }) => [role, number])).toEqual([
      ['reduced', undefined],
      ['page', 1],
      ['mask', undefined],
      ['page', 2],
    ]);
  });

  it('names what is not the usual: float samples, planes, alpha, tiles', async () => {
    const unusual = {
      ...page,
      samplesPerPixel: 4,
      bitsPerSample: 32,
      sampleFormat: 3,
      extraSamples: [2],
      planar: true,
      tile: { width: 16, height: 16 },
      data: Buffer.alloc(40 * 30 * 16),
    };
    expect(await directoryOf(unusual)).toMatchObject({
      sampleFormat: 'float',
      bitsPerSample: [32, 32, 32, 32],
      extraSamples: ['unassociated alpha'],
      planar: true,
      segments: { kind: 'tiles', width: 16, height: 16, count: 24 },
    });
  });

  it('has the chroma subsampling of YCbCr', async () => {
    const entries = [{ tag: 530, type: SHORT, values: [2, 1] }];
    expect(await directoryOf({ ...page, photometric: 6, entries })).toMatchObject({
      photometric: 'YCbCr',
      chromaSubsampling: [2, 1],
    });
  });

  it.each([
    [undefined, 'inch'],
    [1, 'none'],
    [2, 'inch'],
    [3, 'centimetre'],
  ])('has the resolution (ResolutionUnit %s is %s)', async (unit, name) => {
    const entries = [
      { tag: 282, type: RATIONAL, values: [300] },
      { tag: 283, type: RATIONAL, values: [200] },
      ...(unit === undefined ? [] : [{ tag: 296, type: SHORT, values: [unit] }]),
    ];
    const directory = await directoryOf({ ...page, entries });
    expect(directory?.resolution).toEqual({ x: 300, y: 200, unit: name });
  });

  it('counts the directories that hang below one', async () => {
    const entries = [{ tag: 330, type: LONG, values: [8, 8] }];
    // Which is this one: nothing hangs below itself.
    const counted = { subDirectories: 2, subIfds: [] };
    expect(await directoryOf({ ...page, entries })).toMatchObject(counted);
  });

  it.each<[string, Partial<TiffPage>]>([
    ['sharp', {}],
    ['samples', { bitsPerSample: 12 }],
    ['magick', { compression: 6, photometric: 6 }],
  ])('names the reader of a page: %s', async (reader, other) => {
    const directory = await directoryOf({ ...page, ...other });
    expect(directory).toMatchObject({ reader, plan: { reader, feature: expect.any(String) } });
  });

  it('says that no reader supports a page, and why', async () => {
    const directory = await directoryOf({ ...page, photometric: 32_803 });
    expect(directory?.reader).toBeUndefined();
    expect(directory?.plan).toMatchObject({
      error: { code: 'UNSUPPORTED_TIFF', message: expect.stringContaining('raw camera data') },
    });
  });

  it('fails without a readable header', async () => {
    expect(await tryInspecting(Buffer.from('neither fish nor fowl'))).toBeUndefined();
    expect(await tryInspecting(makeTiff(page).subarray(0, 12))).toBeUndefined();
  });

  it('refuses a page that does not exist', async () => {
    await expect(inspectionOf(makeTiff(page), { pages: 2 })).rejects.toMatchObject({
      code: 'NO_SUCH_PAGE',
    });
  });
});

describe('the predicted plan', () => {
  it('is the one that a conversion would begin with', async () => {
    const { directories } = await inspectionOf(makeTiff({ ...page, orientation: 8 }));
    expect(directories[0]?.plan).toEqual({
      effort: 'max',
      turn: 'memory',
      reader: 'sharp',
      feature: '',
      memoryBytes: expect.any(Number),
      cpuSeconds: expect.any(Number),
      reason: 'it fits',
    });
  });

  it('honours the settings', async () => {
    const { directories } = await inspectionOf(makeTiff(page), { effort: 'fast' });
    expect(directories[0]?.plan).toMatchObject({ effort: 'fast' });
  });

  it('is an error if nothing fits', async () => {
    const { directories } = await inspectionOf(makeTiff(page), { limits: { memoryBytes: 1000 } });
    expect(directories[0]?.plan).toMatchObject({ error: { code: 'OUT_OF_MEMORY' } });
  });

  it('is made for each page, and for nothing else', async () => {
    const tiff = makeTiff(page, { ...page, subfileType: 1 }, { ...page, width: 70_000, height: 1 });
    const { directories } = await inspectionOf(tiff);
    expect(directories.map(({ plan }) => plan)).toMatchObject([
      { effort: 'max' },
      undefined,
      { error: { code: 'TOO_LARGE_FOR_JPEG' } },
    ]);
  });
});

describe('the metadata of a directory', () => {
  const metadataOf = async (...entries: TiffEntry[]) =>
    (await directoryOf({ ...page, entries }))?.metadata;

  it('are texts as people wrote them, in UTF-8 or Latin-1', async () => {
    expect(
      await metadataOf(text(315, 'Müller'), {
        tag: 33_432,
        type: ASCII,
        values: bytesOf(Buffer.from('© 1999\0', 'latin1')),
      }),
    ).toEqual([
      { name: 'Artist', tag: 315, bytes: 8, value: 'Müller' },
      { name: 'Copyright', tag: 33_432, bytes: 7, value: '© 1999' },
    ]);
  });

  it('are cut where they are long, between two characters', async () => {
    const [entry] = (await metadataOf(text(270, `x${'ä'.repeat(9_999)}`))) ?? [];
    expect(entry).toEqual({
      name: 'ImageDescription',
      tag: 270,
      bytes: 20_000,
      value: `x${'ä'.repeat(249)}…`,
    });
  });

  it('are numbers where they are numbers', async () => {
    expect(await metadataOf({ tag: 297, type: SHORT, values: [1, 12] })).toEqual([
      { name: 'PageNumber', tag: 297, bytes: 4, value: [1, 12] },
    ]);
  });

  it('are told by their size where they are data', async () => {
    const data = (tag: number, length: number) => ({
      tag,
      type: UNDEFINED,
      values: Array<number>(length).fill(65),
    });
    expect(await metadataOf(data(700, 3_000), data(33_723, 44), data(34_377, 28))).toEqual([
      { name: 'IPTC', tag: 33_723, bytes: 44 },
      { name: 'XMP', tag: 700, bytes: 3_000 },
      { name: 'Photoshop resources', tag: 34_377, bytes: 28 },
    ]);
  });

  it('are counted where they are a directory of their own', async () => {
    const first = 8;
    const [exif] = (await metadataOf({ tag: 34_665, type: LONG, values: [first] })) ?? [];
    // The entry points to the page's own directory, which has as many tags as the writer gave it.
    expect(exif).toEqual({ name: 'EXIF', tag: 34_665, tags: 10 });
  });
});

describe('an ICC profile', () => {
  it.each([
    [2, 'Grey 1'],
    [4, 'Größe 1'],
  ] as const)(
    'of version %i has its description and colour space',
    async (version, description) => {
      const icc = makeIcc(description, { version, colourSpace: 'GRAY' });
      expect((await directoryOf({ ...page, icc }))?.profile).toEqual({
        bytes: icc.length,
        description,
        colourSpace: 'GRAY',
        valid: true,
      });
    },
  );

  it.each([
    ['too short to be one', Buffer.alloc(20)],
    ['something else', Buffer.alloc(4_000, 7)],
  ])('that is %s is told to be none', async (_, icc) => {
    expect((await directoryOf({ ...page, icc }))?.profile).toEqual({
      bytes: icc.length,
      description: undefined,
      colourSpace: undefined,
      valid: false,
    });
  });

  it.each([
    ['a description beyond its end', 136],
    ['a description of absurd length', 140],
    ['absurdly many tags', 128],
  ])('with %s is still one', async (_, at) => {
    const icc = makeIcc('Wide');
    icc.writeUInt32BE(0xffff_ffff, at);
    expect((await directoryOf({ ...page, icc }))?.profile).toMatchObject({
      colourSpace: 'RGB',
      description: undefined,
      valid: true,
    });
  });
});

it('NaN and infinities are given as text, as JSON has no words for them', async () => {
  const [FLOAT, DOUBLE] = [11, 12];
  const entries = [
    { tag: 282, type: FLOAT, values: [Number.NaN] },
    { tag: 283, type: DOUBLE, values: [Number.POSITIVE_INFINITY] },
  ];
  const data = Buffer.alloc(4);
  const grey = { width: 2, height: 2, samplesPerPixel: 1, photometric: 1, data, entries };
  const { directories } = await inspectionOf(makeTiff(grey));
  expect(directories[0]?.resolution).toBeUndefined();
  expect(directories[0]?.metadata.map(({ value }) => value)).toEqual(['NaN', 'Infinity']);
});
