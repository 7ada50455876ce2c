import { existsSync } from 'node:fs';
import { stat, truncate } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertInPlace } from '../../../../../src/lib/convert/convert-in-place.ts';
import { type Converter, openConverter } from '../../../../../src/lib/convert/process/converter.ts';
import { makeFolder, type TestFolder } from '../../../../support/folder.ts';
import { type SampledPicture, sampledPage } from '../../../../support/packed-samples.ts';
import { makeTiffAs, type TiffEntry, type TiffPage } from '../../../../support/tiff-writer.ts';

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

const MB = 1024 * 1024;
const [SHORT, LONG, DOUBLE] = [3, 4, 12];
const long = (tag: number, ...values: number[]): TiffEntry => ({ tag, type: LONG, values });
const short = (tag: number, ...values: number[]): TiffEntry => ({ tag, type: SHORT, values });

/** A small picture of floats, with what is said changed. */
function floats(
  { entries, ...others }: Partial<TiffPage> = {},
  picture: Partial<SampledPicture> = {},
): TiffPage {
  const page = sampledPage({
    width: 64,
    height: 64,
    samples: 3,
    bits: 32,
    format: 3,
    rowsPerStrip: 16,
    value: (x, y) => (x + y) / 128,
    ...picture,
  });
  return { ...page, ...others, entries: [...(page.entries ?? []), ...(entries ?? [])] };
}

async function convert(page: TiffPage, big = false) {
  const input = await folder.write('hostile.tif', makeTiffAs({ big }, page));
  return convertFile(input);
}

async function convertFile(input: string) {
  const output = folder.path('hostile.jpg');
  try {
    return await convertInPlace(input, output, {
      converter,
      effort: 'fast',
      budget: { memoryBytes: 400 * MB },
    });
  } catch (error) {
    expect(existsSync(output)).toBe(false);
    throw error;
  }
}

describe('a header that promises too much', () => {
  it.each<[string, TiffPage, string]>([
    [
      'tiles of 2^31 × 2^31 pixels',
      floats({
        entries: [long(322, 2 ** 31), long(323, 2 ** 31), long(324, 8), long(325, 100)],
        without: [273, 278, 279],
      }),
      'OUT_OF_MEMORY',
    ],
    [
      'tiles as wide as memory',
      floats({
        compression: 8,
        entries: [long(322, 2 ** 27), long(323, 16), long(324, 8, 8, 8, 8), long(325, 9, 9, 9, 9)],
        without: [273, 278, 279],
      }),
      'OUT_OF_MEMORY',
    ],
    [
      'strips outside the file',
      floats({ entries: [long(273, 1e9, 1e9, 1e9, 1e9)] }),
      'UNREADABLE_TIFF',
    ],
    [
      'fewer strips than there are rows',
      floats({ entries: [long(279, 12_288)] }),
      'UNREADABLE_TIFF',
    ],
    [
      'a strip with fewer bytes than its rows',
      floats({ entries: [long(279, 12_288, 12_288, 5, 12_288)] }),
      'UNREADABLE_TIFF',
    ],
    [
      '65 000 × 65 000 floats in a few bytes',
      floats({ entries: [long(256, 65_000), long(257, 65_000)] }),
      'UNREADABLE_TIFF',
    ],
    ['a strip of no rows', floats({ entries: [long(278, 0)] }), 'UNREADABLE_TIFF'],
    ['60 samples in rows for three', floats({ entries: [short(277, 60)] }), 'UNREADABLE_TIFF'],
    ['65 samples', floats({ entries: [short(277, 65)] }), 'UNSUPPORTED_TIFF'],
    [
      'a predictor that nobody knows',
      floats({ entries: [short(317, 9)] }, { compression: 'deflate' }),
      'UNREADABLE_TIFF',
    ],
    [
      'bytewise differences of 12 bits',
      floats(
        {},
        {
          bits: 12,
          format: 1,
          samples: 1,
          compression: 'deflate',
          entries: [short(317, 2)],
          value: () => 5,
        },
      ),
      'UNREADABLE_TIFF',
    ],
    ['Deflate data that are none', floats({ compression: 8 }), 'UNREADABLE_TIFF'],
  ])('is a typed error, and no JPEG: %s', async (_, page, code) => {
    await expect(convert(page)).rejects.toMatchObject({ code });
  });

  it('of 2^40 bytes per strip is read only as far as its rows', async () => {
    const sizes = { tag: 279, type: 16, values: [12_288, 12_288, 12_288, 2 ** 40] };
    const made = await convert(floats({ entries: [sizes] }), true);
    expect(made.notes).toContainEqual({
      code: 'WARNINGS_FORGIVEN',
      message: expect.stringContaining(
        'the size given for its last strip is more than the file has',
      ),
    });
    expect(made.peakBytes).toBeLessThan(250 * MB);
  });

  it('is refused as incomplete before a byte is written', async () => {
    const page = floats({ entries: [long(256, 65_000), long(257, 65_000)] });
    await expect(convert(page)).rejects.toThrow(
      / is damaged: it has \d+ of the [\d ]+ strips that it needs/,
    );
  });
});

