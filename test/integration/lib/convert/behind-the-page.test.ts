import { chmod, readFile, stat, utimes } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { choosePages } from '../../../../src/lib/convert/choose-pages.ts';
import {
  convertInPlace,
  type InPlaceOptions,
} from '../../../../src/lib/convert/convert-in-place.ts';
import { readTiffHeader } from '../../../../src/lib/convert/header/tiff-header.ts';
import { type Converter, openConverter } from '../../../../src/lib/convert/process/converter.ts';
import { previewTiff } from '../../../../src/lib/convert/show-pictures.ts';
import { compareWithTiff } from '../../../../src/lib/convert/verify/compare-with-tiff.ts';
import { inspectionOf } from '../../../support/inspections.ts';
import {
  brokenChains,
  faxPages,
  inAllLayouts,
  type NamedPage,
  samePages,
} from '../../../support/odd-tiffs.ts';
import { decodeJpeg, largestDifference, type Picture } from '../../../support/pixels.ts';
import { makeTiff, makeTiffAs, type TiffPage } from '../../../support/tiff-writer.ts';
import { useFolder } from '../../../support/use-folder.ts';

const folder = useFolder();
let converter: Converter;
let pages: NamedPage[];
/** What a whole and sound TIFF of a scene, or of a fax, becomes. */
let pictures: { readonly scene: Picture; readonly fax: Picture };
beforeAll(async () => {
  converter = openConverter(await folder.make('work'));
  const [scenes, faxes] = [
    await samePages(folder.path('same.tif')),
    await faxPages(folder.path('fax.tif')),
  ];
  pages = [...scenes, ...faxes];
  const soundly = async ([first]: readonly NamedPage[]) =>
    first && (await convert(makeTiff(first[1]))).picture;
  const [scene, fax] = [await soundly(scenes), await soundly(faxes)];
  if (!scene || !fax) throw new Error('No pages were made');
  pictures = { scene, fax };
});
const right = (name: string) => (name.startsWith('Group 4') ? pictures.fax : pictures.scene);
afterAll(() => converter.close());

async function convert(tiff: Buffer, more: InPlaceOptions = {}) {
  return convertFile(await folder.write('scan.tif', tiff), more);
}

async function convertFile(input: string, more: InPlaceOptions = {}) {
  const made = await convertInPlace(input, folder.path('scan.jpg'), {
    converter,
    effort: 'fast',
    chromaSubsampling: '4:4:4',
    silenceMs: 600_000,
    ...more,
  });
  return { made, picture: await decodeJpeg(folder.path('scan.jpg')) };
}

/** Whatever is done with a file, it stays as it is. */
async function untouched<T>(path: string, work: () => Promise<T>): Promise<T> {
  const past = new Date('2001-02-03T04:05:06Z');
  await utimes(path, past, past);
  await chmod(path, 0o444);
  const before = await readFile(path);
  const result = await work();
  expect((await readFile(path)).equals(before)).toBe(true);
  const { mtimeMs, mode } = await stat(path);
  expect({ mtimeMs, mode: mode & 0o777 }).toEqual({ mtimeMs: past.getTime(), mode: 0o444 });
  await chmod(path, 0o644);
  return result;
}

describe.each(brokenChains)('a page before %s', (_, chainBreak, make) => {
  it('is converted with a warning, in every byte order, cut and compression, and its file is not touched', async () => {
    const from = brokenChains.findIndex(([, one]) => one === chainBreak);
    for (const [name, page, layout] of inAllLayouts(pages, from)) {
      const tiff = await make(page, layout);
      const input = await folder.write('scan.tif', tiff);
      expect((await readTiffHeader(input))?.chainBreak, name).toBe(chainBreak);
      const { made, picture } = await untouched(input, () => convertFile(input));
      expect(largestDifference(picture, right(name)), name).toBe(0);
      expect(made.notes, name).toMatchObject([{ code: 'PAGES_UNREACHABLE' }]);
      expect((await inspectionOf(tiff)).error, name).toBeUndefined();
      await expect(choosePages(input, 'all', 'scan.tif'), name).rejects.toThrow(
        '"scan.tif" is damaged: its list of pages is broken',
      );
      expect((await inspectionOf(tiff, { pages: 'all' })).error?.message, name).toMatch(
        /its list of pages is broken/,
      );
    }
  });
});

