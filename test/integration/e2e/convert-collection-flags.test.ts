import { mkdir, readdir, readFile, stat, symlink, utimes } from 'node:fs/promises';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { plainTiff } from '../../support/pictures.ts';
import { decodeJpeg } from '../../support/pixels.ts';
import { type RunSetup, runProgram } from '../../support/program.ts';

let folder: TestFolder;
let tiff: Buffer;
beforeEach(async () => {
  folder = await makeFolder();
  tiff = await plainTiff();
  await mkdir(folder.path('scans/deep'), { recursive: true });
  for (const name of ['a.tif', 'b.tif', 'map 1.tif', 'deep/c.tif'])
    await folder.write(`scans/${name}`, tiff);
});
afterEach(() => folder.remove());

const convert = (args: readonly string[], setup: RunSetup = {}) =>
  runProgram(['convert', ...args], { cwd: folder.root, ...setup });
/** Converts into the folder `out`, and gives the JPEGs that are then in it. */
async function jpegsOf(args: readonly string[], setup: RunSetup = {}): Promise<string[]> {
  const { exitCode, stderr } = await convert([...args, '--out-dir', 'out'], setup);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  const names = await readdir(folder.path('out'), { recursive: true });
  return names.filter((name) => name.endsWith('.jpg')).sort();
}

describe('convert takes', () => {
  it('the TIFFs directly in a folder, with -r those below it, too', async () => {
    expect(await jpegsOf(['scans'])).toEqual(['a.jpg', 'b.jpg', 'map 1.jpg']);
    expect(await jpegsOf(['scans', '-r'])).toContain('deep/c.jpg');
  });

  it('patterns that the shell has not expanded', async () => {
    expect(await jpegsOf(['scans/**/?.tif'])).toEqual(['a.jpg', 'b.jpg', 'deep/c.jpg']);
  });

  it('what --include and --exclude leave', async () => {
    const only = ['--include', '*.tif', '--exclude', 'map*', '--exclude', 'deep/**'];
    expect(await jpegsOf(['-r', ...only, 'scans'])).toEqual(['a.jpg', 'b.jpg']);
  });

  it.each([
    ['lines', 'scans/a.tif\nscans/map 1.tif\n'],
    ['NULs', 'scans/a.tif\0scans/map 1.tif\0'],
  ])('files listed in a file or on stdin, ended by %s', async (_, list) => {
    await folder.write('list', list);
    const jpegs = await jpegsOf(['--files-from', 'list']);
    expect(jpegs).toHaveLength(2);
    expect(await jpegsOf(['--files-from', '-', '--force'], { input: list })).toEqual(jpegs);
  });
});

