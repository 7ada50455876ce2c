import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { readTiffHeader } from '../../../../src/lib/convert/header/tiff-header.ts';
import { withLonePage } from '../../../../src/lib/convert/lone-page.ts';
import { copyTiff, newTiff, type OwnTiff } from '../../../../src/lib/convert/own-tiff.ts';
import { tiffPages } from '../../../../src/lib/convert/tiff-pages.ts';
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
  ])('is found first, and nothing behind it; then all is as it was: %s', async (name, layout) => {
    const levels = [10, 20, 30];
    const bytes = makeTiffAs(layout, ...levels.map((level) => grey(16, 8, level)));
    const tiff = await copyTiff(await folder.write('theirs.tif', bytes), folder.path(name));
    const header = await readTiffHeader(tiff.path);
    if (!header) throw new Error('not read');
    for (const [index, page] of header.pages.entries()) {
      await withLonePage(tiff, tiffPages(header, name), index + 1, async (lone) => {
        expect(lone.numbered(index + 1)).toEqual({ ...page, index: 0, alone: true });
        expect((await readTiffHeader(tiff.path))?.pages).toEqual([{ ...page, index: 0 }]);
        const { pages: count = 1 } = await sharp(tiff.path).metadata();
        expect(count).toBe(1);
        expect([...(await sharp(tiff.path).raw().toBuffer())][0]).toBe(levels[index]);
      });
      expect((await readFile(tiff.path)).equals(bytes)).toBe(true);
    }
    const failing = withLonePage(tiff, tiffPages(header, name), 2, () =>
      Promise.reject(new Error('damaged')),
    );
    await expect(failing).rejects.toThrow('damaged');
    expect((await readFile(tiff.path)).equals(bytes)).toBe(true);
  });
});

describe('a file that may be written to', () => {
  it('is made where nothing was, never of what is there', async () => {
    const theirs = await folder.write('there.tif', 'precious');
    await expect(newTiff(theirs)).rejects.toThrow(/^Could not write .*there\.tif/);
    await expect(copyTiff(folder.path('theirs.tif'), theirs)).rejects.toThrow('EEXIST');
    expect(await readFile(theirs, 'utf8')).toBe('precious');
    const made: OwnTiff = await newTiff(folder.path('new.tif'));
    // @ts-expect-error: A path is no file of ours.
    const refused: OwnTiff = { path: theirs };
    expect([made.path, refused.path]).toEqual([folder.path('new.tif'), theirs]);
  });
});
