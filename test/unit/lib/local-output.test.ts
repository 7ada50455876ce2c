import { execFileSync } from 'node:child_process';
import { link, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileError } from '../../../src/lib/errors.ts';
import {
  makeOutputFolder,
  onlySource,
  writeOutput,
  writeOutputs,
} from '../../../src/lib/local-output.ts';
import { makeFolder, type TestFolder } from '../../support/folder.ts';

let folder: TestFolder;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => folder.remove());

const text = (path: string) => readFile(path, 'utf8');
const writing = (content: string) => (path: string) => writeFile(path, content);

describe('output files that belong together', () => {
  const targets = () => ['a.jpg', 'a.page-2.jpg', 'a.page-3.jpg'].map((name) => folder.path(name));
  const writingAll = async (paths: readonly string[]) => {
    for (const path of paths) await writeFile(path, 'ours');
  };

  it('all appear, and nothing is left beside them', async () => {
    await writeOutputs(targets(), { force: false }, writingAll);
    expect(await readdir(folder.root)).toEqual(['a.jpg', 'a.page-2.jpg', 'a.page-3.jpg']);
  });

  it('are not started when one of them must not be replaced', async () => {
    await folder.write('a.page-2.jpg', 'precious');
    const refused = writeOutputs(targets(), { force: false }, () => {
      throw new Error('begun');
    });
    await expect(refused).rejects.toThrow('a.page-2.jpg exists. Use --force');
    expect(await readdir(folder.root)).toEqual(['a.page-2.jpg']);
  });

  it('do not appear at all when writing one fails', async () => {
    const failing = writeOutputs(targets(), { force: true }, async ([first = '']) => {
      await writeFile(first, 'whole');
      throw new Error('page 2 broke off');
    });
    await expect(failing).rejects.toThrow('page 2 broke off');
    expect(await readdir(folder.root)).toEqual([]);
  });

  it('are removed when another program creates one of them meanwhile', async () => {
    const late = writeOutputs(targets(), { force: false }, async (paths) => {
      await writingAll(paths);
      await folder.write('a.page-2.jpg', 'theirs');
    });
    await expect(late).rejects.toThrow('a.page-2.jpg exists');
    expect(await readdir(folder.root)).toEqual(['a.page-2.jpg']);
    expect(await text(folder.path('a.page-2.jpg'))).toBe('theirs');
  });
});

