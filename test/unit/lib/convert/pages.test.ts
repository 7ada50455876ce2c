import { describe, expect, it } from 'vitest';
import { choosePages } from '../../../../src/lib/convert/choose-pages.ts';
import { convertInPlace } from '../../../../src/lib/convert/convert-in-place.ts';
import { readTiffHeader } from '../../../../src/lib/convert/header/tiff-header.ts';
import {
  pageNumbered,
  pagesOf,
  pagesProblem,
  parsePages,
} from '../../../../src/lib/convert/pages.ts';
import { hasSharedTiffs, noSharedTiffs, sharedTiffs } from '../../../support/shared-tiffs.ts';
import { makeTiff, makeTiffAs, type TiffPage } from '../../../support/tiff-writer.ts';
import { useFolder } from '../../../support/use-folder.ts';

const folder = useFolder();
const SHORT = 3;

/** A page that is told by its width. */
const page = (width: number, differs: Partial<TiffPage> = {}): TiffPage => ({
  width,
  height: 8,
  samplesPerPixel: 1,
  photometric: 1,
  data: new Uint8Array(width * 8).fill(width),
  ...differs,
});
/** With the older SubfileType (TIFF 6.0, section 8): 1 full, 2 reduced, 3 page of several. */
const old = (width: number, type: number) =>
  page(width, { entries: [{ tag: 255, type: SHORT, values: [type] }] });

async function headerOf(tiff: Buffer) {
  const header = await readTiffHeader(await folder.write('pages.tif', tiff));
  if (!header) throw new Error('The test has written no TIFF');
  return header;
}
const widthsOf = async (...pages: TiffPage[]) =>
  pagesOf(await headerOf(makeTiff(...pages))).map(({ width }) => width);

describe('the pages of a TIFF', () => {
  it('are all its full-resolution pictures, in their order', async () => {
    expect(await widthsOf(page(30), page(10), page(20, { subfileType: 2 }))).toEqual([30, 10, 20]);
  });

  it.each([
    ['a thumbnail before the picture', [page(8, { subfileType: 1 }), page(64)]],
    ['a thumbnail of a page of several', [page(8, { subfileType: 3 }), page(64)]],
    ['a mask behind it', [page(64), page(64, { subfileType: 4 })]],
    ['a mask of a thumbnail', [page(64), page(8, { subfileType: 5 })]],
    [
      'the steps of a pyramid',
      [64, 32, 16, 8].map((w) => page(w, { subfileType: w < 64 ? 1 : 0 })),
    ],
    ['a thumbnail as TIFF 5.0 says it', [old(8, 2), old(64, 1)]],
  ])('are not %s', async (_, pages) => {
    expect(await widthsOf(...pages)).toEqual([64]);
  });

  it('are also those that TIFF 5.0 calls pages of several', async () => {
    expect(await widthsOf(old(64, 3), old(32, 3))).toEqual([64, 32]);
  });

  it('are the largest picture where the file has nothing but reduced ones', async () => {
    const reduced = [8, 64, 32].map((width) => page(width, { subfileType: 1 }));
    expect(await widthsOf(...reduced)).toEqual([64]);
  });
});

describe('a page by its number', () => {
  it('is counted from 1, without what is no page', async () => {
    const header = await headerOf(makeTiff(page(8, { subfileType: 1 }), page(64), page(32)));
    expect(pageNumbered(header, 2, 'x.tif')).toMatchObject({ width: 32, index: 2 });
  });

  it.each([
    [[page(8)], 2, '"x.tif" has only one page, so there is no page 2.'],
    [[page(8), page(16), page(24)], 4, '"x.tif" has 3 pages, so there is no page 4.'],
  ])('that is not there is an error that says how many there are', async (pages, number, text) => {
    const header = await headerOf(makeTiff(...pages));
    expect(() => pageNumbered(header, number, 'x.tif')).toThrow(text);
  });

  it('that may have been lost with the rest of the list says that, too', async () => {
    const header = await headerOf(makeTiffAs({ next: 1_000_000 }, page(8)));
    // Not all either: of a broken list that is refused.
    expect(() => pageNumbered(header, 2, 'x.tif')).toThrow(
      /^"x\.tif" has only one page that can be found \(its list of pages is broken\), so there is no page 2\. Choose another\.$/,
    );
  });

  it('is not guessed in a TIFF without a readable directory', async () => {
    const path = await folder.write('cut.tif', makeTiff(page(8)).subarray(0, 8));
    await expect(convertInPlace(path, folder.path('cut.jpg'), { page: 2 })).rejects.toMatchObject({
      code: 'UNREADABLE_TIFF',
      message: expect.stringContaining('"cut.tif" is damaged: it has no readable directory'),
    });
  });
});

