import { execFile } from 'node:child_process';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findInputs } from '../../../../../src/lib/collection/inputs/find-inputs.ts';
import { FileError } from '../../../../../src/lib/errors.ts';
import { makeFolder, type TestFolder } from '../../../../support/folder.ts';
import { findIn, layOut } from '../../../../support/found-inputs.ts';

let folder: TestFolder;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => folder.remove());

const APPLE_DOUBLE = Buffer.from('0005160700020000', 'hex');

describe('a file that is named', () => {
  it('is used, whatever its name and content', async () => {
    await layOut(folder, 'a.dat', ['b.tif', 'no TIFF'], ['._c.tif', APPLE_DOUBLE], 'd.dng');
    const names = ['a.dat', 'b.tif', '._c.tif', 'd.dng'];
    const found = await findIn(folder, { paths: names.map(folder.path) });
    expect(found).toEqual({ inputs: names, names, unread: [], warnings: [], codes: [] });
  });

  it('is used even if it is missing; its conversion reports that', async () => {
    const { inputs } = await findIn(folder, { paths: [folder.path('scan (1).tif')] });
    expect(inputs).toEqual(['scan (1).tif']);
  });

  it('keeps only its own name in another folder', async () => {
    await layOut(folder, 'deep/er/a.tif');
    const { names } = await findIn(folder, { paths: [folder.path('deep/er/a.tif')] });
    expect(names).toEqual(['a.tif']);
  });

  it('is used in the order of the command line', async () => {
    await layOut(folder, 'a.tif', 'b/c.tif', 'd.tif');
    const paths = ['d.tif', 'b', 'a.tif'].map(folder.path);
    expect((await findIn(folder, { paths })).inputs).toEqual(['d.tif', 'b/c.tif', 'a.tif']);
  });
});

