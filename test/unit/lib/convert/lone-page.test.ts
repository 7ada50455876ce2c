import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { readTiffHeader } from '../../../../src/lib/convert/header/tiff-header.ts';
import { makeLonePage } from '../../../../src/lib/convert/lone-page.ts';
import { grey } from '../../../support/paged-tiffs.ts';
import { makeTiffAs } from '../../../support/tiff-writer.ts';
import { useFolder } from '../../../support/use-folder.ts';

const folder = useFolder();

describe('a page that is made the only one of its file', () => {
  it.each([
    ['little-endian', {}],
    ['big-endian', { bigEndian: true }],
    ['BigTIFF', { big: true }],
    ['big-endian BigTIFF', { big: true, bigEndian: true }],
  ])('is found first, and nothing behind it, page after page: %s', async (_, layout) => {
    const levels = [10, 20, 30];
    const pages = levels.map((level) => grey(16, 8, level));
    const path = await folder.write('pages.tif', makeTiffAs(layout, ...pages));
    const header = await readTiffHeader(path);
    expect(header?.pages).toHaveLength(3);
    // In any order: what was written for one must not hide another.
    for (const number of [1, 2, 0, 1]) {
      const page = header?.pages[number];
      if (!header || !page) throw new Error('not read');
      const lone = await makeLonePage(path, header, page);
      expect(lone).toEqual({ ...page, index: 0, alone: true });
      expect((await readTiffHeader(path))?.pages).toEqual([{ ...page, index: 0 }]);
      const { pages: count = 1 } = await sharp(path).metadata();
      expect(count).toBe(1);
      expect([...(await sharp(path).raw().toBuffer())][0]).toBe(levels[number]);
    }
  });
});
