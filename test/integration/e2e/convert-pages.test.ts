import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { decodeJpeg } from '../../support/pixels.ts';
import { type RunSetup, runProgram } from '../../support/program.ts';
import { makeTiff, type TiffPage } from '../../support/tiff-writer.ts';

/** A page that is told by its width. */
const page = (width: number, differs: Partial<TiffPage> = {}): TiffPage => ({
  width,
  height: 8,
  samplesPerPixel: 1,
  photometric: 1,
  data: new Uint8Array(width * 8).fill(width),
  ...differs,
});
const three = makeTiff(page(24), page(8, { subfileType: 1 }), page(32), page(40));
/** Its second page is no LZW, as it says. */
const damaged = makeTiff(page(24), page(32, { compression: 5 }), page(40));

let folder: TestFolder;
beforeEach(async () => {
  folder = await makeFolder();
  await folder.write('scan.tif', three);
});
afterEach(() => folder.remove());

const convert = (args: readonly string[], setup: RunSetup = {}) =>
  runProgram(['convert', ...args], { cwd: folder.root, ...setup });
/** What is known of the JPEGs of a collection, kept beside them. */
const RECORD = '.arke-tiff.jsonl';
const files = async (name = '.') => (await readdir(folder.path(name))).sort();
const widthOf = async (name: string) => (await decodeJpeg(folder.path(name))).width;
const JPEGS = ['scan.jpg', 'scan.page-2.jpg', 'scan.page-3.jpg'];

describe('convert --page all', () => {
  it('makes a JPEG of each page, side by side, and leaves the TIFF as it is', async () => {
    const before = await stat(folder.path('scan.tif'));
    const { exitCode, stdout, stderr } = await convert(['scan.tif', '--page', 'all']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: 'Converting scan.tif …\n' });
    expect(await files()).toEqual([RECORD, ...JPEGS, 'scan.tif']);
    expect((await readFile(folder.path('scan.tif'))).equals(three)).toBe(true);
    const { ino, mtimeMs } = await stat(folder.path('scan.tif'));
    expect({ ino, mtimeMs }).toEqual({ ino: before.ino, mtimeMs: before.mtimeMs });
    expect(await Promise.all(JPEGS.map(widthOf))).toEqual([24, 32, 40]);
    expect(stdout).toMatch(
      /^scan\.tif \(page 1\) → scan\.jpg {2}24 × 8, .*\nscan\.tif \(page 2\) → scan\.page-2\.jpg {2}32 × 8, .*\nscan\.tif \(page 3\) → scan\.page-3\.jpg {2}40 × 8, .*\n$/,
    );
  });

  it('is suggested, with --quiet, when there are further pages', async () => {
    const counted = '1 with warnings: 1 has further pages that were not converted (see --page)\n';
    expect(await convert(['scan.tif', '--quiet'])).toMatchObject({ exitCode: 0, stderr: counted });
    const piped = await convert(['-', '--quiet'], { input: three });
    expect(piped).toMatchObject({ exitCode: 0, stderr: counted });
    const { stderr } = await convert(['scan.tif', '--force']);
    expect(stderr).toContain('Warning: scan.tif: ');
    expect(stderr).not.toContain('with warnings');
  });

  it('honours TIFF_PAGES, which a flag overrides', async () => {
    await convert(['scan.tif'], { env: { TIFF_PAGES: 'all' } });
    expect(await files()).toEqual([RECORD, ...JPEGS, 'scan.tif']);
    await convert(['scan.tif', '--page=3', '-o', 'one.jpg'], { env: { TIFF_PAGES: 'all' } });
    expect(await files()).toEqual([RECORD, 'one.jpg', ...JPEGS, 'scan.tif']);
  });

  it.each([
    ['out/my.scan.jpeg', ['my.scan.jpeg', 'my.scan.page-2.jpeg', 'my.scan.page-3.jpeg']],
    ['out/plain', ['plain', 'plain.page-2', 'plain.page-3']],
  ])('numbers the file of -o before its ending: %s', async (output, expected) => {
    await folder.make('out');
    expect((await convert(['scan.tif', '--page', 'all', '-o', output])).exitCode).toBe(0);
    expect(await files('out')).toEqual([RECORD, ...expected]);
  });

  it('works from stdin, and into the folder of --out-dir', async () => {
    await convert(['-', '--page', 'all', '-o', 'piped.jpg'], { input: three });
    expect(await files()).toEqual([
      ...['piped.jpg', 'piped.page-2.jpg', 'piped.page-3.jpg', 'scan.tif'],
    ]);
    await convert(['scan.tif', '--page', 'all', '--out-dir', 'out']);
    expect(await files('out')).toEqual([RECORD, ...JPEGS]);
  });

  it('lists all pages with --json', async () => {
    const { stdout } = await convert(['scan.tif', '--page', 'all', '--json']);
    const { length: bytes } = await readFile(folder.path('scan.page-3.jpg'));
    const made = { channels: 1, height: 8, notes: [], ms: expect.any(Number) };
    expect(JSON.parse(stdout)).toMatchObject({
      files: [
        {
          input: 'scan.tif',
          output: 'scan.jpg',
          pages: [
            { page: 1, output: 'scan.jpg', width: 24, ...made },
            { page: 2, output: 'scan.page-2.jpg', width: 32, ...made },
            { page: 3, output: 'scan.page-3.jpg', width: 40, bytes, ...made },
          ],
        },
      ],
    });
    await folder.write('one.tif', makeTiff(page(8)));
    const one = JSON.parse((await convert(['one.tif', '--page', 'all', '--json'])).stdout);
    expect(one).toMatchObject({ files: [{ output: 'one.jpg', pages: [{ page: 1 }] }] });
  });

  it.each([
    ['stdout', ['scan.tif', '-o', '-']],
    ['stdin to stdout', ['-']],
  ])('refuses to write several to %s, as wrong usage', async (_, args) => {
    const run = await convert([...args, '--page', 'all'], { input: three });
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain('stdout takes one; use --output FILE');
  });

  it('goes to stdout when there is only one', async () => {
    const { exitCode, stdout } = await convert(['-', '--page', 'all'], {
      input: makeTiff(page(8)),
    });
    expect(exitCode).toBe(0);
    expect(stdout).not.toBe('');
  });
});