describe('a folder', () => {
  it('stands for the TIFFs that lie in it', async () => {
    await layOut(folder, 'a.tif', 'b.TIFF', 'sub/c.tif', ['notes.txt', 'scan.tif']);
    expect((await findIn(folder, { paths: [folder.root] })).inputs).toEqual(['a.tif', 'b.TIFF']);
  });

  it('stands for those below it, too, when it is searched recursively, and they keep their place', async () => {
    await layOut(folder, 'in/a.tif', 'in/sub/b.tif', 'in/sub/deep/c.tif');
    const { inputs, names } = await findIn(folder, { paths: [folder.path('in')], recursive: true });
    expect(names).toEqual(['a.tif', 'sub/b.tif', 'sub/deep/c.tif']);
    expect(inputs).toEqual(names.map((name) => `in/${name}`));
  });

  it('with others in it says that these are not searched, unless it is recursively', async () => {
    await layOut(folder, 'in/a.tif', 'in/box/b.tif');
    const found = await findIn(folder, { paths: [folder.path('in')] });
    expect(found).toMatchObject({ inputs: ['in/a.tif'], codes: ['FOLDERS_UNSEARCHED'] });
    expect(found.warnings[0]).toMatch(/in were not searched\. Use --recursive/);
    const all = await findIn(folder, { paths: [folder.path('in')], recursive: true });
    expect(all.codes).toEqual([]);
  });

  it('is searched in the order in which people count, folders and files by their names', async () => {
    await layOut(folder, 'scan10.tif', 'scan2.tif', 'scan2b/x.tif', 'Scan3.tif', 'b.tif');
    const { inputs } = await findIn(folder, { paths: [folder.root], recursive: true });
    expect(inputs).toEqual(['b.tif', 'scan2.tif', 'scan2b/x.tif', 'Scan3.tif', 'scan10.tif']);
  });

  it('holds TIFFs by content, too: of both byte orders, and BigTIFFs', async () => {
    await layOut(
      folder,
      ['a', 'II*\0'],
      ['b.jpg', 'MM\0*'],
      ['c.dat', 'II+\0'],
      ['d.bin', 'MM\0+'],
      ['e.bin', 'II*'],
      ['f', ''],
    );
    const { inputs } = await findIn(folder, { paths: [folder.root] });
    expect(inputs).toEqual(['a', 'b.jpg', 'c.dat', 'd.bin']);
  });

  it('holds by name also damaged TIFFs, so that they are reported', async () => {
    await layOut(folder, ['empty.tif', ''], ['jpeg.tif', '\xff\xd8']);
    expect((await findIn(folder, { paths: [folder.root] })).inputs).toHaveLength(2);
  });

  it('does not hold macOS’s companion files, but TIFFs with such names', async () => {
    await layOut(folder, 'a.tif', ['._a.tif', APPLE_DOUBLE], '._b.tif');
    const { inputs, warnings } = await findIn(folder, { paths: [folder.root] });
    expect(inputs).toEqual(['._b.tif', 'a.tif']);
    expect(warnings).toEqual([]);
  });

  it('does not hold raw files of cameras, although they begin as TIFFs do', async () => {
    await layOut(folder, 'a.tif', 'a.DNG', 'a.nef');
    expect((await findIn(folder, { paths: [folder.root] })).inputs).toEqual(['a.tif']);
  });

  it('holds hidden files and folders', async () => {
    await layOut(folder, '.a.tif', '.sub/b.tif');
    const { inputs } = await findIn(folder, { paths: [folder.root], recursive: true });
    expect(inputs.sort()).toEqual(['.a.tif', '.sub/b.tif']);
  });

  it('may hold pipes and folders with names of TIFFs, which are skipped', async () => {
    await layOut(folder, 'a.tif', 'folder.tif/b.tif');
    await promisify(execFile)('mkfifo', [folder.path('pipe.tif'), folder.path('pipe')]);
    expect((await findIn(folder, { paths: [folder.root] })).inputs).toEqual(['a.tif']);
  });

  it('may hold names of all kinds', async () => {
    const odd = [
      '-r.tif',
      ' lead.tif',
      'a b.tif',
      'new\nline.tif',
      '🗺️.tif',
      "it's.tif",
      'q"*?[1].tif',
    ];
    const accented = ['e\u0301.tif', '\u00e9.tif'];
    await layOut(folder, ...odd, ...accented);
    const { inputs } = await findIn(folder, { paths: [folder.root] });
    expect([...inputs].sort()).toEqual([...odd, ...accented].sort());
    expect(await findIn(folder, { paths: odd.map(folder.path) })).toMatchObject({ inputs: odd });
  });

  it('without a TIFF is an error that says what would help', async () => {
    await layOut(folder, ['empty/notes.txt', ''], 'deep/er/a.tif');
    await mkdir(folder.path('links'));
    await symlink(folder.path('deep'), folder.path('links/deep'));
    const find = (names: readonly string[], recursive = false) =>
      findIn(folder, { paths: names.map(folder.path), recursive });
    await expect(find(['empty'])).rejects.toThrow(FileError);
    await expect(find(['empty'])).rejects.toThrow(/^There is no TIFF in the folder .*empty\. Name/);
    await expect(find(['deep'])).rejects.toThrow(/no TIFF in the folder .*deep\. Use --recursive/);
    await expect(find(['links'], true)).rejects.toThrow(/folders are not followed: .*links\/deep/);
    await expect(find(['deep/er', 'empty'])).rejects.toThrow(/empty/);
  });
});

describe('a link', () => {
  it('to a file is followed; a broken one is reported by its conversion', async () => {
    await layOut(folder, 'in/a.tif', 'elsewhere/b.tif', 'elsewhere/c');
    await symlink('../elsewhere/b.tif', folder.path('in/link.tif'));
    await symlink('../elsewhere/c', folder.path('in/by-content'));
    await symlink('../gone.tif', folder.path('in/nowhere.tif'));
    await symlink('../gone', folder.path('in/nowhere'));
    await symlink('/dev/null', folder.path('in/device.tif'));
    const { names, warnings } = await findIn(folder, { paths: [folder.path('in')] });
    expect(names).toEqual(['a.tif', 'by-content', 'link.tif', 'nowhere.tif']);
    expect(warnings).toEqual([]);
  });

  it('to a folder is followed if it is named, and reported if it is found', async () => {
    await layOut(folder, 'real/a.tif', 'in/b.tif');
    await symlink('../real', folder.path('in/link'));
    await symlink('..', folder.path('in/up'));
    const found = await findIn(folder, { paths: [folder.path('in')], recursive: true });
    expect(found).toMatchObject({ inputs: ['in/b.tif'], codes: ['FOLDER_LINKS'] });
    expect(found.warnings[0]).toContain('not followed: in/link, in/up.');
    const named = await findIn(folder, { paths: [folder.path('in/link')] });
    expect(named.inputs).toEqual(['in/link/a.tif']);
  });
});

