import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { pageKindNamed } from '../../../../support/page-kinds.ts';
import { decodeJpeg, type Picture, psnr } from '../../../../support/pixels.ts';
import { storedPixels, useShownPictures } from '../../../../support/shown-pictures.ts';

// All kinds of pages: test/slow/lib/convert/render/shown-pictures.test.ts.
const { makeBoth, pieces, preview, verify } = useShownPictures();
const SAME = Number.POSITIVE_INFINITY;

/** A JPEG made smaller, by sharp alone. */
async function reduced(jpeg: string, side: number): Promise<Picture> {
  const { data, width, height, channels } = await decodeJpeg(jpeg);
  const picture = sharp(data, { raw: { width, height, channels: channels as 1 | 3 } });
  return storedPixels(await picture.resize(side, side, { fit: 'inside' }).png().toBuffer());
}

describe('what is shown of a page', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'is what its JPEG shows, in 16 bits with a profile (orientation %i)',
    async (orientation) => {
      const both = await makeBoth(pageKindNamed('rgb, 16 bits, Adobe RGB'), {}, orientation);
      const { before, after } = await pieces(both);
      await expect(verify(before, both)).resolves.toBeDefined();
      expect(psnr(after, await decodeJpeg(both.jpeg))).toBe(SAME);
      expect(psnr(await storedPixels(await preview(both)), before)).toBe(SAME);
    },
  );

  it('lies on the background of its JPEG', async () => {
    const kind = pageKindNamed('rgb, 16 bits, Adobe RGB, alpha');
    const both = await makeBoth(kind, { background: '#336699' });
    const { before } = await pieces(both);
    await expect(verify(before, both)).resolves.toBeDefined();
    expect([...before.data.subarray(0, 3)]).toEqual([51, 102, 153]);
    expect(psnr(await storedPixels(await preview(both)), before)).toBe(SAME);
  });

  it.each([
    'rgb, 16 bits, ProPhoto',
    'rgb, half, Display P3',
    'rgb, 8 bits, extra sample',
    'rgb, 16 bits, Adobe RGB, extra sample',
    'grey, 16 bits, gamma 1.8, extra sample',
    'lab, 16 bits, extra sample',
    'cmyk, 8 bits, CMYK',
    'cmyk, 16 bits, alpha',
  ])('is what its JPEG shows when it is smaller: %s', async (name) => {
    const both = await makeBoth(pageKindNamed(name), {}, 6);
    const small = await storedPixels(await preview(both, 64));
    expect(small).toMatchObject({ width: 49, height: 64 });
    expect(psnr(small, await reduced(both.jpeg, 64))).toBeGreaterThan(35);
  });
});

describe('what is shown of a page whose JPEG is a smaller copy', () => {
  it.each([
    'rgb, 16 bits, Adobe RGB',
    'rgb, 16 bits, Adobe RGB, extra sample',
    'grey, 16 bits, gamma 1.8, extra sample',
    'cmyk, 16 bits, alpha',
  ])('is what the copy shows, with as many pixels: %s', async (name) => {
    const both = await makeBoth(pageKindNamed(name), { maxSize: 64 }, 6);
    const { before, after } = await pieces(both);
    expect(after).toMatchObject({ width: 49, height: 64 });
    await expect(verify(before, both)).resolves.toBeDefined();
    expect(psnr(after, await decodeJpeg(both.jpeg))).toBe(SAME);
    expect(psnr(await storedPixels(await preview(both)), before)).toBeGreaterThan(40);
  });
});

describe('what is shown of a page whose profile is kept', () => {
  const keep = { profile: 'keep' } as const;

  it.each([
    'rgb, 8 bits, Adobe RGB',
    'rgb, 16 bits, Adobe RGB',
    'rgb, 14 bits, Adobe RGB, alpha',
    'rgb, 8 bits, Adobe RGB, extra sample',
    'grey, 8 bits, gamma 1.8',
    'grey, 16 bits, gamma 1.8, alpha',
    'cmyk, 8 bits, CMYK',
    'rgb, 16 bits, a profile of no use',
    'rgb, 16 bits',
  ])('are the samples of its JPEG with the same profile, in a preview: %s', async (name) => {
    const both = await makeBoth(pageKindNamed(name), keep);
    const png = await preview(both);
    const { icc } = await sharp(png).metadata();
    expect(icc).toEqual((await sharp(both.jpeg).metadata()).icc);
    await expect(verify(await storedPixels(png), both, icc)).resolves.toBeDefined();
  });

  it.each(['rgb, 8 bits, Adobe RGB', 'rgb, 16 bits, Adobe RGB', 'grey, 16 bits, gamma 1.8'])(
    'are the colours that its JPEG has, in a report: %s',
    async (name) => {
      const kind = pageKindNamed(name);
      const converted = await pieces(await makeBoth(kind));
      const kept = await pieces(await makeBoth(kind, keep));
      // 8 bits between the profile and sRGB take dark colours apart.
      expect(psnr(kept.before, converted.before)).toBeGreaterThan(38);
      expect(psnr(kept.after, kept.before)).toBeGreaterThan(
        psnr(converted.after, converted.before) - 2,
      );
    },
  );
});