const page: TiffPage = {
  width: 32,
  height: 16,
  samplesPerPixel: 3,
  photometric: 2,
  data: Buffer.from(Array.from({ length: 32 * 16 * 3 }, (_, i) => (i * 5) % 256)),
};

describe('a directory that is not needed', () => {
  it.each<[string, Partial<TiffPage>]>([
    ['an old-style JPEG', { compression: 6 }],
    ['ZSTD', { compression: 50_000 }],
    ['LZMA', { compression: 34_925 }],
    ['no size', { width: 0, data: Buffer.alloc(0) }],
    ['no strips', { without: [273] }],
    ['no sizes of its strips', { compression: 32_773, without: [279] }],
    ['a palette without colours', { samplesPerPixel: 1, photometric: 3, bitsPerSample: 4 }],
    ['two Orientations', { entries: [{ tag: 274, type: 3, values: [1, 1] }] }],
    ['SampleFormat 7', { entries: [{ tag: 339, type: 3, values: [7, 7, 7] }] }],
    ['tiles of 24 × 16', { tile: { width: 24, height: 16 } }],
  ])('does not keep the others from being converted: %s', async (_, other) => {
    const odd = { ...page, ...other };
    const { picture: right } = await convert(makeTiff(page));
    for (const [tiff, number] of [
      [makeTiff(page, odd), 1],
      [makeTiff(page, odd, page), 3],
      [makeTiff(odd, page), 2],
    ] as const) {
      const { made, picture } = await convert(tiff, { page: number });
      expect(largestDifference(picture, right)).toBe(0);
      expect(made.notes).toEqual([]);
      const { error } = await inspectionOf(tiff, { pages: number });
      expect(error).toBeUndefined();
    }
    expect((await convert(makeTiff(page, odd))).made.notes).toMatchObject([
      { code: 'PAGES_NOT_CONVERTED' },
    ]);
  });
});

describe('a file whose chain of pages is broken', () => {
  const broken = makeTiffAs({ next: 3 }, page);

  it('is reported with what cannot be reached', async () => {
    const { made } = await convert(broken);
    expect(made.notes[0]?.message).toBe(
      "The TIFF's list of pages breaks off after directory 1: there is no directory at the offset of the next one, so at least 1 cannot be reached",
    );
  });

  it('is not converted with a setting that is refused', async () => {
    const two = makeTiffAs({ next: 3 }, page, page);
    const { made } = await convert(two);
    expect(made.notes).toContainEqual({
      code: 'PAGES_NOT_CONVERTED',
      message: 'Only page 1 of 2 is converted (convert each by its number)',
    });
    expect((await convert(two, { page: 2 })).made.notes).toMatchObject([
      { code: 'PAGES_UNREACHABLE' },
    ]);
    const { losses } = await inspectionOf(two);
    expect(losses.filter(({ kind }) => kind === 'pages')).toEqual([
      { kind: 'pages', message: 'Page 2 of 2 is not converted' },
      expect.objectContaining({
        message: expect.stringContaining('list of pages is broken'),
      }),
    ]);
  });

  it('is compared and shown, too, and not modified', async () => {
    const input = await folder.write('kept.tif', broken);
    const jpeg = folder.path('kept.jpg');
    const signal = new AbortController().signal;
    await untouched(input, async () => {
      await convertInPlace(input, jpeg, { converter, silenceMs: 600_000 });
      expect(await compareWithTiff(input, jpeg, { converter })).toMatchObject({
        ssim: expect.any(Number),
      });
      const most = { width: 32, height: 16 };
      await previewTiff(input, folder.path('kept.png'), {
        name: 'kept.tif',
        page: 1,
        most,
        converter,
        signal,
      });
    });
  });

  it('needs disk space for a copy', async () => {
    const { error } = await inspectionOf(broken, { limits: { diskBytes: broken.length - 1 } });
    expect(error?.code).toBe('WRITE_FAILED');
    const sound = await inspectionOf(makeTiff(page), { limits: { diskBytes: 1 } });
    expect(sound.error).toBeUndefined();
  });
});