describe('convert of a collection', () => {
  it('converts again when a TIFF or the settings have changed', async () => {
    const summaryOf = async (...args: string[]) =>
      JSON.parse((await convert(['scans', '--json', ...args])).stdout).summary;
    expect(await summaryOf()).toMatchObject({ converted: 3, skipped: 0 });
    await folder.write('scans/a.tif', await plainTiff('maroon'));
    expect(await summaryOf()).toMatchObject({ converted: 1, skipped: 2 });
    expect(await summaryOf('--quality', '50')).toMatchObject({ converted: 3, skipped: 0 });
    expect(await summaryOf('--quality', '50')).toMatchObject({ converted: 0, skipped: 3 });
    expect(await summaryOf('--quality', '50', '--force')).toMatchObject({ converted: 3 });
  });

  it('replaces foreign or modified files only with --force', async () => {
    await folder.write('scans/a.jpg', 'precious');
    const first = await convert(['scans']);
    expect(first.exitCode).toBe(1);
    expect(first.stderr).toMatch(/^Error: scans\/a\.tif: .*a\.jpg .*--force/m);
    await folder.write('scans/b.jpg', 'retouched');
    expect((await convert(['scans'])).stderr).toMatch(/^Error: scans\/b\.tif: .*--force/m);
    expect(await readFile(folder.path('scans/a.jpg'), 'utf8')).toBe('precious');
    expect((await convert(['scans', '--force'])).exitCode).toBe(0);
    expect(await decodeJpeg(folder.path('scans/a.jpg'))).toMatchObject({ width: 64 });
  });

  it('fails files that cannot be written, and converts the others', async () => {
    await mkdir(folder.path('out'));
    await folder.write('out/deep', 'a file where a folder should be');
    await symlink('/proc', folder.path('out/never'));
    await mkdir(folder.path('scans/never'));
    await folder.write('scans/never/d.tif', tiff);
    const { exitCode, stdout, stderr } = await convert(['scans', '-r', '--out-dir', 'out']);
    expect(exitCode).toBe(1);
    expect(stdout.match(/ → /g)).toHaveLength(3);
    for (const name of ['deep/c', 'never/d'])
      expect(stderr).toMatch(
        new RegExp(`^ {2}scans/${name}\\.tif: Could not (create|write) .*out`, 'm'),
      );
    expect(stderr).not.toMatch(/damaged|unexpected/);
  });

  it('stops with --fail-fast at the first failure', async () => {
    await folder.write('scans/a.tif', 'no TIFF');
    const { exitCode, stderr } = await convert(['scans', '--fail-fast', '-j', '1']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^3 TIFFs: 1 failed, 2 remaining; /m);
    expect(stderr).toContain('Stopped at the first failure (--fail-fast).');
  });

  it('gives JPEGs the times of their TIFFs with --preserve-timestamps, and recognises them', async () => {
    const then = new Date('1999-12-31T12:00:00Z');
    await utimes(folder.path('scans/a.tif'), then, then);
    const args = ['scans', '--preserve-timestamps', '--json'];
    await convert(args);
    expect((await stat(folder.path('scans/a.jpg'))).mtime).toEqual(then);
    expect(JSON.parse((await convert(args)).stdout).summary).toMatchObject({ skipped: 3 });
  });

  it('records checksums with --checksum, and compares them instead of times', async () => {
    const args = ['scans', '--checksum', '--json'];
    const { files } = JSON.parse((await convert(args)).stdout);
    const hash = expect.stringMatching(/^[\da-f]{64}$/);
    expect(files[0]).toMatchObject({ pages: [{ sha256: hash }], source_sha256: hash });
    await utimes(folder.path('scans/a.tif'), new Date(), new Date());
    expect(JSON.parse((await convert(args)).stdout).summary).toMatchObject({ skipped: 3 });
  });

  it('writes with --report x.sha256 what sha256sum -c takes, of names with line breaks, too', async () => {
    const odd = 'scans/deep/new\nline.tif';
    await folder.write(odd, await plainTiff());
    const args = ['scans', '-r', '--checksum', '--report', 'scans.sha256'];
    expect((await convert(args)).exitCode).toBe(0);
    const { stdout } = await execa('sha256sum', ['-c', 'scans.sha256'], { cwd: folder.root });
    expect(stdout.match(/: OK$/gm)).toHaveLength(10);
    await folder.write('scans/a.jpg', 'retouched');
    const later = execa('sha256sum', ['-c', 'scans.sha256'], { cwd: folder.root, reject: false });
    expect((await later).stdout).toContain('scans/a.jpg: FAILED');
  });

  it('says how many TIFFs have no line in x.sha256', async () => {
    await folder.write('scans/a.tif', 'no TIFF');
    const args = ['scans', '--checksum', '--report', 'x.sha256'];
    const { exitCode, stderr } = await convert(args);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^Warning: x\.sha256 has no checksums for 1 of 3 TIFFs, which failed or/m,
    );
    const { stderr: stopped } = await convert([...args, '--fail-fast', '-j1']);
    expect(stopped).toMatch(/^Warning: x\.sha256 has no checksums for [123] of 3 TIFFs/m);
    await folder.write('scans/a.tif', tiff);
    expect((await convert(args)).stderr).not.toContain('no checksums');
  });

  it.each([
    [['--checksum', 'sha256'], '--checksum sha256 is now --checksum, without a value'],
    [['--report', 'a.sha256'], '--report a.sha256 needs --checksum'],
    [
      ['--checksum', '--skip-existing', '--report', 'a.sha256'],
      '--report a.sha256 cannot be used with --skip-existing, which computes no checksums of the files it skips',
    ],
    [['--dry-run', '--report', 'a.html'], '--dry-run cannot be combined with --report'],
  ])('says what is wrong of %j', async (flags, text) => {
    const { exitCode, stderr } = await convert(['scans', ...flags]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(text);
  });

  it('measures with --verify how like its TIFF each JPEG is, and shows it', async () => {
    const { exitCode, stdout } = await convert(['scans', '--verify', '--json']);
    expect(exitCode).toBe(0);
    const { files } = JSON.parse(stdout);
    for (const file of files) expect(file.pages[0].likeness.ssim).toBeGreaterThan(0.95);
    const { stderr } = await convert(['scans', '--verify', '--force']);
    expect(stderr).toMatch(/^verified: 3 of 3 within the limits$/m);
    const { stdout: lines } = await convert(['scans/deep/c.tif', '--verify', '--force']);
    expect(lines).toMatch(/^scans\/deep\/c\.tif → \S+ {2}64 × 48, .* ms, .*(SSIM 0\.9|identical)/);
  });

  it('shows only failures and the summary with -q', async () => {
    await folder.write('scans/a.tif', 'no TIFF');
    const { stdout, stderr } = await convert(['scans', '-q']);
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      /^Error: "scans\/a\.tif" is a text file, not a TIFF\. [^\n]*\n3 TIFFs: 2 converted, 1 failed; .*\n.* MB\/s, .*\n$/,
    );
  });

  it('shows what is up to date only with -v', async () => {
    await convert(['scans']);
    const again = await convert(['scans']);
    expect(again.stdout).toBe('');
    expect(again.stderr).toMatch(/^3 TIFFs: 3 up to date; /m);
    expect((await convert(['scans', '-v'])).stdout.match(/ {2}up to date$/gm)).toHaveLength(3);
  });
});

