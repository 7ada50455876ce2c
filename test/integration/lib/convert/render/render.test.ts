import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTiffFile } from '../../../../../bench/make-tiff.ts';
import type { TiffSpec } from '../../../../../bench/tiff-spec.ts';
import { defaultEncoderSettings } from '../../../../../src/lib/convert/encoder-settings.ts';
import { openPage, pageRequestFor } from '../../../../../src/lib/convert/open-page.ts';
import type { ConversionPlan } from '../../../../../src/lib/convert/plan/plan.ts';
import { type Converter, openConverter } from '../../../../../src/lib/convert/process/converter.ts';
import { makeFolder, type TestFolder } from '../../../../support/folder.ts';
import { decodeJpeg, largestDifference, psnr } from '../../../../support/pixels.ts';

let folder: TestFolder;
let converter: Converter;
beforeAll(async () => {
  folder = await makeFolder();
  converter = openConverter(folder.root);
});
afterAll(async () => {
  await converter.close();
  await folder.remove();
});

const base: TiffSpec = {
  megapixels: 0.5,
  kind: 'rgb',
  bits: 8,
  compression: 'lzw',
  layout: 'strips',
  orientation: 1,
};

/** Draws a TIFF and makes its JPEG just so. */
async function render(spec: TiffSpec, plan: Pick<ConversionPlan, 'effort' | 'turn'>) {
  const input = folder.path('in.tif');
  await makeTiffFile(input, spec);
  return renderFile(input, plan);
}

async function renderFile(input: string, plan: Pick<ConversionPlan, 'effort' | 'turn'>) {
  const output = folder.path('out.jpg');
  const request = pageRequestFor(await openPage(input, {}), defaultEncoderSettings, { output });
  const made = await converter.convert({ kind: 'jpeg', ...request, ...plan });
  return { made, picture: await decodeJpeg(output), ...(await sharp(output).metadata()) };
}

describe('the efforts', () => {
  it('max and balanced give the same pixels', async () => {
    const input = folder.path('photo.tif');
    await makeTiffFile(input, base);
    const max = await renderFile(input, { effort: 'max', turn: 'none' });
    const balanced = await renderFile(input, { effort: 'balanced', turn: 'none' });
    expect(largestDifference(max.picture, balanced.picture)).toBe(0);
    expect(balanced.made.bytes).toBeLessThan(max.made.bytes * 1.1);
  });

  it('fast gives baseline coding at most half a decibel from max', async () => {
    const input = folder.path('photo.tif');
    await makeTiffFile(input, base);
    const original = await sharp(input).raw().toBuffer({ resolveWithObject: true });
    const source = { ...original.info, data: original.data };
    const max = await renderFile(input, { effort: 'max', turn: 'none' });
    const fast = await renderFile(input, { effort: 'fast', turn: 'none' });
    const difference = psnr(max.picture, source) - psnr(fast.picture, source);
    expect(Math.abs(difference)).toBeLessThan(0.5);
    expect([max.isProgressive, fast.isProgressive]).toEqual([true, false]);
    expect(fast.chromaSubsampling).toBe('4:2:0');
  });
});

describe('a picture that is turned on disk', () => {
  const kinds: [string, Partial<TiffSpec>][] = [
    ['colour', {}],
    ['greyscale', { kind: 'grey' }],
    ['16 bits', { bits: 16 }],
    ['greyscale of 16 bits', { kind: 'grey', bits: 16 }],
    ['CMYK', { kind: 'cmyk' }],
    ['transparency', { kind: 'rgba' }],
    ['a profile', { profile: 'p3' }],
    ['tiles', { layout: 'tiles', compression: 'deflate' }],
    ['one strip', { layout: 'one strip', compression: 'deflate' }],
  ];

  it.each(kinds)('has the very pixels of one that is turned in memory: %s', async (_, differs) => {
    const input = folder.path('turned.tif');
    await makeTiffFile(input, { ...base, ...differs, orientation: 6 });
    const inMemory = await renderFile(input, { effort: 'max', turn: 'memory' });
    const onDisk = await renderFile(input, { effort: 'max', turn: 'disk' });
    expect(inMemory.made.height).toBeGreaterThan(inMemory.made.width);
    expect(onDisk.made).toMatchObject({
      width: inMemory.made.width,
      height: inMemory.made.height,
      channels: inMemory.made.channels,
    });
    expect(largestDifference(onDisk.picture, inMemory.picture)).toBe(0);
  });

  it.each([2, 3, 4, 5, 6, 7, 8])('is turned as orientation %i asks', async (orientation) => {
    const input = folder.path('turned.tif');
    await makeTiffFile(input, { ...base, orientation });
    const inMemory = await renderFile(input, { effort: 'fast', turn: 'memory' });
    const onDisk = await renderFile(input, { effort: 'fast', turn: 'disk' });
    expect(largestDifference(onDisk.picture, inMemory.picture)).toBe(0);
    expect(onDisk.orientation).toBeUndefined();
  });
});

describe('a picture that is not turned', () => {
  it('says so by an EXIF tag, and by nothing else of EXIF', async () => {
    const upright = await render(base, { effort: 'fast', turn: 'none' });
    const tagged = await render({ ...base, orientation: 6 }, { effort: 'fast', turn: 'tag' });
    expect(tagged.orientation).toBe(6);
    expect([tagged.width, tagged.height]).toEqual([upright.width, upright.height]);
    expect(tagged.made.notes).toEqual([
      { code: 'ORIENTATION_TAGGED', message: expect.stringContaining('orientation (6)') },
    ]);
    expect(tagged.exif?.length).toBeLessThan(200);
  });
});
