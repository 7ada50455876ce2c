import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { makeTiffFile } from '../../../../../bench/make-tiff.ts';
import type { TiffSpec } from '../../../../../bench/tiff-spec.ts';
import {
  described,
  directory,
  photographed,
  pictureWith,
  rational,
  short,
  xmpEntry,
  xmpPacket,
} from '../../../../support/described-tiff.ts';
import { type Making, useJpegs } from '../../../../support/jpegs.ts';
import { faxPage } from '../../../../support/make-fax.ts';
import { decodeJpeg, type Picture, pixelAt, psnr } from '../../../../support/pixels.ts';
import { makeTiff } from '../../../../support/tiff-writer.ts';

const { folder, make } = useJpegs();
const base: TiffSpec = {
  megapixels: 0.5,
  kind: 'rgb',
  bits: 8,
  compression: 'lzw',
  layout: 'strips',
  orientation: 1,
};
const SMALL = { maxSize: 200, quality: 100, chromaSubsampling: '4:4:4' } as const;

async function draw(differs: Partial<TiffSpec> = {}): Promise<string> {
  const path = folder.path('drawn.tif');
  await makeTiffFile(path, { ...base, ...differs });
  return path;
}

const picture = async (tiff: Buffer | string, making: Making = SMALL) =>
  decodeJpeg((await make(tiff, making)).bytes);

/** What sharp alone makes of a whole picture. */
async function bySharp(whole: Picture, side: number): Promise<Picture> {
  const { width, height, channels } = whole;
  const raw = { width, height, channels: channels as 1 | 3 };
  const small = sharp(whole.data, { raw }).resize(side, side, { fit: 'inside' });
  if (channels === 1) small.toColourspace('b-w');
  const { data, info } = await small.raw().toBuffer({ resolveWithObject: true });
  return { ...info, data };
}

describe('a picture that is larger than the maximum size', () => {
  const kinds: [string, Partial<TiffSpec>][] = [
    ['colour', {}],
    ['greyscale', { kind: 'grey' }],
    ['16 bits', { bits: 16 }],
    ['greyscale of 16 bits', { kind: 'grey', bits: 16 }],
    ['16 bits with a profile', { bits: 16, profile: 'p3' }],
    ['CMYK', { kind: 'cmyk' }],
    ['a palette', { kind: 'palette', compression: 'deflate' }],
    ['transparency', { kind: 'rgba' }],
    ['CMYK with an extra sample', { kind: 'cmyka', compression: 'deflate' }],
    ['JPEG data', { compression: 'jpeg' }],
    ['tiles', { layout: 'tiles', compression: 'deflate' }],
    ['planes', { kind: 'planar', compression: 'deflate' }],
  ];

  it.each(kinds)('is what the whole JPEG is, reduced: %s', async (_, differs) => {
    const tiff = await draw(differs);
    const whole = await picture(tiff, { ...SMALL, maxSize: undefined });
    const small = await picture(tiff);
    expect(small.width).toBe(200);
    expect(small.channels).toBe(whole.channels);
    expect(psnr(small, await bySharp(whole, 200))).toBeGreaterThan(33);
  });

  it.each([2, 3, 4, 5, 6, 7, 8])(
    'is upright, with the longer side as seen, and the same however it is turned: orientation %i',
    async (orientation) => {
      const tiff = await draw({ orientation });
      const whole = await picture(tiff, { ...SMALL, maxSize: undefined, turn: 'memory' });
      const small = await picture(tiff, { ...SMALL, turn: 'memory' });
      expect(orientation >= 5 ? small.height : small.width).toBe(200);
      expect(psnr(small, await bySharp(whole, 200))).toBeGreaterThan(33);
      expect(await picture(tiff, { ...SMALL, turn: 'disk' })).toEqual(small);
    },
  );

  it('is reduced where only a tag turns it', async () => {
    const { found } = await make(await draw({ orientation: 6 }), { ...SMALL, turn: 'tag' });
    expect(found).toMatchObject({
      'File:ImageWidth': 200,
      'IFD0:Orientation': 'Rotate 90 CW',
    });
  });

  it('keeps thin lines of a fax as grey', async () => {
    // Every eighth column is black.
    const rows = Array.from({ length: 1600 }, () =>
      Array.from({ length: 1600 }, (_, x) => (x % 8 === 3 ? 1 : 0)),
    );
    const fax = makeTiff(faxPage(rows, { coding: 'group 4' }));
    const { width, channels, data } = await picture(fax);
    expect([width, channels]).toEqual([200, 1]);
    // 7 of 8 columns are white.
    for (const level of data.subarray(200 * 100, 200 * 101))
      expect(Math.abs(level - 223)).toBeLessThan(20);
  });

  it('is not weighted by extra samples that are no transparency', async () => {
    const [width, height] = [400, 300];
    const data = Uint8Array.from({ length: width * height * 4 }, (_, i) =>
      // The extra sample is 0 on the left of each pair of columns, where the colours differ.
      i % 4 === 3 ? (Math.floor(i / 4) % 2) * 255 : Math.floor(i / 4) % 2 ? 200 : 100,
    );
    const extra = { width, height, samplesPerPixel: 4, photometric: 2, extraSamples: [0], data };
    const made = await make(makeTiff(extra), { ...SMALL, metadata: 'none' });
    expect(made.notes).toMatchObject([{ code: 'EXTRA_SAMPLES_DROPPED' }]);
    const small = await decodeJpeg(made.bytes);
    for (const level of pixelAt(small, 100, 75)) expect(level).toBeCloseTo(150, -1);
  });

  it('may be larger than any JPEG', async () => {
    const wide = { width: 70_000, height: 40, samplesPerPixel: 1, photometric: 1 };
    const tiff = makeTiff({ ...wide, data: new Uint8Array(70_000 * 40).fill(128) });
    await expect(make(tiff, {})).rejects.toMatchObject({ code: 'TOO_LARGE_FOR_JPEG' });
    const { width, height } = await picture(tiff, { maxSize: 65_500 });
    expect([width, height]).toEqual([65_500, 37]);
  });
});

