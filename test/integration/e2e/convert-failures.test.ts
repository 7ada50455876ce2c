import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { noisyTiff, plainTiff } from '../../support/pictures.ts';
import { decodeJpeg } from '../../support/pixels.ts';
import { runProgram, startProgram } from '../../support/program.ts';
import { until } from '../../support/until.ts';

let folder: TestFolder;
beforeEach(async () => {
  folder = await makeFolder();
  await folder.write('a.tif', await plainTiff());
});
afterEach(() => folder.remove());

const convert = (...args: string[]) => runProgram(['convert', ...args], { cwd: folder.root });
const files = async () => (await readdir(folder.root)).sort();

describe('convert with several files, some of which fail', () => {
  it('converts the others, names what failed, and exits with 1', async () => {
    await folder.write('broken.tif', 'II*\0 and then nothing that makes sense');
    await folder.write('z.tif', await plainTiff());
    const { exitCode, stdout, stderr } = await convert(
      'broken.tif',
      'missing.tif',
      'a.tif',
      'z.tif',
    );
    expect(exitCode).toBe(1);
    expect(stdout.split('\n').sort()).toEqual([
      '',
      expect.stringMatching(/^a\.tif → a\.jpg /),
      expect.stringMatching(/^z\.tif → z\.jpg /),
    ]);
    expect(stderr).toMatch(
      /^Error: "broken\.tif" is damaged: it has no readable directory\. .*unsupported image format\)\.$/m,
    );
    expect(stderr).toMatch(
      /^Error: Could not read "missing\.tif": no such file or directory \(ENOENT\)\. Check the path\.$/m,
    );
    const record = '.arke-tiff.jsonl';
    expect(await files()).toEqual([record, 'a.jpg', 'a.tif', 'broken.tif', 'z.jpg', 'z.tif']);
  });

  it('reports each file’s outcome in one document with --json', async () => {
    const { exitCode, stdout, stderr } = await convert('a.tif', 'missing.tif', '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      files: [
        expect.objectContaining({
          status: 'converted',
          input: 'a.tif',
          output: 'a.jpg',
          pages: [expect.objectContaining({ width: 64, height: 48 })],
        }),
        expect.objectContaining({
          status: 'failed',
          input: 'missing.tif',
          output: 'missing.jpg',
          error: { code: 'FILE', message: expect.stringContaining('ENOENT') },
        }),
      ],
      summary: expect.objectContaining({ files: 2, converted: 1, failed: 1 }),
      unread: [],
      warnings: [],
    });
    expect(stderr).toBe('');
  });
});

describe('convert that cannot be done', () => {
  it('refuses several TIFFs for the one file of -o as wrong usage', async () => {
    await folder.write('b.tif', await plainTiff());
    const { exitCode, stderr } = await convert('a.tif', 'b.tif', '-o', 'c.jpg');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--output names one file, but there are 2 TIFFs; use --out-dir');
    expect(await files()).toEqual(['a.tif', 'b.tif']);
  });

  it('says that a folder holds no TIFF', async () => {
    await mkdir(folder.path('empty'));
    const { exitCode, stderr } = await convert('empty');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('There is no TIFF in the folder empty');
  });

  it.each([
    [['-o', 'nowhere/a.jpg'], 'Could not write nowhere/a.jpg: its folder does not exist. '],
    [['-o', 'a.tif/a.jpg'], 'Could not write a.tif/a.jpg: a.tif is not a folder. '],
    [['-o', 'sub', '-f'], 'sub is a folder. Name a file in it.'],
    [['-o', 'x.png'], 'x.png would be a JPEG. Choose a name that ends in .jpg, .jpeg or .jpe.'],
    [
      ['-o', 'x.tif', '-f'],
      'x.tif would be a JPEG. Choose a name that ends in .jpg, .jpeg or .jpe.',
    ],
    [['--out-dir', 'a.tif'], 'Could not write a.tif/a.jpg: a.tif is not a folder. '],
  ])(
    'blames the output, not the TIFF, for an output that cannot be written (%j)',
    async (args, message) => {
      await mkdir(folder.path('sub'));
      const { exitCode, stderr } = await convert('a.tif', ...args);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(message);
      expect(stderr).not.toMatch(/damaged|unexpected/);
    },
  );

  it.skipIf(!existsSync('/dev/full'))(
    'says that stdout is full: make room or use --output',
    async () => {
      const run = startProgram(['convert', 'a.tif', '-o', '-'], {
        cwd: folder.root,
        stdout: { file: '/dev/full' },
      });
      const { exitCode, stderr } = await run;
      expect({ exitCode, stderr }).toEqual({
        exitCode: 1,
        stderr: expect.stringMatching(
          /^Error: Could not write to stdout: .*\(ENOSPC\).*--output FILE\.\n$/,
        ),
      });
    },
  );

  it('says where there is no room for stdin: make room or set TMPDIR', async () => {
    // A limit on the size of files stands for the full disk that only root could make.
    const limited = 'ulimit -f 8 && exec "$@"';
    const program = [process.execPath, join(inject('program'), 'bin/run.js')];
    const { exitCode, stderr } = await execa(
      'sh',
      ['-c', limited, 'sh', ...program, 'convert', '-', '-o', 'b.jpg'],
      { input: await noisyTiff(300), cwd: folder.root, reject: false },
    );
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^Error: Could not save stdin to .* \(EFBIG\).* set TMPDIR/m);
    expect(await files()).toEqual(['a.tif']);
  });

  it('keeps an existing JPEG, and leaves no partial one, when the TIFF is damaged', async () => {
    const tiff = await noisyTiff(300);
    await folder.write('cut.tif', tiff.subarray(0, tiff.length / 2));
    await folder.write('cut.jpg', 'precious');
    expect((await convert('cut.tif', '--force')).exitCode).toBe(1);
    expect(await readFile(folder.path('cut.jpg'), 'utf8')).toBe('precious');
    expect(await files()).toEqual(['a.tif', 'cut.jpg', 'cut.tif']);
  });

  it('leaves a whole JPEG or none when it is killed', async () => {
    await folder.write('big.tif', await noisyTiff(3000));
    const run = startProgram(['convert', 'big.tif'], { cwd: folder.root });
    await until(async () => (await files()).some((name) => name.endsWith('.part')));
    run.kill('SIGKILL');
    expect((await run).signal).toBe('SIGKILL');
    if ((await files()).includes('big.jpg'))
      expect(await decodeJpeg(folder.path('big.jpg'))).toMatchObject({ width: 3000, height: 3000 });
    else expect(await files()).toContain('big.tif');
  });

  it.each([
    ['a JPEG', ['-o', '-']],
    ['its result', ['--quiet']],
    ['a document', ['--json']],
  ])('does not fail when the reader of its stdout leaves, as head does (%s)', async (_, args) => {
    const run = startProgram(['convert', 'a.tif', ...args], { cwd: folder.root });
    run.stdout?.destroy();
    const { exitCode, stderr } = await run;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });
});
