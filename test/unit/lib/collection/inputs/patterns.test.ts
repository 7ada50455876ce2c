import { symlink } from 'node:fs/promises';
import { relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileError, SettingsError } from '../../../../../src/lib/errors.ts';
import { findIn, layOut } from '../../../../support/found-inputs.ts';
import { useFolder } from '../../../../support/use-folder.ts';

const folder = useFolder();

describe('a pattern that the shell has not expanded', () => {
  const tree = async (name: string, ...files: readonly string[]) => {
    const root = folder.path(name);
    const inTree = { root, path: (path: string) => `${root}/${path}` };
    await layOut(inTree, ...files);
    return async (pattern: string, recursive = false) =>
      (await findIn(inTree, { paths: [`${root}/${pattern}`], recursive })).inputs;
  };

  it('matches within a folder by *, ?, [] and {}, and through folders by **', async () => {
    const files = ['a.tif', 'b1.tif', 'b2.tif', 'sub/c.tif', 'sub/deep/d.tif'];
    const find = await tree('wildcards', ...files);
    expect(await find('*.tif')).toEqual(['a.tif', 'b1.tif', 'b2.tif']);
    expect(await find('b?.tif')).toEqual(['b1.tif', 'b2.tif']);
    expect(await find('b[!1].tif')).toEqual(['b2.tif']);
    expect(await find('{a,sub/c}.tif')).toEqual(['a.tif', 'sub/c.tif']);
    expect(await find('*/*.tif')).toEqual(['sub/c.tif']);
    expect(await find('**/*.tif')).toEqual(files);
    expect(await find('s*/**/d.tif')).toEqual(['sub/deep/d.tif']);
    expect(await find('!(b*).tif')).toEqual(['a.tif']);
    expect(await find('b@(2|3).tif')).toEqual(['b2.tif']);
    expect(await find('b[[:digit:]].tif')).toEqual(['b1.tif', 'b2.tif']);
    expect(await find('.//sub/.//*.tif')).toEqual(['sub/c.tif']);
  });

  it('counts by {001..120}, with its zeros', async () => {
    const find = await tree('counted', 'p7.tif', 'p007.tif', 'p120.tif', 'p121.tif', 'p.tif');
    expect(await find('p{001..120}.tif')).toEqual(['p007.tif', 'p120.tif']);
    expect(await find('p{5..9..2}.tif')).toEqual(['p7.tif']);
    await expect(find('p{x1..9}.tif')).rejects.toThrow('There is no file');
  });

  it('treats parentheses literally, except in groups', async () => {
    const find = await tree('Scans (1)', 'Scan (1)a.tif', 'Scan 1a.tif', 'x).tif');
    expect(await find('Scan (1)*.tif')).toEqual(['Scan (1)a.tif']);
    expect(await find('?).tif')).toEqual(['x).tif']);
    expect(await find('Scan @(1|2)a.tif')).toEqual(['Scan 1a.tif']);
  });

  it('is a name where there is a file of that name', async () => {
    const find = await tree('names', 'scan[1].tif', 'scan1.tif', '*.tif');
    expect(await find('scan[1].tif')).toEqual(['scan[1].tif']);
    expect(await find('*.tif')).toEqual(['*.tif']);
    expect(await find('scan\\[*.tif')).toEqual(['scan[1].tif']);
  });

  it('is a name as far as there are folders of that name', async () => {
    const find = await tree('boxes', 'Box [12] {a}+(b)/1.tif', 'Box 1/1.tif', 'Box 2\\/[x]/1.tif');
    expect(await find('Box [12] {a}+(b)/?.tif')).toEqual(['Box [12] {a}+(b)/1.tif']);
    expect(await find('Box 2\\/[x]/*')).toEqual(['Box 2\\/[x]/1.tif']);
    expect(await find('Box 2\\\\/\\[x\\]/*')).toEqual(['Box 2\\/[x]/1.tif']);
    expect(await find('Box [12]/*.tif')).toEqual(['Box 1/1.tif']);
  });

  it('matches hidden files only by a dot, line breaks, and letters however they are composed', async () => {
    const find = await tree('letters', '.a.tif', 'e\u0301 1.tif', 'new\nline/b.tif', '.h/c.tif');
    expect(await find('*.tif')).toEqual(['e\u0301 1.tif']);
    expect(await find('.*.tif')).toEqual(['.a.tif']);
    expect(await find('\u00e9*.tif')).toEqual(['e\u0301 1.tif']);
    expect(await find('**/?.tif')).toEqual(['new\nline/b.tif']);
    expect(await find('**/.h/?.tif')).toEqual(['.h/c.tif']);
  });

  it('finds the TIFFs among its matches, and treats folders as if they were named', async () => {
    const find = await tree('folders', '1900/a.tif', '1900/sub/b.tif', '1901/c', 'x/d.tif');
    await layOut({ path: (name) => folder.path(`folders/${name}`) }, ['19.txt', 'text']);
    expect(await find('19*')).toEqual(['1900/a.tif', '1901/c']);
    expect(await find('19*', true)).toEqual(['1900/a.tif', '1900/sub/b.tif', '1901/c']);
  });

  it('follows links to files, and says which to folders it does not follow', async () => {
    const find = await tree('linked', 'real/a.tif', 'in/b.tif');
    await symlink('../real/a.tif', folder.path('linked/in/a.tif'));
    await symlink('../real', folder.path('linked/in/folder'));
    expect(await find('in/*.tif')).toEqual(['in/a.tif', 'in/b.tif']);
    const paths = [folder.path('linked/in/**/*.tif')];
    expect((await findIn(folder, { paths })).codes).toEqual(['FOLDER_LINKS']);
  });

  it('keeps subfolders below its fixed part, and may lead upwards', async () => {
    await tree('places', 'x/1/a.tif', 'x/2/a.tif');
    const base = relative(process.cwd(), folder.path('places'));
    const { names, inputs } = await findIn(folder, { paths: [`${base}/x/*/a.tif`] });
    expect(names).toEqual(['1/a.tif', '2/a.tif']);
    expect(inputs.every((input) => input.endsWith('/a.tif'))).toBe(true);
  });

  it('without a match is an error, also where its folder is not there', async () => {
    const find = await tree('none', 'a.tif');
    for (const pattern of ['*.png', 'gone/*.tif', 'a.tif/*.tif']) {
      await expect(find(pattern)).rejects.toThrow(FileError);
      await expect(find(pattern)).rejects.toThrow(
        /There is no file .* as a pattern it matches no TIFF/,
      );
    }
  });

  it('after ! excludes from all that is found, unless a file has that name', async () => {
    await tree('taken-away', 'a.tif', 'a draft.tif', '!b.tif');
    const at = (name: string) => folder.path(`taken-away/${name}`);
    const cwd = process.cwd();
    process.chdir(at(''));
    try {
      expect((await findIn(folder, { paths: ['!b.tif'] })).names).toEqual(['!b.tif']);
    } finally {
      process.chdir(cwd);
    }
    const paths = [at('*.tif'), '!*draft*'];
    const { inputs } = await findIn(folder, { paths });
    expect(inputs).toEqual(['taken-away/!b.tif', 'taken-away/a.tif']);
    await expect(findIn(folder, { paths: ['!*draft*'] })).rejects.toThrow(SettingsError);
  });
});

