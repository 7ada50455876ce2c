import { chmod, copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { nobodysNode, noNobodyBecause } from '../../support/as-nobody.ts';
import { latin1 } from '../../support/latin1-names.ts';
import { plainTiff } from '../../support/pictures.ts';
import { runProgram } from '../../support/program.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();
const reason = noNobodyBecause();
let run: (command: readonly string[]) => readonly string[];

// No coverage: that user may not write it, and Node says so on stderr.
const program = (...args: string[]) =>
  runProgram(args, {
    cwd: folder.root,
    env: { TMPDIR: folder.path('tmp'), NODE_DISABLE_COMPILE_CACHE: '1', NODE_V8_COVERAGE: '' },
    wrap: run,
  });

const convert = (...args: string[]) => program('convert', ...args);

beforeAll(async () => {
  const tiff = await plainTiff();
  for (const name of ['in', 'in/open', 'in/locked', 'in/shut', 'out', 'out/shut', 'tmp'])
    await mkdir(folder.path(name));
  for (const name of ['a', 'open/b', 'locked/c', 'shut/d'])
    await folder.write(`in/${name}.tif`, tiff);
  await chmod(folder.root, 0o755);
  run = await nobodysNode(folder.path('node'));
  for (const name of ['out', 'tmp']) await chmod(folder.path(name), 0o777);
  await chmod(folder.path('in/locked'), 0);
  // For everybody, its owner included.
  await chmod(folder.path('out/shut'), 0o555);
});

describe(`convert for a user who may not do everything${reason ? ` (not tried here: ${reason})` : ''}`, () => {
  it.skipIf(reason)('converts what it may read and write, and reports the rest', async () => {
    const { exitCode, stdout, stderr } = await convert('-r', 'in', '--out-dir', 'out');
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0])
        .sort(),
    ).toEqual(['in/a.tif', 'in/open/b.tif']);
    expect(stderr).toMatch(/^Error: in\/locked: Could not read this folder: permission denied/m);
    expect(stderr).toMatch(/Error: in\/shut\/d\.tif: .*out\/shut.*writable/);
    expect(stderr).toMatch(
      /^3 TIFFs: 2 converted, 1 failed; 1 folder could not be read; .*\n.*\nCould not be read:\n {2}in\/locked: /m,
    );
    expect(exitCode).toBe(1);
    expect(await readdir(folder.path('out/shut'))).toEqual([]);
    expect(await readdir(folder.path('tmp'))).toEqual([]);
  });

  it.skipIf(reason)('fails for a folder that may not be read, also with --quiet', async () => {
    const args = ['-r', 'in', '--exclude', 'shut', '--out-dir', 'out', '--force'];
    const { exitCode, stderr } = await convert(...args, '--quiet');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^Error: in\/locked: Could not read this folder: .*\(EACCES\).*\n2 TIFFs: 2 converted; 1 folder could not be read; .*\n.*\n$/,
    );
    const json = await convert(...args, '--json');
    expect(json.exitCode).toBe(1);
    const document = JSON.parse(json.stdout) as object;
    expect(document).toMatchObject({
      summary: { converted: 2, failed: 0, folders_unread: 1, files_unread: 0 },
      unread: [{ kind: 'folder', path: 'in/locked', error: { code: 'FOLDER_UNREADABLE' } }],
    });
    const lines = (await convert(...args, '--json-lines')).stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { event: 'collection.started' },
      { event: 'collection.unread', kind: 'folder', path: 'in/locked' },
      ...Array.from({ length: 4 }, () => ({ event: expect.stringMatching(/^file\./) })),
      { event: 'collection.ended', folders_unread: 1 },
    ]);
  });

  it.skipIf(reason)('counts that folder also when there is one TIFF for one output', async () => {
    await mkdir(folder.path('tmp/one/locked'), { recursive: true });
    await copyFile(folder.path('in/a.tif'), folder.path('tmp/one/a.tif'));
    await chmod(folder.path('tmp/one/locked'), 0);
    const { exitCode, stderr } = await convert('-r', 'tmp/one', '-o', 'out/one.jpg');
    await rm(folder.path('tmp/one'), { recursive: true });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^1 TIFF: 1 converted; 1 folder could not be read; /m);
  });

  it.skipIf(reason)(
    'says that an output folder may not be entered, not that its record cannot be read',
    async () => {
      const { exitCode, stderr } = await convert(
        'in/a.tif',
        'in/open',
        '--out-dir',
        'in/locked/out',
      );
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(
        /^Error: in\/a\.tif: Could not write .*in\/locked\/out: permission denied \(EACCES\)\. Check that its folder/m,
      );
      expect(stderr).not.toContain('record');
    },
  );

  it.skipIf(reason)('reports that folder when there is nothing else', async () => {
    const said = /^Error: in\/locked: Could not read this folder: .*\n0 TIFFs; 1 folder could not/;
    for (const command of [
      ['convert', '--out-dir', 'out', '--report', 'out/none.html'],
      ['convert', '-o', 'out/none.jpg', '--dry-run'],
      ['inspect'],
    ]) {
      const text = await program(...command, 'in/locked');
      expect(text).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(said) });
      const json = await program(...command, 'in/locked', '--json');
      expect(json.exitCode).toBe(1);
      expect(JSON.parse(json.stdout)).toMatchObject({
        files: [],
        summary: { files: 0, folders_unread: 1 },
        unread: [{ path: 'in/locked', error: { code: 'FOLDER_UNREADABLE' } }],
      });
    }
    expect(await readFile(folder.path('out/none.html'), 'utf8')).toContain('"path":"in/locked"');
  });

  it.skipIf(reason)('reports a folder whose name is not UTF-8, with its bytes', async () => {
    const path = latin1(folder.path('tmp/latin/l\xf6cked'));
    await mkdir(path, { recursive: true });
    await copyFile(folder.path('in/a.tif'), folder.path('tmp/latin/a.tif'));
    await chmod(path, 0);
    const args = ['-r', 'tmp/latin', '--out-dir', 'out/latin', '--report', 'out/latin.csv'];
    const { exitCode, stderr } = await convert(...args);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Error: tmp/latin/l\\xF6cked: Could not read this folder: ');
    const base64 = latin1('tmp/latin/l\xf6cked').toString('base64');
    const csv = await readFile(folder.path('out/latin.csv'), 'utf8');
    expect(csv).toMatch(new RegExp(`^tmp/latin/l\\\\xF6cked,,,unread,.*,${base64},\\r$`, 'm'));
    for (const command of [['convert', '--out-dir', 'out/latin'], ['inspect']]) {
      const told = await program(...command, '-r', 'tmp/latin', '--json');
      expect(JSON.parse(told.stdout).unread).toMatchObject([
        { path: 'tmp/latin/l\\xF6cked', path_base64: base64 },
      ]);
    }
    await rm(folder.path('tmp/latin'), { recursive: true });
  });

  it.skipIf(reason)('finds in a dry run that the output cannot be written', async () => {
    const args = ['convert', 'in/a.tif', '--out-dir'];
    for (const out of ['out/shut', 'out/shut/new/er']) {
      const { exitCode, stdout } = await program(...args, out, '--dry-run', '--json');
      expect(exitCode).toBe(1);
      const { files, summary } = JSON.parse(stdout);
      expect(summary).toMatchObject({ converted: 0, would_fail: 1 });
      expect(files).toMatchObject([{ status: 'would_fail', error: { code: 'FILE' } }]);
      expect(files[0].error.message).toMatch(/out\/shut\/.*\(EACCES\).*writable/);
      const converted = JSON.parse((await program(...args, out, '--json')).stdout);
      expect(converted.files).toMatchObject([{ status: 'failed', error: { code: 'FILE' } }]);
    }
    const well = await program(...args, 'out/new', '--dry-run', '--json');
    expect(well.exitCode).toBe(0);
    expect(await readdir(folder.path('out/shut'))).toEqual([]);
  });

  it.skipIf(reason)('says whom to ask about a file that may not be read', async () => {
    const path = 'tmp/secret.tif';
    await copyFile(folder.path('in/a.tif'), folder.path(path));
    await chmod(folder.path(path), 0);
    for (const args of [
      ['convert', path, '-o', 'out/secret.jpg'],
      ['inspect', path],
    ]) {
      const { exitCode, stderr } = await program(...args);
      expect(exitCode).toBe(1);
      expect(stderr).toContain('permission denied (EACCES). Check its permissions.');
      expect(stderr).not.toContain('Check the path');
    }
    await rm(folder.path(path));
  });

  it.skipIf(reason)('writes that file into the reports', async () => {
    const reports = ['out/r.csv', 'out/r.json', 'out/r.html'];
    await convert('-r', 'in', '--out-dir', 'out', ...reports.flatMap((r) => ['--report', r]));
    const [csv = '', json = '', html] = await Promise.all(
      reports.map((report) => readFile(folder.path(report), 'utf8')),
    );
    expect(csv).toMatch(/^in\/locked,,,unread,.*FOLDER_UNREADABLE,/m);
    expect(JSON.parse(json)).toMatchObject({
      summary: { folders_unread: 1 },
      unread: [{ path: 'in/locked' }],
    });
    expect(html).toContain('"unread":[{"kind":"folder","path":"in/locked"');
  });

  it.skipIf(reason)('inspects what it may read, and reports the rest', async () => {
    const { exitCode, stdout, stderr } = await program('inspect', '-r', 'in');
    expect(stdout.match(/^in\S+: 1 page/gm)).toEqual([
      ...['in/a.tif: 1 page', 'in/open/b.tif: 1 page', 'in/shut/d.tif: 1 page'],
    ]);
    expect(stderr).toMatch(/^Error: in\/locked: Could not read this folder: permission denied/);
    expect(stderr).toMatch(
      /\n3 TIFFs: 3 ok \(not decoded yet\); 1 folder could not be read; 3 pages, .*\n$/,
    );
    expect(exitCode).toBe(1);
    expect((await program('inspect', '-r', 'in', '--quiet')).stderr).toMatch(
      /could not be read\n$/,
    );
    const json = await program('inspect', '-r', 'in', '--json');
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      files: [{}, {}, {}],
      unread: [{ kind: 'folder', path: 'in/locked', error: { code: 'FOLDER_UNREADABLE' } }],
    });
  });
});
