import { open } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  readTiffHeader,
  type TiffSegments,
} from '../../../../../src/lib/convert/header/tiff-header.ts';
import { makeFolder, type TestFolder } from '../../../../support/folder.ts';
import { firstPage, headerOf, tiffLayouts } from '../../../../support/tiff-headers.ts';
import { makeTiffAs } from '../../../../support/tiff-writer.ts';

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

const rgba = { width: 4, height: 4, samplesPerPixel: 4, photometric: 2, data: Buffer.alloc(64) };
const grey = {
  width: 40,
  height: 20,
  samplesPerPixel: 1,
  photometric: 1,
  data: Buffer.alloc(800, 0xaa),
};

describe.each(tiffLayouts)('the header of %s', (_, layout) => {
  it('tells byte order, kind and length of the file', async () => {
    const tiff = makeTiffAs(layout, rgba);
    expect(await headerOf(tiff)).toMatchObject({
      fileBytes: tiff.length,
      littleEndian: !layout.bigEndian,
      big: layout.big ?? false,
      brokenChain: false,
    });
  });

  it('tells all that the page says of itself', async () => {
    const page = {
      ...rgba,
      data: Buffer.alloc(128),
      bitsPerSample: 16,
      sampleFormat: 2,
      compression: 1,
      planar: true,
      orientation: 6,
      subfileType: 5,
      extraSamples: [2],
      icc: Buffer.alloc(301),
    };
    const { segments, offset, ...said } = await firstPage(page, layout);
    expect(offset).toBe(layout.big ? 16 : 8);
    expect(said).toEqual({
      index: 0,
      width: 4,
      height: 4,
      samplesPerPixel: 4,
      bitsPerSample: [16, 16, 16, 16],
      sampleFormat: 2,
      compression: 1,
      photometric: 2,
      planar: true,
      orientation: 6,
      subfileType: 5,
      extraSamples: [2],
      chromaSubsampling: [2, 2],
      inkSet: 1,
      maxSampleValue: undefined,
      iccBytes: 301,
    });
    expect(segments).toMatchObject({ kind: 'strips', count: 4, largestBytes: 32 });
  });

  it('tells the strips', async () => {
    const tiff = makeTiffAs(layout, { ...grey, rowsPerStrip: 8 });
    expect((await headerOf(tiff)).pages[0].segments).toEqual({
      kind: 'strips',
      width: 40,
      height: 8,
      count: 3,
      needed: 3,
      empty: 0,
      largestBytes: 320,
      totalBytes: 800,
      lastStart: tiff.lastIndexOf(0xaa) + 1 - 160,
      end: tiff.lastIndexOf(0xaa) + 1,
    } satisfies TiffSegments);
  });

  it('tells the tiles', async () => {
    const tile = { width: 32, height: 16 };
    expect((await firstPage({ ...grey, tile }, layout)).segments).toMatchObject({
      kind: 'tiles',
      ...tile,
      count: 4,
      largestBytes: 512,
      totalBytes: 2048,
    });
  });

  it('tells each page, thumbnails and all', async () => {
    const thumbnail = { ...grey, width: 20, height: 10, subfileType: 1 };
    const { pages } = await headerOf(
      makeTiffAs(layout, thumbnail, grey, { ...rgba, icc: grey.data }),
    );
    expect(pages.map(({ width, subfileType, iccBytes }) => [width, subfileType, iccBytes])).toEqual(
      [
        [20, 1, 0],
        [40, 0, 0],
        [4, 0, 800],
      ],
    );
  });

  it('is read with entries in any order', async () => {
    const descending = await firstPage(
      { ...rgba, extraSamples: [1] },
      { ...layout, descending: true },
    );
    expect(descending).toMatchObject({ width: 4, extraSamples: [1], bitsPerSample: [8, 8, 8, 8] });
    expect(descending.segments).toMatchObject({ count: 1, totalBytes: 64 });
  });
});

describe('the header', () => {
  it('of anything else is undefined', async () => {
    for (const content of ['', 'II', 'II*\0', 'text that is long enough for a header'])
      expect(await readTiffHeader(await folder.write('none.tif', content))).toBeUndefined();
  });

  it('says which file is missing', async () => {
    await expect(readTiffHeader(folder.path('missing.tif'))).rejects.toThrow('missing.tif');
  });

  it('is found beyond 4 GiB', async () => {
    const path = folder.path('far.tif');
    const directory = 5 * 1024 ** 3;
    // The same TIFF, its directory moved: what the directory points to has stayed at the beginning.
    const tiff = makeTiffAs({ big: true }, { ...grey, width: 24 });
    const far = Buffer.from(tiff);
    far.writeBigUInt64LE(BigInt(directory), 8);
    const file = await open(path, 'w');
    await file.write(far, 0, far.length, 0);
    await file.write(tiff, 16, tiff.length - 16, directory);
    await file.close();
    const header = await readTiffHeader(path);
    expect(header).toMatchObject({ fileBytes: directory + tiff.length - 16, brokenChain: false });
    expect(header?.pages[0]).toMatchObject({ width: 24, segments: { totalBytes: 480 } });
  });
});
