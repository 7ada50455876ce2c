import { chmod, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { pagedTiff, plainTiff } from '../../support/pictures.ts';
import { runProgram } from '../../support/program.ts';

let folder: TestFolder;
let foreign: Buffer;
beforeEach(async () => {
  folder = await makeFolder();
  foreign = await sharp(await plainTiff())
    .jpeg()
    .toBuffer();
  await folder.write('a.tif', await plainTiff());
  await folder.write('b.tif', await plainTiff('maroon'));
  await folder.write('a.jpg', foreign);
});
afterEach(() => folder.remove());

const convert = (...args: readonly string[]) =>
  runProgram(['convert', ...args], { cwd: folder.root });
const summaryOf = async (...args: readonly string[]) =>
  JSON.parse((await convert('.', '--json', ...args)).stdout).summary;

describe('convert --skip-existing', () => {
  it('passes over a JPEG that another program made, and converts the rest', async () => {
    expect((await convert('.')).exitCode).toBe(1);
    const { exitCode, stdout, stderr } = await convert('.', '--skip-existing', '-v');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('a.tif → a.jpg  already there\n');
    expect(stderr).toMatch(/^2 TIFFs: 1 up to date, 1 already there; /m);
    expect((await readFile(folder.path('a.jpg'))).equals(foreign)).toBe(true);
  });

  it('does not compare its own JPEGs with the settings', async () => {
    await summaryOf('--skip-existing');
    expect(await summaryOf('--skip-existing', '--quality', '50')).toMatchObject({
      skipped: 2,
      existing: 2,
      converted: 0,
    });
    expect(await summaryOf('--skip-existing', '--dry-run')).toMatchObject({ skipped: 2 });
  });

  it('does not take any other file for a JPEG', async () => {
    await folder.write('a.jpg', 'notes');
    await mkdir(folder.path('b.jpg'));
    const { stderr } = await convert('a.tif', '--skip-existing');
    expect(stderr).toMatch(/this TIFF\. Use --force to replace it, or choose another output\.$/m);
    expect(await summaryOf('--skip-existing')).toMatchObject({ failed: 2, skipped: 0 });
    expect(await readFile(folder.path('a.jpg'), 'utf8')).toBe('notes');
  });

  it('makes the missing JPEGs of a TIFF with several pages, and leaves the others', async () => {
    await folder.write('a.tif', pagedTiff(3));
    await folder.write('a.page-3.jpg', foreign);
    const { exitCode, stdout } = await convert('a.tif', '--page', 'all', '--skip-existing');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^a\.tif → a\.page-2\.jpg {2}/);
    for (const name of ['a.jpg', 'a.page-3.jpg'])
      expect((await readFile(folder.path(name))).equals(foreign)).toBe(true);
    const again = await convert('a.tif', '--page', 'all', '--skip-existing');
    expect(again).toMatchObject({ exitCode: 0, stdout: 'a.tif → a.jpg  already there\n' });
  });

  it('is marked in a report', async () => {
    await convert('.', '--skip-existing', '--report', 'r.json');
    const { files } = JSON.parse(await readFile(folder.path('r.json'), 'utf8'));
    expect(files).toMatchObject([
      { input: 'a.tif', status: 'skipped', existing: true, pages: [] },
      { input: 'b.tif', status: 'converted' },
    ]);
  });

  it.each([
    [['a.tif', '--force'], /--force.*--skip-existing|--skip-existing.*--force/s],
    [['a.tif', '-o', '-'], /--skip-existing cannot be used with -/],
  ])('is wrong usage with %j', async (args, message) => {
    const { exitCode, stderr } = await convert(...args, '--skip-existing');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('the conversion of a single file is recorded as any other', () => {
  it('so that its first page, and then all pages, can be converted', async () => {
    await folder.write('scan.tif', pagedTiff(2));
    const first = await convert('scan.tif');
    expect(first.stderr).toContain('--page all converts all');
    expect((await convert('scan.tif', '--page', 'all')).exitCode).toBe(0);
    expect(await readdir(folder.root)).toContain('scan.page-2.jpg');
  });

  it('by the folders that links lead to: the JPEG of another TIFF is not replaced', async () => {
    const shared = await folder.make('shared');
    const convertIn = async (name: string, colour: string) => {
      const cwd = folder.path(name);
      await mkdir(cwd, { recursive: true });
      await symlink(shared, join(cwd, 'out')).catch(() => {});
      await folder.write(`${name}/a.tif`, await plainTiff(colour));
      return runProgram(['convert', 'a.tif', '-o', 'out/a.jpg'], { cwd });
    };
    expect((await convertIn('one', 'red')).exitCode).toBe(0);
    const before = await readFile(join(shared, 'a.jpg'));
    expect(await convertIn('other', 'blue')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('--force'),
    });
    expect((await readFile(join(shared, 'a.jpg'))).equals(before)).toBe(true);
    expect((await convertIn('one', 'green')).exitCode).toBe(0);
  });

  it('also beside others that end at the same time', async () => {
    const names = Array.from({ length: 8 }, (_, i) => `p${i}.tif`);
    for (const name of names) await folder.write(name, await plainTiff());
    await Promise.all(names.map((name) => convert(name)));
    expect((await convert(...names)).stderr).toMatch(/^8 TIFFs: 8 up to date; /m);
  });

  it('unless all users may write to its folder: then it is known to nobody, and no record is made', async () => {
    const open = await folder.make('open');
    await chmod(open, 0o1777);
    await folder.write('open/a.tif', await plainTiff());
    expect(await convert('open/a.tif', '-q')).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await readdir(open)).sort()).toEqual(['a.jpg', 'a.tif']);
    const again = await convert('open/a.tif');
    expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('--force') });
  });

  it('unless its record cannot be used, which is a warning', async () => {
    await mkdir(folder.path('.arke-tiff.jsonl'));
    const { exitCode, stdout, stderr } = await convert('b.tif');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^b\.tif → b\.jpg /);
    expect(stderr).toMatch(/^Warning: Could not read the record .*\.arke-tiff\.jsonl: /m);
    expect((await convert('b.tif', 'a.tif', '--force')).exitCode).toBe(1);
  });

  it('and skipped while it is up to date, alone and in its folder', async () => {
    await convert('b.tif', '-o', 'c.jpg');
    const again = await convert('b.tif', '-o', 'c.jpg');
    expect(again).toMatchObject({ exitCode: 0, stdout: 'b.tif → c.jpg  up to date\n' });
    await convert('b.tif');
    expect(await summaryOf()).toMatchObject({ skipped: 1, failed: 1 });
  });
});
