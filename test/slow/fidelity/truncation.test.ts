import { readFile } from 'node:fs/promises';
import type { Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertInPlace } from '../../../src/lib/convert/convert-in-place.ts';
import { type Converter, openConverter } from '../../../src/lib/convert/process/converter.ts';
import { ConversionError } from '../../../src/lib/errors.ts';
import { directoryFirst } from '../../support/directory-first.ts';
import { directoryLast } from '../../support/directory-last.ts';
import { lastSegmentLast } from '../../support/last-segment-last.ts';
import { type FaxCoding, faxPage, faxRows } from '../../support/make-fax.ts';
import { makeOldJpeg } from '../../support/make-ojpeg.ts';
import { sideBySideJpegPage } from '../../support/make-rgba-jpeg.ts';
import { oldLzw } from '../../support/old-lzw.ts';
import { patchesTiff } from '../../support/patches.ts';
import { raw } from '../../support/pictures.ts';
import { decodeJpeg, largestDifference, type Picture } from '../../support/pixels.ts';
import { makeProfile } from '../../support/profiles.ts';
import { hasSharedTiffs, sharedTiffs } from '../../support/shared-tiffs.ts';
import { makeTiff } from '../../support/tiff-writer.ts';
import { useFolder } from '../../support/use-folder.ts';
import { steps } from './use-colours.ts';

const folder = useFolder();
let converter: Converter;
beforeAll(() => {
  converter = openConverter(folder.root);
});
afterAll(() => converter.close());

/** How much of a file is left, in hundredths of its bytes. */
const SHARES = [25, 50, 75, 95];

/** The picture of a TIFF; undefined when it is refused. Throws what is no `ConversionError`. */
async function pictureOf(tiff: string): Promise<Picture | undefined> {
  try {
    const jpeg = folder.path('cut.jpg');
    // What is compared are two pictures of the same encoder: the cheapest will do.
    await convertInPlace(tiff, jpeg, { converter, effort: 'fast' });
    return await decodeJpeg(jpeg);
  } catch (error) {
    if (error instanceof ConversionError) return undefined;
    throw error;
  }
}

/** Shares of the file that give a picture which is not the whole file's. */
async function falsePictures(whole: string): Promise<number[]> {
  const expected = await pictureOf(whole);
  const bytes = await readFile(whole);
  const found: number[] = [];
  for (const share of SHARES) {
    const rest = bytes.subarray(0, Math.floor((bytes.length * share) / 100));
    const picture = await pictureOf(await folder.write('cut.tif', rest));
    const complete = picture && expected && largestDifference(picture, expected) === 0;
    if (picture && !complete) found.push(share);
  }
  return found;
}

describe.skipIf(!hasSharedTiffs)('a real TIFF that was cut off', () => {
  it.each(sharedTiffs().filter((tiff) => tiff.expected === 'ok'))(
    'is refused, or gives its whole picture: $file',
    async ({ path }) => {
      expect(await falsePictures(path)).toEqual([]);
    },
  );
});

/** Expects a whole TIFF to give a picture, and none when it is cut off. */
async function expectRefusals(tiff: Buffer): Promise<void> {
  expect(await pictureOf(await folder.write('whole.tif', tiff))).toBeDefined();
  for (const share of SHARES) {
    const rest = tiff.subarray(0, Math.floor((tiff.length * share) / 100));
    expect(await pictureOf(await folder.write('cut.tif', rest)), `${share} %`).toBeUndefined();
  }
}

