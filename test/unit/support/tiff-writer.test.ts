import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { tiffLayouts } from '../../support/tiff-headers.ts';
import { makeTiffAs, type TiffPage } from '../../support/tiff-writer.ts';

const [width, height] = [40, 20];
/** Every sample differs from its neighbours, so that a strip or tile in the wrong place shows. */
const samples = Buffer.from(Array.from({ length: width * height * 3 }, (_, i) => (i * 7) % 251));
const page: TiffPage = { width, height, samplesPerPixel: 3, photometric: 2, data: samples };
const planes = Buffer.concat([0, 1, 2].map((plane) => samples.filter((_, i) => i % 3 === plane)));
describe.each(tiffLayouts)('%s that the tests write', (_, layout) => {
  it.each([
    ['one strip', {}],
    ['several strips', { rowsPerStrip: 8 }],
    ['tiles', { tile: { width: 32, height: 16 } }],
    ['planes', { planar: true, data: planes, rowsPerStrip: 6 }],
  ])('is decoded by libvips: %s', async (_, cutting) => {
    const tiff = makeTiffAs(layout, { ...page, ...cutting });
    expect((await sharp(tiff).raw().toBuffer()).equals(samples)).toBe(true);
  });

  it('is decoded by libvips: 16 bits', async () => {
    const data = Buffer.from(samples.subarray(0, width * height * 2));
    const tiff = makeTiffAs(layout, {
      ...page,
      samplesPerPixel: 1,
      photometric: 1,
      bitsPerSample: 16,
      data,
    });
    const decoded = await sharp(tiff).toColourspace('grey16').raw({ depth: 'ushort' }).toBuffer();
    const expected = Buffer.from(data);
    if (layout.bigEndian) expected.swap16();
    expect(decoded.equals(expected)).toBe(true);
  });

  it('has the given pages, orientations and profiles', async () => {
    const icc = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
      .withIccProfile('srgb')
      .png()
      .toBuffer()
      .then(async (png) => (await sharp(png).metadata()).icc);
    const tiff = makeTiffAs(layout, { ...page, orientation: 6, ...(icc ? { icc } : {}) }, page);
    const metadata = await sharp(tiff).metadata();
    expect(metadata).toMatchObject({ pages: 2, orientation: 6 });
    expect(metadata.icc).toEqual(icc);
  });
});