describe('convert of one file', () => {
  it('records it beside its JPEG, as any other', async () => {
    const args = ['scans/a.tif', '--checksum', '--preserve-timestamps'];
    expect((await convert(args)).exitCode).toBe(0);
    expect((await convert(['scans/b.tif', '-o', 'scans/x.jpg'])).exitCode).toBe(0);
    expect((await readdir(folder.path('scans'))).sort()).toEqual([
      '.arke-tiff.jsonl',
      'a.jpg',
      'a.tif',
      'b.tif',
      'deep',
      'map 1.tif',
      'x.jpg',
    ]);
    const again = await convert(args);
    expect(again.exitCode).toBe(0);
    expect(again.stdout).toBe('scans/a.tif → scans/a.jpg  up to date\n');
  });

  it.each(['--verify', '--checksum', '--preserve-timestamps'])(
    'is shown without counts, also with %s',
    async (flag) => {
      const first = await convert(['scans/a.tif', flag]);
      expect(first.stdout).toMatch(/^scans\/a\.tif → scans\/a\.jpg {2}64 × 48, /);
      expect(first.stderr).not.toMatch(/^1 TIFF/m);
      const again = await convert(['scans/a.tif', flag]);
      expect(again.stdout).toBe('scans/a.tif → scans/a.jpg  up to date\n');
      expect(again.stderr).not.toMatch(/^1 TIFF/m);
    },
  );

  it('can be a dry run, too', async () => {
    const { exitCode, stdout } = await convert(['scans/a.tif', '-n']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^scans\/a\.tif → scans\/a\.jpg {2}\w+ 8-bit[^:]*\n$/);
    const { stdout: verbose } = await convert(['scans/a.tif', '-nv']);
    expect(verbose).toMatch(/^scans\/a\.tif → scans\/a\.jpg {2}.*: max, [\d.]+ CPU-s, /);
    expect(await readdir(folder.path('scans'))).not.toContain('a.jpg');
  });

  it.each(['--recursive', '--dry-run', '--json-lines', '--preserve-timestamps'])(
    'is refused as wrong usage in a pipe with %s',
    async (flag) => {
      const { exitCode, stderr } = await convert(['-', flag], { input: tiff });
      expect(exitCode).toBe(2);
      expect(stderr).toContain(`${flag} cannot be used with -`);
    },
  );
});

describe('convert --report', () => {
  it('writes a page, a table and a document of the run, with the pictures in the page', async () => {
    const paths = ['run.html', 'run.csv', 'run.json'];
    const reports = paths.flatMap((path) => ['--report', path]);
    const { exitCode, stderr } = await convert(['scans', '-r', '--verify', ...reports]);
    expect(exitCode).toBe(0);
    expect(stderr.match(/^Writing the report .*$/gm)).toEqual(['Writing the report run.html …']);
    const [page, table, document] = await Promise.all(
      paths.map((path) => readFile(folder.path(path), 'utf8')),
    );
    expect(page).toContain('map 1.tif');
    expect(page).toContain('arke-tiff convert scans -r --verify --report run.html');
    expect(page).toMatch(/id="before-\d+">UklGR/);
    expect(table?.trim().split('\n')).toHaveLength(5);
    expect(JSON.parse(document ?? '')).toMatchObject({ summary: { converted: 4, failed: 0 } });
  });

  it.each([
    ['nowhere/run.html', 'Could not write nowhere/run.html: its folder does not exist. '],
    ['scans/a.csv/run.csv', 'Could not write scans/a.csv/run.csv: scans/a.csv is not a folder. '],
    ['a.json', 'Not written: a.json is a TIFF, and originals are never overwritten. '],
  ])('refuses %s, which cannot be written, before anything is converted', async (path, why) => {
    await folder.write('scans/a.csv', 'x');
    await folder.write('a.json', tiff);
    const { exitCode, stderr } = await convert(['scans', '--report', path]);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(why),
    });
    expect(await readdir(folder.path('scans'))).not.toContain('a.jpg');
  });

  it('refuses a path of unknown format before anything is converted', async () => {
    const { exitCode, stderr } = await convert(['scans', '--report', 'run.pdf']);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(
        '--report run.pdf must end with .html, .csv, .json or .sha256',
      ),
    });
    expect(await readdir(folder.path('scans'))).not.toContain('a.jpg');
  });
});