describe('--include and --exclude', () => {
  const files = ['a.tif', 'b.TIF', 'drafts/c.tif', 'ok/.hidden.tif', 'ok/d draft.tif', 'ok/drafts'];
  const find = async (filter: { include?: string[]; exclude?: string[] }) => {
    const root = folder.path('filtered');
    const tree = { root, path: (path: string) => `${root}/${path}` };
    await layOut(tree, ...files);
    return (await findIn(tree, { paths: [root], recursive: true, ...filter })).inputs;
  };

  it('match names, and paths below the folder', async () => {
    expect(await find({ include: ['?.tif'] })).toEqual(['a.tif', 'drafts/c.tif']);
    expect(await find({ include: ['ok/*'] })).toEqual(files.slice(3));
    expect(await find({ include: ['ok/*', 'a.*'], exclude: ['*draft*'] })).toEqual([
      'a.tif',
      'ok/.hidden.tif',
    ]);
    expect(await find({ include: ['*.tif'] })).toContain('ok/.hidden.tif');
  });

  it('match paths as they are given', async () => {
    const exclude = [`${folder.path('filtered')}/ok/**`];
    expect(await find({ exclude })).toEqual(['a.tif', 'b.TIF', 'drafts/c.tif']);
  });

  it('leave out folders with all that is in them', async () => {
    for (const pattern of ['drafts', 'drafts/', 'drafts/**', 'dr*'])
      expect(await find({ exclude: [pattern] })).not.toContain('drafts/c.tif');
    expect(await find({ exclude: ['.*'] })).not.toContain('ok/.hidden.tif');
  });

  it('are negated by !', async () => {
    expect(await find({ include: ['!*draft*'] })).toEqual([
      ...['a.tif', 'b.TIF', 'drafts/c.tif', 'ok/.hidden.tif'],
    ]);
    expect(await find({ exclude: ['!ok/*'] })).toEqual(files.slice(3));
  });

  it('apply to files named as arguments, which a shell may have expanded', async () => {
    await layOut(folder, 'named/a.tif', 'named/b.tif');
    const paths = ['named/a.tif', 'named/b.tif'].map(folder.path);
    expect((await findIn(folder, { paths, exclude: ['b*'] })).inputs).toEqual(['named/a.tif']);
    expect((await findIn(folder, { paths, include: ['b*'] })).inputs).toEqual(['named/b.tif']);
  });

  it('are named in the error when nothing is left', async () => {
    await expect(find({ exclude: ['*'] })).rejects.toThrow(/--include and --exclude skip all/);
    await expect(find({ include: [''] })).rejects.toThrow(SettingsError);
  });
});