describe('a TIFF that was cut off behind its directory', () => {
  const tile = { tile: true, tileWidth: 64, tileHeight: 64 };
  const colour = () => raw(320, 200, 3);
  const grey = () => raw(320, 200, 1).toColourspace('b-w');
  const written: [string, Sharp][] = [
    ['uncompressed strips', colour().tiff({ compression: 'none' })],
    ['LZW strips', colour().tiff({ compression: 'lzw', predictor: 'horizontal' })],
    ['deflate strips', grey().tiff({ compression: 'deflate' })],
    ['JPEG strips', colour().tiff({ compression: 'jpeg' })],
    ['Group 4 strips', grey().tiff({ compression: 'ccittfax4', bitdepth: 1 })],
    ['uncompressed tiles', colour().tiff({ compression: 'none', ...tile })],
    ['LZW tiles', colour().tiff({ compression: 'lzw', ...tile })],
    ['deflate tiles', grey().tiff({ compression: 'deflate', ...tile })],
    ['PackBits tiles', grey().tiff({ compression: 'packbits', ...tile })],
    ['JPEG tiles', colour().tiff({ compression: 'jpeg', ...tile })],
    ['WebP tiles', colour().tiff({ compression: 'webp', ...tile })],
    ['Group 4 tiles', grey().tiff({ compression: 'ccittfax4', bitdepth: 1, ...tile })],
  ];

  it.each(written)('is refused: %s', async (_name, tiff) => {
    await tiff.toFile(folder.path('written.tif'));
    await expectRefusals(await directoryFirst(folder.path('written.tif')));
  });

  // The one exception: without a checksum nothing of the picture is missing.
  it.each([
    ['grey strips', () => grey().tiff({ compression: 'deflate' })],
    ['grey tiles', () => grey().tiff({ compression: 'deflate', ...tile })],
    [
      'colours of 16 bits, as differences',
      () =>
        colour().toColourspace('rgb16').tiff({ compression: 'deflate', predictor: 'horizontal' }),
    ],
    ['CIELab of 16 bits', () => colour().toColourspace('labs').tiff({ compression: 'deflate' })],
  ] as const)(
    'but Deflate data that lack no more than their checksum are converted, with a warning: %s',
    async (_, tiff) => {
      const whole = lastSegmentLast(await tiff().toBuffer());
      const picture = await pictureOf(await folder.write('whole.tif', whole));
      const cut = (bytes: number) => folder.write('cut.tif', whole.subarray(0, -bytes));
      for (const bytes of [1, 2, 3, 4]) {
        const jpeg = folder.path('cut.jpg');
        const options = { converter, effort: 'fast' } as const;
        const { notes } = await convertInPlace(await cut(bytes), jpeg, options);
        expect(notes.map(({ code }) => code)).toEqual(['CHECKSUM_MISSING']);
        expect(picture && largestDifference(picture, await decodeJpeg(jpeg))).toBe(0);
      }
      expect(await pictureOf(await cut(5))).toBeUndefined();
    },
  );

  const grey16 = steps(16, 0, 1);
  const rare: [string, Buffer][] = [
    [
      '12 bits, the profile at the end',
      patchesTiff(
        grey16.map((v) => [Math.round(v * 4095)]),
        { bits: 12 },
        { photometric: 1, icc: makeProfile({ version: 2, gamma: 1.8 }) },
      ),
    ],
    [
      '12 bits',
      patchesTiff(
        grey16.map((v) => [Math.round(v * 4095)]),
        { bits: 12 },
        { photometric: 1 },
      ),
    ],
    [
      'floats',
      patchesTiff(
        grey16.map((v) => [v]),
        { bits: 32, format: 3 },
        { photometric: 1 },
      ),
    ],
    [
      'floats in planes',
      patchesTiff(
        grey16.map((v) => [v, v, v]),
        { bits: 32, format: 3 },
        { photometric: 2, planar: true },
      ),
    ],
    [
      'floats in tiles',
      patchesTiff(
        grey16.map((v) => [v]),
        { bits: 32, format: 3 },
        { photometric: 1, tile: { width: 16, height: 16 } },
      ),
    ],
    [
      'planes of tiles',
      patchesTiff(
        grey16.map((v) => [v * 255, 0, v * 255].map(Math.round)),
        { bits: 8 },
        { photometric: 2, planar: true, tile: { width: 16, height: 16 } },
      ),
    ],
    [
      'CIELab of 8 bits',
      patchesTiff(
        grey16.map((v) => [Math.round(v * 255), 0, 0]),
        { bits: 8 },
        { photometric: 8 },
      ),
    ],
    [
      'YCbCr',
      patchesTiff(
        grey16.map((v) => [Math.round(v * 255), 128, 128]),
        { bits: 8 },
        { photometric: 6, entries: [{ tag: 530, type: 3, values: [1, 1] }] },
      ),
    ],
  ];

  it.each(rare)('is refused also where sharp cannot read it: %s', async (_name, tiff) => {
    await expectRefusals(tiff);
  });
});

/** So many of a file's last bytes are cut off. */
const LAST = 200;