describe('an output file', () => {
  it('appears whole, and nothing is left beside it', async () => {
    const target = folder.path('a.jpg');
    await writeOutput(target, { force: false }, async (path) => {
      await writeFile(path, 'half');
      expect(await readdir(folder.root)).not.toContain('a.jpg');
      await writeFile(path, 'whole');
    });
    expect(await text(target)).toBe('whole');
    expect(await readdir(folder.root)).toEqual(['a.jpg']);
  });

  it('does not appear when writing fails, and an older one stays', async () => {
    const target = await folder.write('a.jpg', 'old');
    const failing = writeOutput(target, { force: true }, async (path) => {
      await writeFile(path, 'half');
      throw new Error('broke off');
    });
    await expect(failing).rejects.toThrow('broke off');
    expect(await text(target)).toBe('old');
    expect(await readdir(folder.root)).toEqual(['a.jpg']);
  });

  it('does not replace one that appears meanwhile, without force', async () => {
    const target = folder.path('a.jpg');
    const late = writeOutput(target, { force: false }, async (path) => {
      await writeFile(path, 'ours');
      await writeFile(target, 'theirs');
    });
    await expect(late).rejects.toThrow(FileError);
    expect(await text(target)).toBe('theirs');
    expect(await readdir(folder.root)).toEqual(['a.jpg']);
  });

  it('replaces one that is known as an older output, and no other, without force', async () => {
    const ours = await folder.write('a.jpg', 'old');
    const theirs = await folder.write('b.jpg', 'precious');
    const recorded = { ours: new Set([ours]), name: 'record', keptBy: '--keep' };
    const rules = { force: false, recorded };
    await writeOutput(ours, rules, writing('new'));
    expect(await text(ours)).toBe('new');
    await expect(writeOutput(theirs, rules, writing('new'))).rejects.toThrow(
      'b.jpg exists, and record does not show that arke-tiff made it from this TIFF. --keep keeps existing JPEGs, --force replaces them.',
    );
    expect(await text(theirs)).toBe('precious');
  });

  it.each([
    ['a link', symlink],
    ['another name of a file', link],
  ])('does not give its name to %s that was put in its place', async (_, put) => {
    const theirs = await folder.write('theirs', 'theirs');
    const written = writeOutput(folder.path('a.jpg'), { force: true }, async (temporary) => {
      await rm(temporary);
      await put(theirs, temporary);
    });
    await expect(written).rejects.toThrow(
      /a.jpg. The temporary file .* was replaced by something else/,
    );
    expect(await readdir(folder.root)).toEqual(['theirs']);
    expect(await text(theirs)).toBe('theirs');
  });

  it('gets its name while a backup has a second one of it', async () => {
    await writeOutput(folder.path('a.jpg'), { force: true }, async (temporary) => {
      await writeFile(temporary, 'ours');
      await link(temporary, folder.path('backup.jpg'));
    });
    expect(await text(folder.path('a.jpg'))).toBe('ours');
  });

  it('replaces a link, not what the link leads to', async () => {
    const other = await folder.write('other.jpg', 'other');
    await symlink(other, folder.path('a.jpg'));
    await writeOutput(folder.path('a.jpg'), { force: true }, writing('new'));
    expect(await text(other)).toBe('other');
    expect(await text(folder.path('a.jpg'))).toBe('new');
  });

  it.each([
    ['itself', async () => folder.path('a.tif')],
    [
      'by a symbolic link',
      async () => symlink(folder.path('a.tif'), folder.path('l')).then(() => folder.path('l')),
    ],
    [
      'by a hard link',
      async () => link(folder.path('a.tif'), folder.path('h')).then(() => folder.path('h')),
    ],
  ])('is never the source: %s', async (_, targetOf) => {
    const source = await folder.write('a.tif', 'original');
    const target = await targetOf();
    const rules = { force: true, sourceWith: await onlySource(source) };
    const named = target === source ? '' : `${source} `;
    await expect(writeOutput(target, rules, writing('new'))).rejects.toThrow(
      `Not written: ${target} is the source ${named}itself.`,
    );
    expect(await text(source)).toBe('original');
  });

  it('never replaces a TIFF where those are kept, whatever it is called', async () => {
    const target = await folder.write('scan.jpg', 'MM\0*original');
    const rules = { force: true, keepTiffs: true };
    await expect(writeOutput(target, rules, writing('new'))).rejects.toThrow('is a TIFF');
    expect(await text(target)).toBe('MM\0*original');
  });

  it('replaces a link that leads nowhere, as there is no TIFF behind it', async () => {
    const target = folder.path('scan.jpg');
    await symlink(folder.path('gone.jpg'), target);
    await writeOutput(target, { force: true, keepTiffs: true }, writing('new'));
    expect(await text(target)).toBe('new');
    expect(await readdir(folder.root)).toEqual(['scan.jpg']);
  });

  it.each([
    ['a folder', 'is a folder'],
    ['a pipe', 'a.jpg is a device or a pipe. Choose another output.'],
    ['a TIFF', 'is a TIFF'],
    ['a PNG by its name', 'would be a JPEG'],
    ['the source', 'is the source'],
  ])('is not reported as existing when --force would not help: %s', async (what, said) => {
    const target = folder.path(what === 'a PNG by its name' ? 'a.png' : 'a.jpg');
    if (what === 'a folder') await mkdir(target);
    else if (what === 'a pipe') execFileSync('mkfifo', [target]);
    else await writeFile(target, what === 'a TIFF' ? 'MM\0*original' : 'precious');
    const sourceWith = what === 'the source' ? await onlySource(target) : undefined;
    const rules = { force: false, keepTiffs: true, jpegs: true, sourceWith };
    const refused = writeOutput(target, rules, writing('new'));
    await expect(refused).rejects.toThrow(said);
    await expect(refused).rejects.not.toThrow('--force');
  });

  it('is never a device or a pipe', async () => {
    execFileSync('mkfifo', [folder.path('pipe')]);
    const failing = writeOutput(folder.path('pipe'), { force: true }, writing('new'));
    await expect(failing).rejects.toThrow('is a device or a pipe');
  });

  it('in a folder that does not exist is an error that says so', async () => {
    const target = folder.path('nowhere/a.jpg');
    const failing = writeOutput(target, { force: false }, writing('new'));
    await expect(failing).rejects.toThrow(/nowhere.*its folder does not exist\. Create the folder/);
  });
});

describe('a folder for output files', () => {
  it.each(['new', 'new/in/new', './', 'new/../other'])(
    'is made with its parents: %s',
    async (name) => {
      const path = `${folder.root}/${name}`;
      await makeOutputFolder(path);
      await makeOutputFolder(path);
      expect(await readdir(path)).toBeDefined();
    },
  );

  it('is an error where there is a file, or the parent can hold none', async () => {
    await writeFile(folder.path('file'), '');
    const inProc = process.platform === 'linux' ? ['/proc/x', '/proc/x/y/z'] : [];
    for (const path of [folder.path('file'), folder.path('file/a/b'), ...inProc])
      await expect(makeOutputFolder(path)).rejects.toThrow(
        new RegExp(`^Could not create the folder ${path}: .*Choose another folder\\.$`),
      );
  });
});
