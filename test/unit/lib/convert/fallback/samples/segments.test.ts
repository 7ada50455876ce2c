import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../../../../support/folder.ts';
import { type SampledPicture, sampledPage } from '../../../../../support/packed-samples.ts';
import { rewriteFile, rewritePage } from '../../../../../support/rewritten.ts';
import { makeTiff } from '../../../../../support/tiff-writer.ts';

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

const SHORT = 3;
const base: SampledPicture = {
  width: 21,
  height: 19,
  samples: 1,
  bits: 12,
  rowsPerStrip: 4,
  value: (x, y) => (x * 190 + y * 31) % 4_096,
};
const expected = async (picture: SampledPicture) => [
  ...(await rewritePage(folder, sampledPage(picture))).values,
];

/** The bits of every byte the other way round. */
const mirrored = (bytes: Uint8Array) =>
  bytes.map((byte) =>
    Number.parseInt(byte.toString(2).padStart(8, '0').split('').reverse().join(''), 2),
  );

describe('strips and tiles', () => {
  it('are read from the low bit up where FillOrder says so', async () => {
    for (const compression of ['none', 'deflate'] as const) {
      const page = sampledPage({ ...base, compression });
      const segments = (page.segments ?? []).map(mirrored);
      const entries = [{ tag: 266, type: SHORT, values: [2] }];
      const { values } = await rewritePage(folder, { ...page, segments, entries });
      expect([...values]).toEqual(await expected(base));
    }
  });

  it.each([
    ['strips listed as tiles', base, { 273: 324, 279: 325 }],
    [
      'tiles listed as strips',
      { ...base, tile: { width: 16, height: 16 } },
      { 324: 273, 325: 279 },
    ],
  ] as const)('are found under the others’ tags: %s', async (_, picture, renamed) => {
    const bytes = makeTiff(sampledPage(picture));
    for (let i = 0; i < bytes.readUInt16LE(8); i++) {
      const at = 10 + i * 12;
      const tag = bytes.readUInt16LE(at);
      bytes.writeUInt16LE((renamed as Record<number, number>)[tag] ?? tag, at);
    }
    const { values } = await rewriteFile(folder, await folder.write('renamed.tif', bytes));
    expect([...values]).toEqual(await expected(base));
  });

  it('may be one strip that is read piece by piece', async () => {
    const [width, height] = [700, 601];
    const numbers = Float32Array.from(
      { length: width * height * 3 },
      (_, i) => (i % 1_009) / 1_009,
    );
    const page = {
      width,
      height,
      samplesPerPixel: 3,
      photometric: 2,
      bitsPerSample: 32,
      sampleFormat: 3,
      data: new Uint8Array(numbers.buffer),
    };
    for (const planar of [false, true]) {
      const { values } = await rewritePage(folder, { ...page, planar });
      // In planes, the same numbers are other pixels.
      const at = (pixel: number, s: number) =>
        numbers[planar ? s * width * height + pixel : pixel * 3 + s] ?? 0;
      const off = values.findIndex(
        (value, i) => value !== Math.floor(at(Math.floor(i / 3), i % 3) * 65_535 + 0.5),
      );
      expect(off).toBe(-1);
    }
  });

  it('may be filled up behind the last row', async () => {
    const page = sampledPage({ ...base, compression: 'deflate', height: 20 });
    const { values } = await rewritePage(folder, { ...page, height: 19 });
    expect([...values]).toEqual(await expected(base));
  });

  it.each(['none', 'deflate', 'packbits', 'zstd'] as const)(
    'that end before their last row are an error, never a part of a picture: %s',
    async (compression) => {
      const page = sampledPage({ ...base, compression, height: 18, rowsPerStrip: 18 });
      await expect(rewritePage(folder, { ...page, height: 19, rowsPerStrip: 19 })).rejects.toThrow(
        /^strip 1 of 1 cannot be decoded: (its data end too early|only 576 of 608 bytes could be decoded)/,
      );
    },
  );

  it('have no predictor where their compression knows none', async () => {
    for (const compression of ['none', 'packbits'] as const) {
      const picture = { ...base, bits: 16, compression };
      const entries = [{ tag: 317, type: SHORT, values: [2] }];
      expect(await expected({ ...picture, entries })).toEqual(await expected(picture));
    }
  });
});