describe('a picture that is no larger', () => {
  it.each([{}, { orientation: 6 }, { kind: 'grey' }, { bits: 16, profile: 'p3' }] as const)(
    'becomes the same JPEG, byte for byte: %j',
    async (differs) => {
      const tiff = await draw(differs);
      const { width = 0, height = 0 } = await sharp(tiff).metadata();
      const turn = 'orientation' in differs ? 'memory' : 'none';
      const plain = await make(tiff, { turn, metadata: 'all' });
      const longer = Math.max(width, height);
      const same = await make(tiff, { turn, metadata: 'all', maxSize: longer });
      expect(same.bytes.equals(plain.bytes)).toBe(true);
    },
  );
});

describe('the metadata of a smaller copy', () => {
  const HALF = { maxSize: 16, metadata: 'all' } as const;
  const lying = { ...pictureWith(...described, ...photographed), orientation: 6 };
  const wide = { ...pictureWith(...described, ...photographed), width: 32, height: 12 };

  it('have its size, and as many pixels per inch as it has', async () => {
    const { found } = await make(makeTiff(wide), HALF);
    expect(found).toMatchObject({
      'File:ImageWidth': 16,
      'File:ImageHeight': 6,
      'ExifIFD:ExifImageWidth': 16,
      'ExifIFD:ExifImageHeight': 6,
      'IFD0:XResolution': 150,
      'IFD0:YResolution': 150,
      'IFD0:ResolutionUnit': 'inches',
      'JFIF:XResolution': 150,
      'JFIF:YResolution': 150,
      'IFD0:DocumentName': 'Inventory 4711',
    });
    // A position in the larger picture.
    expect(found['ExifIFD:SubjectArea']).toBeUndefined();
  });

  it('have the resolution without other metadata', async () => {
    const { found } = await make(makeTiff(wide), { ...HALF, metadata: 'none' });
    expect(found).toMatchObject({ 'JFIF:XResolution': 150, 'JFIF:YResolution': 150 });
  });

  it('are those of the upright copy', async () => {
    const uneven = { ...lying, entries: [rational(282, 200), rational(283, 300), short(296, 2)] };
    const { found } = await make(makeTiff(uneven), { ...HALF, turn: 'memory' });
    expect(found).toMatchObject({
      'File:ImageWidth': 11,
      'File:ImageHeight': 16,
      'IFD0:XResolution': 200,
      'IFD0:YResolution': expect.closeTo(133.333, 2),
      'JFIF:XResolution': 200,
      'JFIF:YResolution': 133,
    });
  });

  it('keep an aspect ratio, which has no unit', async () => {
    const ratio = { ...wide, entries: [rational(282, 2), rational(283, 1), short(296, 1)] };
    const { found } = await make(makeTiff(ratio), { ...HALF, metadata: 'none' });
    expect(found).toMatchObject({ 'JFIF:XResolution': 2, 'JFIF:YResolution': 1 });
    const { found: all } = await make(makeTiff(ratio), HALF);
    expect(all).toMatchObject({
      'IFD0:XResolution': 2,
      'IFD0:YResolution': 1,
      'IFD0:ResolutionUnit': 'None',
    });
  });

  it('keep an aspect ratio on the sensor', async () => {
    const sensor = directory(34_665, rational(41_486, 2), rational(41_487, 1), short(41_488, 1));
    const { found } = await make(makeTiff({ ...wide, entries: [sensor] }), HALF);
    expect(found).toMatchObject({
      'ExifIFD:FocalPlaneXResolution': 2,
      'ExifIFD:FocalPlaneYResolution': 1,
    });
  });

  it('have as many pixels per unit on the sensor as the copy', async () => {
    const sensor = directory(
      34_665,
      rational(41_486, 5000),
      rational(41_487, 5000),
      short(41_488, 3),
    );
    const { found } = await make(makeTiff({ ...wide, entries: [sensor] }), HALF);
    expect(found).toMatchObject({
      'ExifIFD:FocalPlaneXResolution': 2500,
      'ExifIFD:FocalPlaneYResolution': 2500,
    });
  });

  it('say the same in XMP', async () => {
    const packet = xmpPacket(
      'tiff:ImageWidth="32" tiff:ImageLength="12" tiff:XResolution="3000000/10000" tiff:YResolution="3000000/10000" tiff:ResolutionUnit="2" exif:PixelXDimension="32"',
    );
    const entries = [rational(282, 300), rational(283, 300), xmpEntry(packet)];
    const { found } = await make(makeTiff({ ...wide, entries }), HALF);
    expect(found).toMatchObject({
      'XMP-tiff:ImageWidth': 16,
      'XMP-tiff:ImageHeight': 6,
      'XMP-tiff:XResolution': 150,
      'XMP-tiff:YResolution': 150,
      'XMP-exif:ExifImageWidth': 16,
    });
    const { found: whole } = await make(makeTiff({ ...wide, entries }), { metadata: 'all' });
    expect(whole).toMatchObject({ 'XMP-tiff:XResolution': 300, 'XMP-tiff:ImageWidth': 32 });
  });
});
