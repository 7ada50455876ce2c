import { mkdir, readdir, rm } from 'node:fs/promises';
import sharp from 'sharp';
import { beforeEach, describe, expect, it } from 'vitest';
import type { PageRecord } from '../../../../src/lib/collection/events.ts';
import { convertInPlace } from '../../../../src/lib/convert/convert-in-place.ts';
import { defaultEncoderSettings } from '../../../../src/lib/convert/encoder-settings.ts';
import { regionOf } from '../../../../src/lib/report/gather-pictures.ts';
import { type KeptPictures, keepPictures } from '../../../../src/lib/report/kept-pictures.ts';
import { useConverters } from '../../../support/converters.ts';
import { noisyTiff } from '../../../support/pictures.ts';
import { alike, noted, pageRecord } from '../../../support/report-runs.ts';

const { folder, withConverter } = useConverters();
const never = new AbortController().signal;
let kept: string;
let count = 0;
beforeEach(async () => {
  kept = folder.path(`kept-${++count}`);
  await mkdir(kept);
});

/** Keeps pictures of a TIFF of noise and its JPEG, both of which are gone then. */
async function keep(
  pictures: KeptPictures,
  input: string,
  more: Partial<PageRecord> = {},
  signal = never,
): Promise<PageRecord> {
  const tiff = await folder.write('passing.tif', await noisyTiff(400));
  const jpeg = folder.path('passing.jpg');
  await convertInPlace(tiff, jpeg, { effort: 'fast' });
  const record = pageRecord({ width: 400, height: 400, output: `${input}.jpg`, ...more });
  const source = { input, output: record.output, source_bytes: 1, kind: 'RGB', pixels: 160_000 };
  await withConverter((converter) =>
    pictures.keep({
      source,
      tiff,
      pages: [{ record, jpeg }],
      encoder: defaultEncoderSettings,
      converter,
      signal,
    }),
  );
  for (const path of [tiff, jpeg]) await rm(path);
  return record;
}

/** The comparison of the one page of a file. */
const comparisonOf = (pictures: KeptPictures, input: string, record: PageRecord) =>
  pictures.comparison({ ...record, input }, regionOf(record), defaultEncoderSettings);

describe('pictures of files that are gone', () => {
  it('are a thumbnail, and TIFF and JPEG where they are least alike', async () => {
    const pictures = keepPictures(kept);
    const worst = { x: 336, y: 0, ssim: 0.5 };
    const record = await keep(pictures, 'a/b.tif', { likeness: { ssim: 0.9, psnr_db: 30, worst } });
    const thumbnail = await pictures.thumbnail({ ...record, input: 'a/b.tif' });
    expect(await sharp(thumbnail).metadata()).toMatchObject({ format: 'webp', height: 88 });
    const comparison = await comparisonOf(pictures, 'a/b.tif', record);
    for (const piece of [comparison?.before, comparison?.after])
      expect(await sharp(piece).metadata()).toMatchObject({ width: 320, height: 240 });
    expect(pictures.pathOf('a/b.jpg')).toBeUndefined();
  });

  it('are not there for files that were never seen, and of which none could be made', async () => {
    const pictures = keepPictures(kept);
    const record = await keep(pictures, 'a.tif', {}, AbortSignal.abort());
    for (const input of ['a.tif', 'b.tif']) {
      expect(await pictures.thumbnail({ ...record, input })).toBeUndefined();
      expect(await comparisonOf(pictures, input, record)).toBeUndefined();
    }
  });

  it('are given up where there is no doubt when they become too many', async () => {
    const all = keepPictures(kept);
    const { before, after } = (await comparisonOf(all, 'x', await keep(all, 'x'))) ?? {};
    const bytes = ((before?.length ?? 0) + (after?.length ?? 0)) * 2.5;
    await rm(kept, { recursive: true });
    await mkdir(kept);
    const pictures = keepPictures(kept, bytes);
    const files = {
      'plain.tif': await keep(pictures, 'plain.tif', alike(0.99)),
      'unlike.tif': await keep(pictures, 'unlike.tif', alike(0.5)),
      'warned.tif': await keep(pictures, 'warned.tif', {
        ...alike(0.98),
        ...noted('SAMPLES_SCALED'),
      }),
      'more.tif': await keep(pictures, 'more.tif', alike(0.999)),
    };
    const shown: string[] = [];
    for (const [input, record] of Object.entries(files))
      if (await comparisonOf(pictures, input, record)) shown.push(input);
    expect(shown).toEqual(['unlike.tif', 'warned.tif']);
    expect((await readdir(kept)).filter((name) => !name.includes('jpeg'))).toHaveLength(4);
    for (const [input, record] of Object.entries(files))
      expect(await pictures.thumbnail({ ...record, input })).toBeDefined();
  });
});
