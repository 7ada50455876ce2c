import { readdir } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { convertInPlace } from '../../../../../src/lib/convert/convert-in-place.ts';
import { defaultEncoderSettings } from '../../../../../src/lib/convert/encoder-settings.ts';
import { openPage, pageRequestFor } from '../../../../../src/lib/convert/open-page.ts';
import { tiffPages } from '../../../../../src/lib/convert/tiff-pages.ts';
import { compareWithTiff } from '../../../../../src/lib/convert/verify/compare-with-tiff.ts';
import { useComparisons } from '../../../../support/comparisons.ts';
import { pid } from '../../../../support/converters.ts';
import { randomNumbers } from '../../../../support/noise.ts';
import { raw } from '../../../../support/pictures.ts';
import { decodeJpeg } from '../../../../support/pixels.ts';
import { headerOf } from '../../../../support/tiff-headers.ts';
import { makeTiff } from '../../../../support/tiff-writer.ts';
import { changed, encodeWrong } from '../../../../support/wrong-jpegs.ts';

const { folder, converter, draw, compare, verify } = useComparisons();

describe('a comparison', () => {
  it('finds the place where the JPEG is least like its TIFF, and the difference', async () => {
    const width = 320;
    const random = randomNumbers(9);
    // Paper, with grain in one place: nothing of that survives.
    const data = Uint8Array.from({ length: width * 256 }, (_, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      return x >> 6 === 3 && y >> 6 === 2 ? 200 + random() * 16 : x >> 2;
    });
    const page = { width, height: 256, samplesPerPixel: 1, photometric: 1 };
    const tiff = await folder.write('grain.tif', makeTiff({ ...page, data }));
    const { likeness } = await verify(tiff, { quality: 60 });
    expect(likeness.worst).toMatchObject({ x: 192, y: 128 });
    expect(likeness.worst?.ssim).toBeLessThan(likeness.ssim - 0.05);
  });

  it('accepts bounds, from anything to no difference', async () => {
    const tiff = await draw();
    const pixels = await sharp(tiff).raw().toBuffer({ resolveWithObject: true });
    const picture = { ...pixels.info, data: pixels.data };
    const shifted = changed(picture, (x, y, c, at) => at(x, y + 1, c));
    const jpeg = await folder.write('shifted.jpg', await encodeWrong(shifted));
    const bounds = { psnrDb: 99, ssim: 2, areaDb: 99, levels: 99 };
    const likeness = await compareWithTiff(tiff, jpeg, { bounds, converter: converter() });
    expect(likeness.psnr_db).toBeLessThan((likeness.expected?.psnr_db ?? 0) - 2);
    const none = compareWithTiff(tiff, jpeg, {
      bounds: { psnrDb: 0, ssim: 0, areaDb: 0, levels: 0 },
      converter: converter(),
    });
    await expect(none).rejects.toThrow(/PSNR [\d.]+ dB, at least [\d.]+ dB expected; SSIM 0\.\d+/);
  });

  it('agrees with a JPEG decoder and a measurement of others', async () => {
    const tiff = await draw();
    const jpeg = folder.path('measured.jpg');
    await convertInPlace(tiff, jpeg, { converter: converter() });
    const { psnr_db } = await compare(tiff, jpeg);
    const { data } = await sharp(tiff).raw().toBuffer({ resolveWithObject: true });
    const decoded = await decodeJpeg(jpeg);
    let sum = 0;
    for (const [i, level] of decoded.data.entries()) sum += (level - (data[i] ?? 0)) ** 2;
    expect(psnr_db).toBeCloseTo(10 * Math.log10(255 ** 2 / (sum / data.length)), 6);
  });

  it('leaves no file, and keeps its process', async () => {
    const tiff = await draw({ orientation: 6 });
    await verify(tiff);
    const before = pid();
    const black = await folder.write('black.jpg', await raw(64, 64, 3).jpeg().toBuffer());
    await expect(compare(tiff, black)).rejects.toMatchObject({ code: 'UNLIKE' });
    expect(pid()).toBe(before);
    expect(await readdir(converter().temporaryFolder)).toEqual([]);
  });

  it('of a TIFF that is damaged is about the TIFF', async () => {
    const page = { width: 8, height: 8, samplesPerPixel: 1, photometric: 1, compression: 5 };
    const tiff = await folder.write(
      'damaged.tif',
      makeTiff({ ...page, data: Buffer.alloc(64, 255) }),
    );
    const jpeg = await folder.write('any.jpg', await raw(8, 8, 1).jpeg().toBuffer());
    await expect(compare(tiff, jpeg)).rejects.toMatchObject({ code: 'UNREADABLE_TIFF' });
  });

  it('ends with its signal', async () => {
    const reason = new Error('enough');
    const tiff = await draw();
    const options = { converter: converter(), signal: AbortSignal.abort(reason) };
    await expect(compareWithTiff(tiff, folder.path('scan.jpg'), options)).rejects.toBe(reason);
  });

  it('that does not fit into memory is not started', async () => {
    const tiff = await draw();
    const options = { converter: converter(), budget: { memoryBytes: 1024 * 1024 } };
    const refused = compareWithTiff(tiff, folder.path('scan.jpg'), options);
    await expect(refused).rejects.toMatchObject({
      code: 'OUT_OF_MEMORY',
      message: expect.stringMatching(
        /Comparing "scan.tif" with its JPEG takes about \d+ MB, and 1 MB/,
      ),
    });
  });
});

describe('a JPEG that is named .tif', () => {
  it('is refused as a source', async () => {
    const jpeg = await folder.write('photo.tif', await raw(64, 64, 3).jpeg().toBuffer());
    await expect(compare(jpeg, jpeg)).rejects.toMatchObject({ code: 'NOT_A_TIFF' });
  });

  it.each(['compared', 'converted'])(
    'can be read by nobody in the process, where JPEGs were read before: %s',
    async (what) => {
      await verify(await draw());
      const jpeg = await folder.write('photo.tif', await raw(64, 64, 3).jpeg().toBuffer());
      const bounds = { psnrDb: 99, ssim: 2, areaDb: 99, levels: 99 };
      // Past the look at its signature.
      const page = { width: 1, height: 1, samplesPerPixel: 1, photometric: 1 };
      const header = await headerOf(makeTiff({ ...page, data: new Uint8Array(1) }));
      const opened = await openPage(jpeg, { tiff: tiffPages(header, 'scan.jpg') });
      const output = folder.path('out.jpg');
      const request = pageRequestFor(opened, defaultEncoderSettings, { output, jpeg });
      const how = { ...request, turn: 'none' } as const;
      const converted = converter().convert(
        what === 'compared'
          ? { kind: 'comparison', ...how, jpegName: 'photo.jpg', bounds }
          : { kind: 'jpeg', ...how, effort: 'fast' },
      );
      await expect(converted).rejects.toMatchObject({
        code: 'UNREADABLE_TIFF',
        message: expect.stringContaining('unsupported image format'),
      });
    },
  );
});
