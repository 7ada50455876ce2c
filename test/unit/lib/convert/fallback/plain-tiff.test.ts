import { stat } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createPlainTiff,
  type PlainPicture,
} from '../../../../../src/lib/convert/fallback/plain-tiff.ts';
import { readTiffHeader } from '../../../../../src/lib/convert/header/tiff-header.ts';
import { plainPage, plainRowBytes } from '../../../../../src/lib/convert/plan/plain-picture.ts';
import { makeFolder, type TestFolder } from '../../../../support/folder.ts';

let folder: TestFolder;
let path: string;
let tries = 0;
beforeAll(async () => {
  folder = await makeFolder();
});
beforeEach(() => {
  path = folder.path(`${tries++}.tif`);
});
afterAll(() => folder.remove());

const base: PlainPicture = { width: 300, height: 501, colours: 'rgb', bits: 8, orientation: 1 };

async function write(picture: PlainPicture, rows = picture.height): Promise<Buffer> {
  const data = Buffer.alloc(plainRowBytes(picture) * rows);
  for (let i = 0; i < data.length; i++) data[i] = (i * 31 + (i >> 8)) & 255;
  const writer = await createPlainTiff(path, picture);
  const half = plainRowBytes(picture) * Math.floor(rows / 2);
  await writer.write(data.subarray(0, half));
  await writer.write(data.subarray(half));
  await writer.close();
  return data;
}

describe('a plain TIFF', () => {
  it.each<[string, Partial<PlainPicture>, string]>([
    ['grey', { colours: 'grey' }, 'b-w'],
    ['grey of 16 bits', { colours: 'grey', bits: 16 }, 'grey16'],
    ['RGB', {}, 'srgb'],
    ['RGB of 16 bits', { bits: 16 }, 'rgb16'],
    ['RGB with alpha', { alpha: 2 }, 'srgb'],
    ['RGB of 16 bits with alpha', { alpha: 2, bits: 16 }, 'rgb16'],
    ['CMYK', { colours: 'cmyk' }, 'cmyk'],
    ['CMYK of 16 bits', { colours: 'cmyk', bits: 16 }, 'cmyk'],
    ['one row', { height: 1 }, 'srgb'],
    ['one pixel', { width: 1, height: 1, colours: 'grey' }, 'b-w'],
    ['rows longer than a strip', { width: 60_000, height: 3, bits: 16 }, 'rgb16'],
  ])('is read by sharp, sample by sample: %s', async (_, changes, space) => {
    const picture = { ...base, ...changes };
    const data = await write(picture);
    expect((await sharp(path, { failOn: 'warning' }).metadata()).space).toBe(space);
    const read = await sharp(path, { failOn: 'warning' })
      .pipelineColourspace(space)
      .toColourspace(space)
      .raw({ depth: picture.bits === 16 ? 'ushort' : 'uchar' })
      .toBuffer();
    expect(read.equals(data)).toBe(true);
  });

  it('says what the plan expects of it', async () => {
    for (const changes of [
      {},
      { alpha: 1, bits: 16 },
      { colours: 'cmyk' },
      { orientation: 6 },
    ] as const) {
      path = folder.path(`${tries++}.tif`);
      const picture: PlainPicture = { ...base, ...changes };
      await write(picture);
      const header = await readTiffHeader(path);
      const { offset, iccBytes, segments, chromaSubsampling, ...page } = plainPage(picture, 0);
      expect(header?.pages).toHaveLength(1);
      expect(header?.pages[0]).toMatchObject(page);
      const { end, lastStart, ...layout } = segments ?? { end: 0, lastStart: 0 };
      expect(header?.pages[0].segments).toMatchObject(layout);
      expect(header?.pages[0].segments?.end).toBe((await stat(path)).size);
    }
  });

  it('keeps profile and orientation', async () => {
    const icc = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .withIccProfile('p3')
      .png()
      .toBuffer()
      .then((png) => sharp(png).metadata());
    const profile = new Uint8Array(icc.icc ?? []);
    expect(profile.length).toBeGreaterThan(100);
    await write({ ...base, orientation: 7, icc: profile });
    const metadata = await sharp(path).metadata();
    expect(metadata.orientation).toBe(7);
    expect(metadata.icc?.equals(profile)).toBe(true);
  });

  it('is not closed with rows missing, nor with too many', async () => {
    await expect(write(base, 500)).rejects.toThrow(
      `Only ${500 * 900} of ${501 * 900} bytes were decoded`,
    );
    path = folder.path(`${tries++}.tif`);
    await expect(write(base, 502)).rejects.toThrow('bytes were decoded');
  });

  it('is never written over a file', async () => {
    await write(base);
    await expect(createPlainTiff(path, base)).rejects.toThrow('EEXIST');
  });

  it('can be discarded in any state', async () => {
    const writer = await createPlainTiff(path, base);
    await writer.discard();
    await writer.discard();
    path = folder.path(`${tries++}.tif`);
    const begun = await createPlainTiff(path, base);
    await begun.write(new Uint8Array(5));
    await expect(begun.close()).rejects.toThrow('Only 5');
    await begun.discard();
  });
});
