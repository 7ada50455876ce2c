import { writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { convertInPlace } from '../../../../src/lib/convert/convert-in-place.ts';
import { defaultEncoderSettings } from '../../../../src/lib/convert/encoder-settings.ts';
import { openPictures } from '../../../../src/lib/report/converted-pictures.ts';
import type { PictureSource } from '../../../../src/lib/report/picture-source.ts';
import { withWorkspace } from '../../../../src/lib/workspace.ts';
import { childrenOf } from '../../../support/processes.ts';
import { makeTiff, type TiffPage } from '../../../support/tiff-writer.ts';
import { useFolder } from '../../../support/use-folder.ts';

const folder = useFolder();
const REGION = { left: 20, top: 8, width: 24, height: 16 };

/** Lends pictures of local files. */
async function withPictures<T>(
  use: (pictures: PictureSource) => Promise<T>,
  signal = new AbortController().signal,
): Promise<T> {
  return withWorkspace(async (workspace) => {
    const pictures = await openPictures({ workspace, jobs: 2, signal });
    try {
      return await use(pictures);
    } finally {
      await pictures.close();
    }
  });
}

/** A TIFF in which no pixel is as its neighbours are, and its JPEG. */
async function makeBoth(more: Partial<TiffPage> = {}) {
  const page = { width: 64, height: 48, samplesPerPixel: 3, photometric: 2 };
  const data = Uint8Array.from({ length: 64 * 48 * 3 }, (_, i) => (i * 37 + (i >> 7) * 11) & 255);
  const tiff = await folder.write('scan.tif', makeTiff({ ...page, data, ...more }));
  const jpeg = folder.path('scan.jpg');
  await convertInPlace(tiff, jpeg, { effort: 'fast' });
  return { input: tiff, output: jpeg, page: 1 };
}

const pixels = async (webp: Uint8Array | undefined) =>
  sharp(webp as Uint8Array)
    .removeAlpha()
    .raw()
    .toBuffer();
const cut = (path: string, upright = true) =>
  (upright ? sharp(path).autoOrient() : sharp(path)).toColourspace('srgb').extract(REGION);

function distance(a: Buffer, b: Buffer): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length;
}

describe('a comparison', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'has the TIFF’s very pixels and the JPEG’s, upright (orientation %i)',
    async (orientation) => {
      const both = await makeBoth({ orientation });
      const made = await withPictures((pictures) =>
        pictures.comparison(both, REGION, defaultEncoderSettings),
      );
      const before = await cut(both.input).raw().toBuffer();
      expect(distance(await pixels(made?.before), before)).toBe(0);
      const after = await cut(both.output, false).raw().toBuffer();
      expect(distance(await pixels(made?.after), after)).toBe(0);
    },
  );

  it('turns a JPEG whose orientation is a tag', async () => {
    const both = await makeBoth({ orientation: 6 });
    const lying = await sharp(both.input, { autoOrient: false }).jpeg().toBuffer();
    await writeFile(both.output, await sharp(lying).withMetadata({ orientation: 6 }).toBuffer());
    const made = await withPictures((pictures) =>
      pictures.comparison(both, REGION, defaultEncoderSettings),
    );
    const after = await pixels(made?.after);
    expect(distance(after, await cut(both.output).raw().toBuffer())).toBeLessThan(0.1);
  });

  it('shows what is transparent as its JPEG does', async () => {
    const data = Buffer.alloc(64 * 48 * 4);
    const both = await makeBoth({ samplesPerPixel: 4, extraSamples: [2], data });
    const settings = { ...defaultEncoderSettings, background: '#ff0000' };
    const made = await withPictures((pictures) => pictures.comparison(both, REGION, settings));
    expect([...(await pixels(made?.before)).subarray(0, 3)]).toEqual([255, 0, 0]);
  });

  it('is of a TIFF that another decoder reads', async () => {
    const data = Buffer.from(new Float32Array(64 * 48).fill(1).buffer);
    const both = await makeBoth({
      samplesPerPixel: 1,
      photometric: 1,
      sampleFormat: 3,
      bitsPerSample: 32,
      data,
    });
    const made = await withPictures((pictures) =>
      pictures.comparison(both, REGION, defaultEncoderSettings),
    );
    expect((await pixels(made?.before))[0]).toBe(255);
  });

  it('is of the page that is asked for', async () => {
    const page = { width: 64, height: 48, samplesPerPixel: 1, photometric: 1 };
    const of = (level: number) => ({ ...page, data: Buffer.alloc(64 * 48, level) });
    const both = { ...(await makeBoth(of(10))), page: 2 };
    await writeFile(both.input, makeTiff(of(10), of(200)));
    const made = await withPictures((pictures) =>
      pictures.comparison(both, REGION, defaultEncoderSettings),
    );
    expect((await pixels(made?.before))[0]).toBe(200);
  });

  it.each([
    ['the TIFF is gone', { input: 'gone.tif' }],
    ['the JPEG is gone', { output: 'gone.jpg' }],
  ])('is not there where %s', async (_, gone) => {
    const both = { ...(await makeBoth()), ...gone };
    const made = await withPictures((pictures) =>
      pictures.comparison(both, REGION, defaultEncoderSettings),
    );
    expect(made).toBeUndefined();
  });

  it('takes no JPEG for a TIFF, and a JPEG only for a JPEG', async () => {
    const both = await makeBoth();
    const png = await folder.write('is.png', await sharp(both.output).png().toBuffer());
    await withPictures(async (pictures) => {
      const settings = defaultEncoderSettings;
      const asTiff = { ...both, input: both.output };
      expect(await pictures.comparison(asTiff, REGION, settings)).toBeUndefined();
      expect(await pictures.thumbnail({ ...both, output: png })).toBeUndefined();
      expect(await pictures.comparison(both, REGION, settings)).toBeDefined();
    });
  });
});

describe('a thumbnail', () => {
  it('is small, upright, and a WebP', async () => {
    const both = await makeBoth();
    await sharp({ create: { width: 400, height: 200, channels: 3, background: 'teal' } })
      .withMetadata({ orientation: 6 })
      .toFile(both.output);
    const webp = await withPictures((pictures) => pictures.thumbnail(both));
    expect(await sharp(webp).metadata()).toMatchObject({ format: 'webp', width: 44, height: 88 });
  });
});

describe('a source of pictures', () => {
  it('makes as many at once as it is asked for, and leaves no process', async () => {
    const both = await makeBoth();
    const made = await withPictures((pictures) =>
      Promise.all(Array.from({ length: 5 }, () => pictures.thumbnail(both))),
    );
    expect(made.map((webp) => webp !== undefined)).toEqual(Array(5).fill(true));
    expect(childrenOf(process.pid, 'child.')).toEqual([]);
  });

  it('has nothing more when it was stopped', async () => {
    const both = await makeBoth();
    const webp = await withPictures(({ thumbnail }) => thumbnail(both), AbortSignal.abort());
    expect(webp).toBeUndefined();
  });
});
