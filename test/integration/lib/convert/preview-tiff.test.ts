import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { openConverter } from '../../../../src/lib/convert/process/converter.ts';
import { previewTiff } from '../../../../src/lib/convert/show-pictures.ts';
import { raw } from '../../../support/pictures.ts';
import { makeTiff } from '../../../support/tiff-writer.ts';
import { useFolder } from '../../../support/use-folder.ts';

const folder = useFolder();

/** The preview of a TIFF, decoded, of at most 40 × 30 pixels. */
async function preview(tiff: Buffer, page = 1, signal = new AbortController().signal) {
  const path = await folder.write('scan.tif', tiff);
  const output = folder.path('preview.png');
  const converter = openConverter(folder.root);
  try {
    const most = { width: 40, height: 30 };
    await previewTiff(path, output, { name: 'scan.tif', page, most, converter, signal });
  } finally {
    await converter.close();
  }
  sharp.unblock({ operation: ['VipsForeignLoadPng'] });
  return sharp(output).raw().toBuffer({ resolveWithObject: true });
}

describe('a preview', () => {
  it('is small, and as wide as high as the picture in proportion', async () => {
    const { info } = await preview(await raw(400, 200, 3).tiff().toBuffer());
    expect(info).toMatchObject({ width: 40, height: 20 });
  });

  it('is not larger than the picture', async () => {
    const { info } = await preview(await raw(8, 4, 1).tiff().toBuffer());
    expect(info).toMatchObject({ width: 8, height: 4 });
  });

  // Levels 0 to 3 lie from the left top to the right bottom; then as they are seen.
  it.each([
    [1, [0, 1, 2, 3]],
    [2, [1, 0, 3, 2]],
    [3, [3, 2, 1, 0]],
    [6, [2, 0, 3, 1]],
    [8, [1, 3, 0, 2]],
  ])('is upright (orientation %i)', async (orientation, places) => {
    const data = Buffer.from([0, 60, 120, 180]);
    const page = { width: 2, height: 2, samplesPerPixel: 1, photometric: 1, orientation, data };
    const { data: seen, info } = await preview(makeTiff(page));
    const levels = [...seen].filter((_, i) => i % info.channels === 0).map((level) => level / 60);
    expect(levels).toEqual(places);
  });

  it('is of the page that is asked for', async () => {
    const page = { width: 8, height: 8, samplesPerPixel: 1, photometric: 1 };
    const dark = { ...page, data: Buffer.alloc(64, 10) };
    const light = { ...page, data: Buffer.alloc(64, 200) };
    const { data } = await preview(makeTiff(dark, light), 2);
    expect(data[0]).toBe(200);
  });

  it('shows white where the picture is transparent', async () => {
    const data = Buffer.alloc(8 * 8 * 4);
    const page = {
      width: 8,
      height: 8,
      samplesPerPixel: 4,
      photometric: 2,
      extraSamples: [2],
      data,
    };
    const { data: seen } = await preview(makeTiff(page));
    expect([...seen.subarray(0, 3)]).toEqual([255, 255, 255]);
  });

  it('ends with its signal', async () => {
    const reason = new Error('enough');
    const tiff = await raw(8, 4, 1).tiff().toBuffer();
    await expect(preview(tiff, 1, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it.each([
    ['UNREADABLE_TIFF', 'is damaged', 5],
    ['UNSUPPORTED_TIFF', 'nobody decodes', 777],
  ])('is the error %s of what %s', async (code, _, compression) => {
    const page = { width: 8, height: 8, samplesPerPixel: 1, photometric: 1, compression };
    const tiff = makeTiff({ ...page, data: Buffer.alloc(64) });
    await expect(preview(tiff)).rejects.toMatchObject({ code });
  });

  it('is read by who reads the page for a JPEG', async () => {
    const page = { width: 2, height: 1, samplesPerPixel: 1, photometric: 1, sampleFormat: 3 };
    const data = Buffer.from(new Float32Array([0, 1]).buffer);
    const { data: seen } = await preview(makeTiff({ ...page, bitsPerSample: 32, data }));
    expect([seen[0], seen.at(-1)]).toEqual([0, 255]);
  });
});