describe('a decompression bomb', () => {
  it('inflates only as far as its rows', async () => {
    const bomb = deflateSync(Buffer.alloc(300 * MB));
    const page = floats({ compression: 8, segments: Array(4).fill(bomb) as Uint8Array[] });
    const made = await convert(page);
    expect(made).toMatchObject({ width: 64, height: 64 });
    expect(made.peakBytes).toBeLessThan(250 * MB);
  });

  it('may say that a strip is as long as the file', async () => {
    const segment = deflateSync(Buffer.alloc(64 * 16 * 12, 63));
    const page = floats({
      compression: 8,
      segments: [segment],
      entries: [long(273, 400, 400, 400, 400), long(279, ...Array<number>(4).fill(200 * MB))],
    });
    const bytes = makeTiffAs({}, page);
    const at = bytes.indexOf(segment);
    const placed = makeTiffAs(
      {},
      {
        ...page,
        entries: [long(273, at, at, at, at), ...(page.entries?.slice(-1) ?? [])],
      },
    );
    const input = await folder.write('sparse.tif', placed);
    await truncate(input, at + 200 * MB);
    expect((await stat(input)).size).toBe(at + 200 * MB);
    const made = await convertFile(input);
    expect(made.peakBytes).toBeLessThan(250 * MB);
  });

  it('may have strips that overlap', async () => {
    const page = floats();
    const whole = makeTiffAs({}, page);
    const at = whole.length - 4 * 12_288;
    const made = await convert({ ...page, entries: [long(273, at, at, at + 4, at + 8)] });
    expect(made).toMatchObject({ width: 64, height: 64, channels: 3 });
  });
});

describe('tags that cannot be read', () => {
  // As where sharp reads: without them the picture would be another one.
  it.each([
    ['SampleFormat', short(339, 3, 3, 3)],
    ['FillOrder', { ...short(266, 1), count: 1e6 }],
    ['SMaxSampleValue', { tag: 341, type: DOUBLE, values: [5] }],
    ['an unknown type of ExtraSamples', { tag: 338, type: 99, values: [1] }],
  ])('are an error: %s', async (_, entry) => {
    await expect(convert(floats({ entries: [{ ...entry, pointer: 1e9 }] }))).rejects.toThrow(
      `the values of tag ${entry.tag} cannot be read`,
    );
  });
});

describe('tags that make no sense', () => {
  it.each<[string, Partial<TiffPage>]>([
    [
      'SMin = SMax',
      {
        entries: [
          { tag: 340, type: DOUBLE, values: [1] },
          { tag: 341, type: DOUBLE, values: [1] },
        ],
      },
    ],
    ['NaN as SMax', { entries: [{ tag: 341, type: DOUBLE, values: [Number.NaN] }] }],
    ['alphas that are not there', { extraSamples: [1, 2] }],
    ['a predictor for what is not compressed', { entries: [short(317, 3)] }],
  ])('are ignored: %s', async (_, changes) => {
    expect(await convert(floats(changes))).toMatchObject({ width: 64, height: 64, channels: 3 });
  });
});
