import { beforeEach, describe, expect, it } from 'vitest';
import { choosePages, inspectFile } from '../../../../src/lib/api/inspect-file.ts';
import { makeFolder, type TestFolder } from '../../../support/folder.ts';
import { makeTiff } from '../../../support/tiff-writer.ts';

let folder: TestFolder;
let two: string;
beforeEach(async () => {
  folder = await makeFolder();
  const page = { width: 8, height: 8, samplesPerPixel: 1, photometric: 1, data: Buffer.alloc(64) };
  two = await folder.write('two.tif', makeTiff(page, page));
  return () => folder.remove();
});

describe('inspectFile', () => {
  it('needs only a path', async () => {
    expect(await inspectFile(two)).toMatchObject({ pages: 2, losses: [{ kind: 'pages' }] });
    expect((await inspectFile(two, { pages: 'all' })).losses).toEqual([]);
  });

  it('names the option that avoids a loss', async () => {
    const { losses } = await inspectFile(two);
    expect(losses).toMatchObject([{ kind: 'pages', avoidedBy: "pages: 'all'" }]);
  });

  it('calls the file by its name in messages', async () => {
    await expect(inspectFile(two, { pages: 3 })).rejects.toThrow('"two.tif" has 2 pages');
  });

  it('lists all wrong options', async () => {
    await expect(inspectFile(two, { quality: 0, pages: 0 })).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      problems: [
        'quality must be a whole number from 1 to 100, not 0',
        'pages must be first, all, the number of a page, or a list such as 1-3,5, not 0',
      ],
    });
  });
});

describe('choosePages', () => {
  it('needs only a path', async () => {
    expect(await choosePages(two)).toEqual({ numbers: [1, 2] });
    expect(await choosePages(two, 'first')).toEqual({ numbers: [1] });
    await expect(choosePages(two, 3)).rejects.toMatchObject({ code: 'NO_SUCH_PAGE' });
  });

  it('refuses an invalid choice of pages', async () => {
    await expect(choosePages(two, 1.5)).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });
});