describe('convert --page all leaves nothing half', () => {
  it('writes no page when one is damaged, and says which', async () => {
    await folder.write('bad.tif', damaged);
    const run = await convert(['bad.tif', 'scan.tif', '--page', 'all']);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(/^Error: "bad\.tif \(page 2 of 3\)" is damaged/m);
    expect(await files()).toEqual([RECORD, 'bad.tif', ...JPEGS, 'scan.tif']);
  });

  it('replaces no page without --force, and makes none then', async () => {
    await folder.write('scan.page-3.jpg', 'precious');
    const refused = await convert(['scan.tif', '--page', 'all']);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('scan.page-3.jpg exists, and .arke-tiff.jsonl does not show');
    expect(await files()).toEqual(['scan.page-3.jpg', 'scan.tif']);
    expect((await convert(['scan.tif', '--page', 'all', '--force'])).exitCode).toBe(0);
    expect(await widthOf('scan.page-3.jpg')).toBe(40);
  });

  it('never replaces a TIFF that has the name of a page', async () => {
    await folder.write('scan.page-2.jpg', damaged);
    const { exitCode } = await convert(['scan.tif', '--page', 'all', '--force']);
    expect(exitCode).toBe(1);
    expect((await readFile(folder.path('scan.page-2.jpg'))).equals(damaged)).toBe(true);
    expect(await files()).toEqual(['scan.page-2.jpg', 'scan.tif']);
  });

  it('keeps the pages of two TIFFs with the same names apart', async () => {
    await folder.write('scan.page-2.tif', makeTiff(page(8)));
    const { exitCode, stderr } = await convert(['.', '--page', 'all']);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /^Warning: scan\S* becomes scan\S*\.tif\.jpg, because scan\.page-2\.jpg is /m,
    );
    const made = (await files()).filter((name) => name.endsWith('.jpg'));
    expect(made).toHaveLength(4);
  });
});

