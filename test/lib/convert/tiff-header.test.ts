import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTiffHeader } from '../../../src/lib/convert/tiff-header.ts';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { makeTiff } from '../../support/tiff-writer.ts';

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

const rgba = { width: 4, height: 4, samplesPerPixel: 4, photometric: 2, data: Buffer.alloc(64) };

describe('the header of a TIFF', () => {
  it('tells photometric, samples and extra samples', async () => {
    const path = await folder.write('a.tif', makeTiff({ ...rgba, extraSamples: [2] }));
    expect(await readTiffHeader(path)).toEqual({
      photometric: 2,
      samplesPerPixel: 4,
      extraSamples: [2],
    });
  });

  it('tells several extra samples, which stand outside the entry', async () => {
    const page = {
      ...rgba,
      samplesPerPixel: 7,
      extraSamples: [0, 1, 0, 0],
      data: Buffer.alloc(112),
    };
    const path = await folder.write('b.tif', makeTiff(page));
    expect((await readTiffHeader(path))?.extraSamples).toEqual([0, 1, 0, 0]);
  });

  it('is read from BigTIFF, too', async () => {
    const path = folder.path('big.tif');
    const picture = { width: 8, height: 8, channels: 4, background: '#12345678' } as const;
    await sharp({ create: picture }).tiff({ bigtiff: true, compression: 'lzw' }).toFile(path);
    expect(await readTiffHeader(path)).toMatchObject({ photometric: 2, samplesPerPixel: 4 });
    expect((await readTiffHeader(path))?.extraSamples).toHaveLength(1);
  });

  it('is read in big-endian order, too', async () => {
    // Header, IFD at 8 with one entry: SamplesPerPixel (277), SHORT, 1 value: 3.
    const bytes = [
      0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 21, 0, 3, 0, 0, 0, 1, 0, 3, 0, 0, 0, 0, 0, 0,
    ];
    const path = await folder.write('be.tif', Buffer.from(bytes));
    expect((await readTiffHeader(path))?.samplesPerPixel).toBe(3);
  });

  it.each([
    ['BYTE', 1, [2, 0, 0, 0]],
    ['LONG', 4, [2, 0, 0, 0]],
  ])('is read from values of type %s, too', async (_, type, value) => {
    // Header, IFD at 8 with one entry: ExtraSamples (338 = 0x152), 1 value: 2.
    const bytes = [
      0x49,
      0x49,
      42,
      0,
      8,
      0,
      0,
      0,
      1,
      0,
      0x52,
      1,
      type,
      0,
      1,
      0,
      0,
      0,
      ...value,
      0,
      0,
      0,
      0,
    ];
    const path = await folder.write('types.tif', Buffer.from(bytes));
    expect((await readTiffHeader(path))?.extraSamples).toEqual([2]);
  });

  it('of what is none is undefined', async () => {
    for (const content of ['', 'II', 'II*\0', 'text that is long enough for a header'])
      expect(await readTiffHeader(await folder.write('none.tif', content))).toBeUndefined();
  });

  it('of a damaged file is undefined or partial, but never an error and never endless', async () => {
    const whole = makeTiff({ ...rgba, extraSamples: [1] });
    const flips = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(flips, fc.nat(whole.length), async (changes, length) => {
        const damaged = Buffer.from(whole);
        for (const [at, value] of changes) damaged[at] = value;
        const path = await folder.write('damaged.tif', damaged.subarray(0, length));
        await readTiffHeader(path);
      }),
      { numRuns: 300 },
    );
  });
});