describe('a file with several names', () => {
  it('is found once, silently, by the same path', async () => {
    await layOut(folder, 'a.tif', 'sub/b.tif');
    const paths = [folder.path('sub/b.tif'), folder.root, `${folder.root}/./a.tif`];
    const found = await findIn(folder, { paths, recursive: true });
    expect(found).toMatchObject({ inputs: ['sub/b.tif', 'a.tif'], warnings: [] });
  });

  it('is found once by the name that is not a link’s, which is reported', async () => {
    await layOut(folder, 'scan3.tif', 'z.tif');
    await symlink('scan3.tif', folder.path('latest.tif'));
    const found = await findIn(folder, { paths: [folder.root] });
    expect(found).toMatchObject({ inputs: ['scan3.tif', 'z.tif'], codes: ['SAME_FILE'] });
    expect(found.warnings[0]).toContain('same file: latest.tif.');
  });

  it('is found once, if all its names are links', async () => {
    await layOut(folder, 'real.tif');
    await mkdir(folder.path('in'));
    for (const name of ['b.tif', 'a.tif']) await symlink('../real.tif', folder.path(`in/${name}`));
    const { inputs } = await findIn(folder, { paths: [folder.path('in')] });
    expect(inputs).toEqual(['in/a.tif']);
  });
});

/** Any user that is not root and owns nothing: root can read everything. */
const NOBODY = 65_534;

describe('a folder that cannot be read', () => {
  const asNobody = async (work: () => Promise<void>) => {
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) {
      await chmod(folder.root, 0o755);
      process.seteuid?.(NOBODY);
    }
    try {
      await work();
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  };

  it('is reported by name, and the others are searched', async () => {
    await layOut(folder, 'a.tif', 'locked/b.tif', 'open/c.tif');
    await chmod(folder.path('locked'), 0);
    await asNobody(async () => {
      const found = await findIn(folder, { paths: [folder.root], recursive: true });
      expect(found).toMatchObject({
        inputs: ['a.tif', 'open/c.tif'],
        unread: [
          'locked: Could not read this folder: permission denied (EACCES). TIFFs in it are missing. Check its permissions.',
        ],
      });
      const paths = ['locked', 'a.tif', 'locked/../locked'].map(folder.path);
      const named = await findIn(folder, { paths });
      expect(named).toMatchObject({
        inputs: ['a.tif'],
        unread: [expect.stringMatching(/^locked: /)],
      });
    });
  });

  it('is reported alone when there is nothing else', async () => {
    await layOut(folder, 'locked/b.tif');
    await chmod(folder.path('locked'), 0);
    await asNobody(async () => {
      expect(await findIn(folder, { paths: [folder.root], recursive: true })).toMatchObject({
        inputs: [],
        unread: [expect.stringMatching(/^locked: Could not read this folder: permission denied/)],
      });
    });
  });

  it('does not hide readable files, and unreadable ones that may be TIFFs are reported', async () => {
    await layOut(folder, 'a.tif', 'b.tif', 'scan', 'x.nef');
    for (const name of ['b.tif', 'scan', 'x.nef']) await chmod(folder.path(name), 0);
    await asNobody(async () => {
      const found = await findIn(folder, { paths: [folder.root] });
      expect(found).toMatchObject({ inputs: ['a.tif', 'b.tif'], codes: [] });
      expect(found.unread).toEqual([
        'scan: Could not read this file, which may be a TIFF: permission denied (EACCES). Check its permissions.',
      ]);
      const named = await findIn(folder, { paths: [folder.root, folder.path('scan')] });
      expect(named).toMatchObject({ inputs: ['a.tif', 'b.tif', 'scan'], unread: [] });
      expect(await findIn(folder, { paths: [folder.root], exclude: ['*.tif'] })).toMatchObject({
        inputs: [],
        unread: [expect.stringMatching(/^scan: Could not read this file/)],
      });
    });
  });
});

describe('an input that is not a local file', () => {
  const isElsewhere = (path: string) => path.startsWith('r2://');

  it('is used literally, in its place, each name once', async () => {
    await layOut(folder, 'a.tif');
    const paths = ['r2://x/[1]*.tif', folder.path('a.tif'), 'r2://x//b', 'r2://x/b', 'r2://x/b'];
    const { found } = await findInputs(
      { paths, recursive: false, include: [], exclude: [], isElsewhere },
      Readable.from([]),
    );
    expect(found.map(({ input }) => input)).toEqual(paths.slice(0, -1));
  });
});

it('finds nothing more once it is stopped', async () => {
  await layOut(folder, 'a.tif');
  const request = { paths: [folder.root], recursive: true, include: [], exclude: [] };
  const reason = new Error('stopped');
  const finding = findInputs(request, Readable.from([]), AbortSignal.abort(reason));
  await expect(finding).rejects.toBe(reason);
});