describe('convert --page with a number', () => {
  it('makes the JPEG of that page, under the usual name', async () => {
    const { exitCode, stderr } = await convert(['scan.tif', '--page', '2']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: 'Converting scan.tif …\n' });
    expect(await widthOf('scan.jpg')).toBe(32);
    expect(await files()).toEqual([RECORD, 'scan.jpg', 'scan.tif']);
  });

  it('says how many pages there are when there is no such page', async () => {
    const { exitCode, stderr } = await convert(['scan.tif', '--page', '4']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('"scan.tif" has 3 pages, so there is no page 4');
    expect(await files()).toEqual(['scan.tif']);
  });

  it.each([['0'], ['last'], ['1-2,']])('is wrong usage when it is %s', async (pages) => {
    const { exitCode, stderr } = await convert(['scan.tif', '--page', pages]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('must be first, all, the number of a page, or a list such as 1-3,5');
  });
});

describe('convert --page with a list', () => {
  it('makes a JPEG of each, the first under the usual name, and finds them up to date', async () => {
    const { exitCode, stderr } = await convert(['scan.tif', '--page', '3,2']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: 'Converting scan.tif …\n' });
    expect(await files()).toEqual([RECORD, 'scan.jpg', 'scan.page-3.jpg', 'scan.tif']);
    expect([await widthOf('scan.jpg'), await widthOf('scan.page-3.jpg')]).toEqual([32, 40]);
    const again = await convert(['scan.tif', '--page', '2-3']);
    expect(again.stdout).toBe('scan.tif → scan.jpg  up to date\n');
    const other = await convert(['scan.tif', '--page', '1,3']);
    expect(other.stdout).not.toContain('up to date');
    expect(await widthOf('scan.jpg')).toBe(24);
  });

  it('plans and inspects these pages only', async () => {
    const planned = await convert(['scan.tif', '--page', '1,3', '--dry-run', '--json']);
    expect(JSON.parse(planned.stdout).files[0].pages).toMatchObject([
      { page: 1, output: 'scan.jpg' },
      { page: 3, output: 'scan.page-3.jpg' },
    ]);
    const { stdout } = await runProgram(['inspect', 'scan.tif', '--page', '1,3', '--json'], {
      cwd: folder.root,
    });
    expect(JSON.parse(stdout).files[0].losses).toMatchObject([
      { kind: 'pages', message: 'Page 2 of 3 is not converted' },
    ]);
  });

  it('makes nothing of a TIFF that lacks one of them', async () => {
    const { exitCode, stderr } = await convert(['scan.tif', '--page', '1-9']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('"scan.tif" has 3 pages, so there is no page 4');
    expect(await files()).toEqual(['scan.tif']);
  });

  it('keeps them apart from the JPEG of another TIFF', async () => {
    await folder.write('scan.page-3.tif', makeTiff(page(8)));
    await convert(['.', '--page', '1,3', '--include', 'scan.tif']);
    const { stderr } = await convert(['.', '--page', '1,3', '--dry-run']);
    expect(stderr).toMatch(/scan\S* becomes scan\S*\.tif\.jpg, because scan\.page-3\.jpg is /);
  });
});

describe('convert without --page', () => {
  it('converts the first page and says how to get the others', async () => {
    const { stderr } = await convert(['scan.tif']);
    expect(await widthOf('scan.jpg')).toBe(24);
    expect(stderr).toContain(
      'Warning: scan.tif: Only page 1 of 3 is converted (--page all converts all)',
    );
  });
});

describe('convert with other pages than before says', () => {
  const warningsOf = async (...args: readonly string[]) => {
    const { exitCode, stderr } = await convert(['scan.tif', ...args]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    return stderr.match(/^Warning: .*$/gm) ?? [];
  };

  it.each([[[]], [['--force']], [['--checksum']]])(
    'which JPEGs of an earlier TIFF stay, and deletes none (%j)',
    async (flags) => {
      await convert(['scan.tif', '--page', 'all', ...flags]);
      await folder.write('scan.tif', makeTiff(page(24)));
      expect(await warningsOf('--page', 'all', ...flags)).toEqual([
        'Warning: scan.page-2.jpg to scan.page-3.jpg were made of an earlier version of scan.tif, and were kept; delete those that nobody needs.',
      ]);
      expect(await files()).toEqual([RECORD, ...JPEGS, 'scan.tif']);
      expect(await warningsOf('--page', 'all', '--force', ...flags)).toEqual([]);
    },
  );

  it('the same of the pages of a list', async () => {
    await convert(['scan.tif', '--page', '1,3']);
    await folder.write('scan.tif', makeTiff(page(8), page(16), page(48)));
    expect(await warningsOf('--page', '1-2')).toEqual([
      'Warning: scan.page-3.jpg was made of an earlier version of scan.tif, and was kept; delete those that nobody needs.',
    ]);
  });

  it('nothing of JPEGs that are deleted, or of the same TIFF', async () => {
    await convert(['scan.tif', '--page', 'all']);
    expect(await warningsOf('--page', '1')).toEqual([]);
    await convert(['scan.tif', '--page', 'all']);
    for (const name of JPEGS.slice(1)) await rm(folder.path(name));
    await folder.write('scan.tif', makeTiff(page(24)));
    expect(await warningsOf('--page', 'all')).toEqual([]);
  });

  it('that a JPEG becomes one of another page', async () => {
    await convert(['scan.tif', '--page', 'all']);
    expect(await warningsOf('--page', '2')).toEqual([
      'Warning: scan.jpg was page 1 of scan.tif, and becomes page 2.',
    ]);
    expect(await widthOf('scan.jpg')).toBe(32);
    expect(await warningsOf('--page', '2', '--quality', '50')).toEqual([]);
  });

  it.each(['2', '2-3'])(
    'with --skip-existing that a JPEG is another page and is kept: --page %s',
    async (pages) => {
      await convert(['scan.tif', '--page', '1']);
      const kept = ['Warning: scan.jpg is page 1 of scan.tif, not page 2, and is kept.'];
      expect(await warningsOf('--page', pages, '--skip-existing')).toEqual(kept);
      expect(await widthOf('scan.jpg')).toBe(24);
      expect(await warningsOf('--page', 'first', '--skip-existing')).toEqual([]);
    },
  );
});
