import { readFile, writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { convertInPlace } from '../../../../../src/lib/convert/convert-in-place.ts';
import { useComparisons } from '../../../../support/comparisons.ts';
import { noise, randomNumbers } from '../../../../support/noise.ts';
import type { Picture } from '../../../../support/pixels.ts';
import { makeTiff } from '../../../../support/tiff-writer.ts';
import {
  changed,
  encodeWrong,
  sharpWithJpegs,
  taggedJpeg,
  withoutProfile,
} from '../../../../support/wrong-jpegs.ts';

const { folder, converter, draw, compare } = useComparisons();

/** A JPEG of a TIFF's pixels as they are stored, with an orientation beside them; its path. */
const tagged = async (tiff: string, orientation: number) =>
  folder.write('tagged.jpg', await taggedJpeg(tiff, orientation));

describe('a JPEG is refused', () => {
  const wrongs: [string, string, (picture: Picture) => Promise<Buffer>][] = [
    [
      'of which the lower half is missing',
      'PSNR',
      (p) => encodeWrong(changed(p, (x, y, c, at) => (y < p.height / 2 ? at(x, y, c) : 128))),
    ],
    ['that is black', 'PSNR', (p) => encodeWrong(changed(p, () => 0))],
    ['that lies on its side', 'pixels, and', (p) => encodeWrong(p, (s) => s.rotate(90))],
    ['that is upside down', 'PSNR', (p) => encodeWrong(p, (s) => s.rotate(180))],
    ['that is mirrored', 'PSNR', (p) => encodeWrong(p, (s) => s.flop())],
    [
      'that is shifted by a line',
      'PSNR',
      (p) => encodeWrong(changed(p, (x, y, c, at) => at(x, y + 1, c))),
    ],
    [
      'that is shifted by a column',
      'PSNR',
      (p) => encodeWrong(changed(p, (x, y, c, at) => at(x + 1, y, c))),
    ],
    [
      'whose channels are swapped',
      'PSNR',
      (p) => encodeWrong(changed(p, (x, y, c, at) => at(x, y, 2 - c))),
    ],
    [
      'of another gamma',
      'PSNR',
      (p) =>
        encodeWrong(
          changed(p, (x, y, c, at) => Math.round(255 * (at(x, y, c) / 255) ** (2.2 / 1.8))),
        ),
    ],
    [
      'that is brighter by four levels',
      'PSNR',
      (p) => encodeWrong(changed(p, (x, y, c, at) => Math.min(255, at(x, y, c) + 4))),
    ],
    [
      'that has a spot in a single place',
      'in the area of 64 × 64 pixels at x 128, y 192',
      (p) =>
        encodeWrong(
          changed(p, (x, y, c, at) => (x >> 5 === 4 && y >> 5 === 6 ? 255 : at(x, y, c))),
        ),
    ],
    [
      'that was made grey',
      'channels is 1, not 3',
      (p) => encodeWrong(p, (s) => s.toColourspace('b-w')),
    ],
    [
      'of another size',
      'pixels, and',
      (p) => encodeWrong(p, (s) => s.resize({ width: p.width - 1 })),
    ],
    ['of less quality', 'PSNR', (p) => encodeWrong(p, undefined, 60)],
    [
      'with a profile that it should not have',
      'has a colour profile',
      (p) => encodeWrong(p, (s) => s.withIccProfile('p3')),
    ],
    [
      'that is cut off',
      'cannot be decoded',
      async (p) => {
        const whole = await encodeWrong(p);
        return whole.subarray(0, whole.length / 2);
      },
    ],
    ['that is none', 'is no JPEG, but tiff', () => readFile(folder.path('scan.tif'))],
    ['that nobody knows', 'cannot be decoded', async () => Buffer.from('no picture')],
  ];

  it.each(wrongs)('%s', async (_, words, makeWrong) => {
    const tiff = await draw();
    const { data, info } = await sharp(tiff).raw().toBuffer({ resolveWithObject: true });
    const jpeg = await folder.write('wrong.jpg', await makeWrong({ ...info, data }));
    const error = await compare(tiff, jpeg).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'UNLIKE' });
    expect(String(error)).toContain(words);
    expect(String(error)).toContain(
      'The JPEG "wrong.jpg" differs too much from its TIFF "scan.tif"',
    );
  });

  it.each([
    ['brighter by three levels', (level: number) => Math.min(255, level + 3)],
    ['of another gamma', (level: number) => Math.round(255 * (level / 255) ** (2.2 / 1.8))],
  ])('%s, however far noise takes its PSNR down', async (_, change) => {
    const { data, ...size } = noise({ width: 200, height: 150, channels: 3 }, randomNumbers(4));
    for (const [i, level] of data.entries()) data[i] = 40 + (level >> 1);
    const raw = sharp(data, { raw: size });
    const tiff = await folder.write('noise.tif', await raw.tiff({ compression: 'lzw' }).toBuffer());
    const picture = { ...size, data };
    const good = await folder.write('good.jpg', await encodeWrong(picture));
    expect((await compare(tiff, good)).psnr_db).toBeLessThan(20);
    const wrong = await encodeWrong(changed(picture, (x, y, c, at) => change(at(x, y, c))));
    const jpeg = await folder.write('wrong.jpg', wrong);
    await expect(compare(tiff, jpeg)).rejects.toThrow(/colours in the area of .* levels off/);
  });

  it.each([3, 8])('whose orientation (%i) is not that of its TIFF', async (orientation) => {
    const tiff = await draw({ orientation: 6 });
    const wrong = compare(tiff, await tagged(tiff, orientation));
    await expect(wrong).rejects.toThrow(`its orientation is ${orientation}, that of the TIFF is 6`);
  });

  it('that was not turned and does not say so', async () => {
    const tiff = await draw({ orientation: 6 });
    await expect(compare(tiff, await tagged(tiff, 1))).rejects.toMatchObject({ code: 'UNLIKE' });
  });

  it('that was turned, and is to be turned again', async () => {
    const tiff = await draw({ orientation: 3 });
    const upright = await sharp(tiff).autoOrient().jpeg({ quality: 95, mozjpeg: true }).toBuffer();
    const twice = await sharpWithJpegs(upright).withMetadata({ orientation: 3 }).toBuffer();
    const jpeg = await folder.write('twice.jpg', withoutProfile(twice));
    await expect(compare(tiff, jpeg)).rejects.toMatchObject({ code: 'UNLIKE' });
  });

  it('that should have kept the profile', async () => {
    const tiff = await draw({ profile: 'p3' });
    const jpeg = folder.path('srgb.jpg');
    await convertInPlace(tiff, jpeg, { converter: converter() });
    const wrong = compare(tiff, jpeg, { profile: 'keep' });
    await expect(wrong).rejects.toThrow('it has no colour profile, and the one of the TIFF');
  });

  it('whose profile is another one', async () => {
    const tiff = await draw({ profile: 'p3' });
    const jpeg = folder.path('kept.jpg');
    await convertInPlace(tiff, jpeg, { profile: 'keep', converter: converter() });
    const other = await sharpWithJpegs(await readFile(jpeg))
      .withIccProfile('srgb')
      .toBuffer();
    await writeFile(jpeg, other);
    const wrong = compare(tiff, jpeg, { profile: 'keep' });
    await expect(wrong).rejects.toThrow('its colour profile is not the one of the TIFF');
  });

  it('that is smaller by settings, and is another picture or size', async () => {
    const tiff = await draw();
    const jpeg = folder.path('small.jpg');
    await convertInPlace(tiff, jpeg, { maxSize: 300, converter: converter() });
    await expect(compare(tiff, jpeg, { maxSize: 300 })).resolves.toBeDefined();
    await expect(compare(tiff, jpeg)).rejects.toThrow('it has 300 × ');
    await expect(compare(tiff, jpeg, { maxSize: 301 })).rejects.toThrow('it has 300 × ');
    await writeFile(
      jpeg,
      await sharpWithJpegs(await readFile(jpeg))
        .flop()
        .toBuffer(),
    );
    await expect(compare(tiff, jpeg, { maxSize: 300 })).rejects.toThrow('PSNR');
  });

  it('of another page', async () => {
    const page = { width: 64, height: 64, samplesPerPixel: 1, photometric: 1 };
    const pages = [10, 200].map((level) => ({ ...page, data: Buffer.alloc(64 * 64, level) }));
    const tiff = await folder.write('two.tif', makeTiff(...pages));
    const jpeg = folder.path('first.jpg');
    await convertInPlace(tiff, jpeg, { converter: converter() });
    const wrong = compare(tiff, jpeg, { page: 2 });
    await expect(wrong).rejects.toThrow('its TIFF "two.tif (page 2 of 2)"');
  });
});