describe('a choice of pages', () => {
  it.each([['first'], ['all'], ['1'], ['10000'], ['1-3,5'], ['2,4']])('can be %s', (text) => {
    expect(pagesProblem(text)).toBeUndefined();
    expect(String(parsePages(text))).toBe(text);
  });

  it.each([[''], ['0'], ['-1'], ['1.5'], ['01'], ['First'], ['1,'], ['1-'], ['1, 2'], ['1,all']])(
    'cannot be "%s"',
    (text) =>
      expect(pagesProblem(text)).toBe(
        'must be first, all, the number of a page, or a list such as 1-3,5',
      ),
  );

  it('cannot be a range that ends before it begins, or a list of more pages than a TIFF has', () => {
    expect(pagesProblem('1,5-3')).toContain('ends before it begins, as 5-3');
    expect(pagesProblem('1-10001')).toContain('after 10000');
  });

  it.each([
    ['3,1', '1,3'],
    ['5,1-2,3', '1-3,5'],
    ['2-6,3-4,6-7', '2-7'],
    ['4,4-4', '4'],
  ])('%s is the same as %s', (text, same) => {
    expect(String(parsePages(text))).toBe(same);
    expect(parsePages(text)).toBe(parsePages(same));
  });

  it.each([
    ['first', [1]],
    ['all', [1, 2, 3]],
    [2, [2]],
    ['1-2', [1, 2]],
    ['1,3', [1, 3]],
  ] as const)('%s of three stands for %j', async (pages, numbers) => {
    const path = await folder.write('three.tif', makeTiff(page(8), page(16), page(24)));
    expect((await choosePages(path, pages, 'three.tif')).numbers).toEqual(numbers);
  });

  it.each([
    [[page(8)], 'Convert page 1 alone, by its number, or check where the TIFF came from.'],
    [
      [page(8), page(16)],
      'Convert pages 1 to 2 by their numbers, or check where the TIFF came from.',
    ],
  ])(
    'of all is refused where the list of pages breaks off, and those before it can be asked for',
    async (pages, advice) => {
      const path = await folder.write('broken.tif', makeTiffAs({ next: 999_999 }, ...pages));
      await expect(choosePages(path, 'all', 'broken.tif')).rejects.toThrow(
        `"broken.tif" is damaged: its list of pages is broken. ${advice}`,
      );
      for (const asked of ['first', 1, pages.length] as const)
        expect((await choosePages(path, asked, 'broken.tif')).numbers).toHaveLength(1);
    },
  );
});

describe.skipIf(!hasSharedTiffs)(
  `the pages of real TIFFs${hasSharedTiffs ? '' : `: ${noSharedTiffs}`}`,
  () => {
    const files = Object.fromEntries(sharedTiffs().map(({ file, path }) => [file, path]));

    it.each([
      [
        'Pillow__multipage.tiff',
        [
          [10, 10],
          [10, 10],
          [20, 20],
        ],
      ],
      [
        'sharp__G31D_MULTI.TIF',
        [
          [2464, 3248],
          [1232, 1624],
        ],
      ],
      [
        'libtiff-sdl__tiff_with_subifd_chain.tif',
        [
          [1024, 512],
          [1024, 512],
        ],
      ],
    ])('%s are each converted in their own size', async (file, sizes) => {
      const path = files[file] ?? '';
      const { header, numbers } = await choosePages(path, 'all', file);
      const made = [];
      for (const number of numbers) {
        const options = { header, page: number, effort: 'fast' } as const;
        const { width, height } = await convertInPlace(path, folder.path('page.jpg'), options);
        made.push([width, height]);
      }
      expect(made).toEqual(sizes);
    });
  },
);