describe('a fax that is forgiven something, and has lost any of its last bytes', () => {
  const rows = faxRows(216, 320);
  /**
   * A refused file costs a new process: of the kinds that are read alike, each cut is made of one,
   * in turn (which of how many).
   */
  const kinds: [string, readonly [which: number, of: number], FaxCoding][] = [
    ['Group 3 without end-of-line codes', [0, 3], { coding: 'group 3', endsOfLine: false }],
    ['the same in strips', [1, 3], { coding: 'group 3', endsOfLine: false, rowsPerStrip: 64 }],
    ['the same with RTC', [2, 3], { coding: 'group 3', endsOfLine: false, endCode: true }],
    ['Group 3 that lacks rows', [0, 2], { coding: 'group 3', missing: 3 }],
    ['the same of two dimensions', [1, 2], { coding: 'group 3 2D', missing: 1 }],
    ['Group 4 that lacks rows', [0, 2], { coding: 'group 4', missing: 2 }],
    ['the same in strips', [1, 2], { coding: 'group 4', rowsPerStrip: 64, missing: 2 }],
    ['Group 4 without colours', [0, 16], { coding: 'group 4', page: { without: [262] } }],
  ];
  it.each(kinds)('is refused, whatever is missing: %s', async (_, [which, of], coding) => {
    const tiff = makeTiff(faxPage(rows, coding));
    const whole = await pictureOf(await folder.write('whole.tif', tiff));
    expect(whole).toBeDefined();
    for (let cut = 1 + which; cut <= LAST; cut += of) {
      const rest = tiff.subarray(0, tiff.length - cut);
      const picture = await pictureOf(await folder.write('cut.tif', rest));
      // What stands behind an end code is no loss where no row is missing.
      const isWhole = picture && whole && coding.endCode !== false && !coding.missing && cut < 3;
      if (isWhole) expect(largestDifference(picture, whole), `${cut} bytes`).toBe(0);
      else expect(picture, `${cut} bytes`).toBeUndefined();
    }
  });

  it.each(kinds)('gives no part where its directory comes last: %s', async (_, __, coding) => {
    const tiff = directoryLast(faxPage(rows, coding));
    const whole = await pictureOf(await folder.write('whole.tif', tiff));
    expect(whole).toBeDefined();
    for (let cut = 1; cut <= LAST; cut += 16) {
      const picture = await pictureOf(
        await folder.write('cut.tif', tiff.subarray(0, tiff.length - cut)),
      );
      // Behind the directory's table nothing but its end is missing.
      if (picture && whole) expect(largestDifference(picture, whole), `${cut} bytes`).toBe(0);
    }
  });
});

describe('what else is read in a way of its own', () => {
  const grey = Uint8Array.from({ length: 96 * 64 }, (_, i) => (i * 7) & 255);
  const plain = { width: 96, height: 64, samplesPerPixel: 1, photometric: 1, data: grey };
  const kinds: [string, () => Promise<Buffer> | Buffer][] = [
    ['old LZW', () => makeTiff({ ...plain, compression: 5, segments: [oldLzw(grey)] })],
    [
      'old LZW in strips',
      () => {
        const strips = [0, 1, 2, 3].map((i) => oldLzw(grey.subarray(i * 1536, (i + 1) * 1536)));
        return makeTiff({ ...plain, compression: 5, rowsPerStrip: 16, segments: strips });
      },
    ],
    ['no PhotometricInterpretation', () => makeTiff({ ...plain, without: [262] })],
    [
      'RGBA as JPEG in tiles',
      async () => {
        const data = Uint8Array.from({ length: 96 * 64 * 4 }, (_, i) => (i >> 3) & 255);
        const rgba = { width: 96, height: 64, channels: 4, data };
        const page = await sideBySideJpegPage(rgba, 2, { tile: 32 });
        return makeTiff({ ...page, extraSamples: [2] });
      },
    ],
    [
      'an old-style JPEG that is called RGB',
      () => {
        const data = Uint8Array.from({ length: 96 * 64 * 3 }, (_, i) => (i >> 3) & 255);
        const page = { photometric: 2 };
        return makeOldJpeg({ width: 96, height: 64, data }, { kind: 'interchange', page });
      },
    ],
  ];
  it.each(kinds)('is refused when it was cut off: %s', async (_, make) => {
    await expectRefusals(await make());
  });
});
