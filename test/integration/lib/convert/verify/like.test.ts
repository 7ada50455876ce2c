import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { TiffSpec } from '../../../../../bench/tiff-spec.ts';
import type { InPlaceOptions } from '../../../../../src/lib/convert/convert-in-place.ts';
import { useComparisons } from '../../../../support/comparisons.ts';
import { noise, randomNumbers } from '../../../../support/noise.ts';
import { pagedTiff } from '../../../../support/pictures.ts';
import { makeTiff } from '../../../../support/tiff-writer.ts';
import { taggedJpeg } from '../../../../support/wrong-jpegs.ts';

const { folder, draw, compare, verify } = useComparisons();

const CMYKA = { kind: 'cmyka', compression: 'deflate' } as const;

describe('a JPEG that was made well is like its TIFF', () => {
  const kinds: [string, Partial<TiffSpec>, InPlaceOptions][] = [
    ['as max', {}, { effort: 'max' }],
    ['as balanced', {}, { effort: 'balanced' }],
    ['as fast', {}, { effort: 'fast' }],
    ['without chroma subsampling', {}, { chromaSubsampling: '4:4:4' }],
    ['of quality 50', {}, { quality: 50 }],
    ['of quality 5', {}, { quality: 5 }],
    ['greyscale', { kind: 'grey' }, {}],
    ['of 16 bits', { bits: 16 }, {}],
    ['of greyscale of 16 bits', { kind: 'grey', bits: 16 }, {}],
    ['of 16 bits with a profile', { bits: 16, profile: 'p3' }, {}],
    ['of a profile that is kept', { profile: 'p3' }, { profile: 'keep' }],
    ['of 16 bits of a profile that is kept', { bits: 16, profile: 'p3' }, { profile: 'keep' }],
    ['CMYK', { kind: 'cmyk' }, {}],
    ['transparent, on a colour', { kind: 'rgba' }, { background: '#ff0000' }],
    ['bilevel', { kind: 'bilevel', bits: 1, compression: 'deflate' }, {}],
    ['a palette', { kind: 'palette', compression: 'deflate' }, {}],
    ['turned', { orientation: 6 }, {}],
    ['mirrored, of 16 bits with a profile', { orientation: 7, bits: 16, profile: 'p3' }, {}],
    ['reduced', {}, { maxSize: 300 }],
    ['reduced and turned', { orientation: 6 }, { maxSize: 300 }],
    ['reduced, of CMYK with an extra sample', CMYKA, { maxSize: 300 }],
    ['reduced, of 16 bits with a profile', { bits: 16, profile: 'p3' }, { maxSize: 300 }],
    ['reduced, bilevel', { kind: 'bilevel', bits: 1, compression: 'deflate' }, { maxSize: 300 }],
    ['reduced, transparent, on a colour', { kind: 'rgba' }, { background: '#ff0000', maxSize: 99 }],
  ];

  it.each(kinds)('%s', async (_, spec, options) => {
    const { likeness } = await verify(await draw(spec), options);
    expect(likeness.psnr_db).toBeGreaterThan(15);
    expect(likeness.ssim).toBeGreaterThan(0.5);
    expect(likeness.ssim).toBeLessThanOrEqual(1);
    expect(likeness.expected?.ssim).toBeCloseTo(likeness.ssim, 1);
  });

  it.each([1, 3] as const)(
    'noise, in %i channels, however unlike it is by numbers',
    async (channels) => {
      const { data, ...size } = noise({ width: 200, height: 150, channels }, randomNumbers(1));
      const picture = sharp(data, { raw: size });
      if (channels === 1) picture.toColourspace('b-w');
      const tiff = await folder.write(
        'noise.tif',
        await picture.tiff({ compression: 'none' }).toBuffer(),
      );
      const { likeness } = await verify(tiff, { quality: 75, effort: 'max' });
      expect(likeness.psnr_db).toBeLessThan(25);
    },
  );

  it.each([20, 50, 95])('black and white dots, of quality %i', async (quality) => {
    const random = randomNumbers(quality);
    const data = Uint8Array.from({ length: 200 * 25 }, () => random() * 256);
    const page = { width: 200, height: 200, samplesPerPixel: 1, bitsPerSample: 1, photometric: 0 };
    const tiff = await folder.write('dots.tif', makeTiff({ ...page, data }));
    await expect(verify(tiff, { quality, effort: 'max' })).resolves.toBeDefined();
  });

  it.each([
    [1, 1],
    [2, 2],
    [3, 70],
    [300, 1],
  ])('of %i × %i pixels', async (width, height) => {
    const { data } = noise({ width, height, channels: 3 }, randomNumbers(width));
    const tiff = makeTiff({ width, height, samplesPerPixel: 3, photometric: 2, data });
    await expect(verify(await folder.write('small.tif', tiff))).resolves.toBeDefined();
  });

  it('white paper, with nothing else to tell', async () => {
    const page = { width: 90, height: 70, samplesPerPixel: 1, photometric: 1 };
    const tiff = makeTiff({ ...page, data: Buffer.alloc(90 * 70, 255) });
    const { likeness } = await verify(await folder.write('white.tif', tiff));
    expect(likeness).toEqual({ ssim: 1, expected: { ssim: 1 }, worst: { x: 0, y: 0, ssim: 1 } });
  });

  it('that another decoder reads', async () => {
    const page = { width: 64, height: 64, samplesPerPixel: 1, photometric: 1, sampleFormat: 3 };
    const levels = Float32Array.from({ length: 64 * 64 }, (_, i) => (i % 64) / 63);
    const tiff = makeTiff({ ...page, bitsPerSample: 32, data: Buffer.from(levels.buffer) });
    const { likeness, notes } = await verify(await folder.write('float.tif', tiff));
    expect(notes).toMatchObject([{ code: 'SAMPLES_SCALED' }]);
    expect(likeness.psnr_db).toBeGreaterThan(40);
  });

  it('that breaks the specification, but is forgiven', async () => {
    const { data } = noise({ width: 64, height: 64, channels: 1 }, randomNumbers(2));
    const software = { tag: 305, type: 2, values: [65, 66] };
    const page = { width: 64, height: 64, samplesPerPixel: 1, photometric: 1, entries: [software] };
    const { notes } = await verify(await folder.write('unended.tif', makeTiff({ ...page, data })));
    expect(notes).toMatchObject([{ code: 'WARNINGS_FORGIVEN' }]);
  });

  it('of a further page', async () => {
    const tiff = await folder.write('pages.tif', pagedTiff(3));
    await expect(verify(tiff, { page: 2 })).resolves.toBeDefined();
  });

  it('that is not turned, but says so', async () => {
    const tiff = await draw({ orientation: 6 });
    const jpeg = await folder.write('tagged.jpg', await taggedJpeg(tiff, 6));
    const { worst } = await compare(tiff, jpeg);
    const { width, height } = await sharp(tiff).metadata();
    expect(worst?.x).toBeLessThan(height);
    expect(worst?.y).toBeLessThan(width);
  });
});
