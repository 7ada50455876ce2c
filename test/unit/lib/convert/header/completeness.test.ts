import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingData } from '../../../../../src/lib/convert/header/completeness.ts';
import { readTiffHeader } from '../../../../../src/lib/convert/header/tiff-header.ts';
import { makeFolder, type TestFolder } from '../../../../support/folder.ts';
import { makeTiff, type TiffPage } from '../../../../support/tiff-writer.ts';

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

const [SHORT, LONG] = [3, 4];
const strips: TiffPage = {
  width: 32,
  height: 32,
  samplesPerPixel: 1,
  photometric: 1,
  rowsPerStrip: 8,
  data: new Uint8Array(32 * 32).fill(9),
};
const { rowsPerStrip, ...whole } = strips;
const tiles: TiffPage = { ...whole, tile: { width: 16, height: 16 } };

async function missing(page: TiffPage, cut = 0) {
  const bytes = makeTiff(page);
  const path = await folder.write('a.tif', bytes.subarray(0, bytes.length - cut));
  const header = await readTiffHeader(path);
  if (!header) throw new Error('no header');
  return missingData(header.pages[0], header.fileBytes).map(({ message }) => message);
}

describe('missing data', () => {
  it('are none where all strips or tiles are listed and lie in the file', async () => {
    expect(await missing(strips)).toEqual([]);
    expect(await missing(tiles)).toEqual([]);
    expect(
      await missing({
        ...whole,
        planar: true,
        samplesPerPixel: 3,
        photometric: 2,
        data: new Uint8Array(3 * 1024),
      }),
    ).toEqual([]);
  });

  it('include a single byte after the end of the file', async () => {
    // Values stand before segments in these files, so the last byte is a sample's.
    const reversed = { ...strips, segments: Array.from({ length: 4 }, () => new Uint8Array(256)) };
    expect(await missing(reversed)).toEqual([]);
    // Where the samples are not compressed, the pixels tell how many bytes they have.
    expect(
      await missing({
        ...strips,
        entries: [{ tag: 279, type: LONG, values: [256, 256, 256, 99_999] }],
      }),
    ).toEqual([]);
  });

  it.each<[string, TiffPage, RegExp]>([
    [
      'strips that are not listed',
      { ...strips, entries: [{ tag: 279, type: LONG, values: [256, 256] }] },
      /^it has 2 of the 4 strips that it needs$/,
    ],
    [
      'tiles that are not listed',
      { ...tiles, entries: [{ tag: 325, type: LONG, values: [256] }] },
      /^it has 1 of the 4 tiles that it needs$/,
    ],
    [
      'strips without data',
      { ...strips, entries: [{ tag: 279, type: SHORT, values: [256, 0, 256, 0] }] },
      /^2 of its 4 strips have 0 bytes \(a sparse TIFF, or data that were never written\)$/,
    ],
    [
      'planes that are not listed',
      {
        ...strips,
        planar: true,
        samplesPerPixel: 2,
        segments: Array.from({ length: 4 }, () => new Uint8Array(256)),
      },
      /^it has 4 of the 8 strips that it needs$/,
    ],
    ['no list of offsets', { ...strips, without: [273] }, /does not say where/],
    [
      // Uncompressed samples and those that say where they end have sizes without the list;
      // PackBits has not.
      'no list of sizes',
      { ...strips, compression: 32_773, without: [279] },
      /^it does not say how many bytes its strips/,
    ],
    [
      'no list of sizes, and too few bytes for the samples',
      { ...strips, rowsPerStrip: 32, segments: [new Uint8Array(100)], without: [279] },
      /^it does not say how many bytes its strips/,
    ],
    [
      'lists outside the file',
      { ...strips, entries: [{ tag: 279, type: LONG, values: [1, 1, 1, 1], pointer: 1e9 }] },
      /^the lists of its strips or tiles are not in the file$/,
    ],
  ])('are named: %s', async (_, page, message) => {
    expect(await missing(page)).toEqual([expect.stringMatching(message)]);
  });
});
