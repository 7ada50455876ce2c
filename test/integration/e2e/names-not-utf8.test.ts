import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import {
  latin1,
  latin1PathsIn,
  withLatin1Arguments,
  writeLatin1,
} from '../../support/latin1-names.ts';
import { plainTiff } from '../../support/pictures.ts';
import { decodeJpeg } from '../../support/pixels.ts';
import { type RunSetup, runProgram } from '../../support/program.ts';

/**
 * The TIFFs by their names in Latin-1, with what they are filled with; two that look alike are not
 * one.
 */
const TIFFS = {
  'Bo\xeete/\xe0.tif': [0, 128, 128],
  'Bo\xeete/\xe1.tif': [128, 0, 0],
  'caf\xc3\xa9.tif': [0, 0, 128],
  'caf\xe9.tif': [128, 128, 0],
  'plain.tif': [255, 255, 255],
} as const;
const NAMES = Object.keys(TIFFS) as (keyof typeof TIFFS)[];
const makeTiff = (name: keyof typeof TIFFS) => plainTiff(`rgb(${TIFFS[name].join(',')})`);
const jpegOf = (name: string) => name.replace('.tif', '.jpg');

let folder: TestFolder;
beforeEach(async () => {
  folder = await makeFolder();
  for (const name of NAMES) await writeLatin1(folder.path(`scans/${name}`), await makeTiff(name));
});
afterEach(() => folder.remove());

const run = (args: readonly string[], setup: RunSetup = {}) =>
  runProgram(args, { cwd: folder.root, ...setup });
const runWith = (args: readonly string[], ...inLatin1: readonly string[]) =>
  run(args, { wrap: withLatin1Arguments(...inLatin1) });
const bytes = (base64: string) => Buffer.from(base64, 'base64').toString('latin1');
const files = async (path: string) =>
  (await latin1PathsIn(folder.path(path))).filter((name) => !name.endsWith('.arke-tiff.jsonl'));

/**
 * Sees that the JPEGs in a folder are those, and each that of its TIFF. `above` is left out of
 * their paths there.
 */
async function expectJpegs(path: string, names = NAMES, above = ''): Promise<void> {
  const there = (await files(path)).filter((name) => name.endsWith('.jpg'));
  const jpegs = names.map((name) => jpegOf(name).replace(above, ''));
  expect(there).toEqual(jpegs.sort());
  for (const name of names) {
    const jpeg = join(folder.path(path), jpegOf(name).replace(above, ''));
    const { data } = await decodeJpeg(await readFile(latin1(jpeg)));
    for (const [channel, value] of TIFFS[name].entries())
      expect(Math.abs((data[channel] ?? 0) - value)).toBeLessThan(4);
  }
}

describe('convert, with names that are not UTF-8,', () => {
  it('puts JPEGs beside the TIFFs, and skips them in the next run', async () => {
    const first = await run(['convert', '-r', 'scans']);
    expect(first).toMatchObject({ exitCode: 0 });
    expect(first.stdout).toContain('scans/Bo\\xEEte/\\xE0.tif → scans/Bo\\xEEte/\\xE0.jpg');
    expect(first.stdout).toContain('scans/caf\\xE9.tif → scans/caf\\xE9.jpg');
    expect(first.stdout).toContain('scans/café.tif → scans/café.jpg');
    await expectJpegs('scans');
    const record = await readFile(latin1(folder.path('scans/Bo\xeete/.arke-tiff.jsonl')), 'utf8');
    const [line] = record.split('\n').map((text) => text && JSON.parse(text));
    expect(line).toMatchObject({ source: '\\xE0.tif', output: '\\xE0.jpg' });
    expect([line.source_base64, line.output_base64].map(bytes)).toEqual(['\xe0.tif', '\xe0.jpg']);

    const next = await run(['convert', '-r', 'scans']);
    expect(next).toMatchObject({ exitCode: 0 });
    expect(next.stderr).toContain('5 TIFFs: 5 up to date');

    await writeLatin1(folder.path('scans/caf\xe9.tif'), await makeTiff('plain.tif'));
    const { stderr } = await run(['convert', '-r', 'scans']);
    expect(stderr).toContain('5 TIFFs: 1 converted, 4 up to date');
    expect(await files('scans')).toHaveLength(10);
  });

  it('puts JPEGs into another folder, verified, with checksums and times; its JSON has the bytes', async () => {
    const options = ['--verify', '--checksum', '--preserve-timestamps', '--json'];
    const args = ['convert', '-r', 'scans', ...options, '--out-dir'];
    const { exitCode, stdout } = await runWith(args, '\xe9t\xe9');
    expect(exitCode).toBe(0);
    await expectJpegs('\xe9t\xe9');
    const { files } = JSON.parse(stdout);
    expect(files).toHaveLength(5);
    expect(files[0]).toMatchObject({
      input: 'scans/Bo\\xEEte/\\xE0.tif',
      output: '\\xE9t\\xE9/Bo\\xEEte/\\xE0.jpg',
    });
    expect(bytes(files[0].input_base64)).toBe('scans/Bo\xeete/\xe0.tif');
    expect(bytes(files[0].output_base64)).toBe('\xe9t\xe9/Bo\xeete/\xe0.jpg');
    const plain = await run(['convert', 'scans/plain.tif', '--out-dir', 'out', '--json-lines']);
    expect(plain.stdout).not.toContain('base64');
  });

  it('accepts one as an argument, and as the name of the output', async () => {
    expect(await runWith(['convert'], 'scans/caf\xe9.tif')).toMatchObject({ exitCode: 0 });
    await expectJpegs('scans', ['caf\xe9.tif']);
    const named = await runWith(['convert', 'scans/plain.tif', '-o'], 'n\xe9.jpg');
    expect(named).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('n\\xE9.jpg') });
    const again = await runWith(['convert', 'scans/plain.tif', '--json', '-o'], 'n\xe9.jpg');
    expect(JSON.parse(again.stdout).files[0]).toMatchObject({
      status: 'skipped',
      output_base64: latin1('n\xe9.jpg').toString('base64'),
    });
    const pages = ['convert', '--page', 'all', '--out-dir', 'out'];
    expect(await runWith(pages, 'scans/Bo\xeete', 'scans/*\xe9.tif')).toMatchObject({
      exitCode: 0,
    });
    await expectJpegs(
      'out',
      ['Bo\xeete/\xe0.tif', 'Bo\xeete/\xe1.tif', 'caf\xe9.tif'],
      'Bo\xeete/',
    );
  });

  it.each([
    ['lines', '\n'],
    ['NULs', '\0'],
  ])('reads them from a list, ended by %s', async (_, end) => {
    const list = latin1(NAMES.map((name) => `scans/${name}${end}`).join(''));
    const args = ['convert', '--out-dir', 'out', '--files-from', '-'];
    expect(await run(args, { input: list })).toMatchObject({ exitCode: 0 });
    await writeFile(latin1(folder.path('liste\xe9')), list);
    const again = await runWith(['convert', '--out-dir', 'out', '--files-from'], 'liste\xe9');
    expect(again.stderr).toContain('5 TIFFs: 5 up to date');
    await expectJpegs('out/scans');
  });

  it('works in a folder whose own name is not UTF-8', async () => {
    const inside = (command: readonly string[]) => [
      ...['sh', '-c', `cd "$(printf 'scans/Bo\\356te')" && exec "$@"`, 'sh'],
      ...command,
    ];
    const args = ['convert', '.', '--verify', '--report', 'report.html'];
    expect(await run(args, { wrap: inside })).toMatchObject({ exitCode: 0 });
    expect(await files('scans/Bo\xeete')).toEqual([
      'report.html',
      ...['\xe0.jpg', '\xe0.tif', '\xe1.jpg', '\xe1.tif'],
    ]);
  });

  it('writes reports: a page with the pictures and links, CSV with what is shown, JSON with the bytes', async () => {
    const args = ['convert', '-r', 'scans', '--verify', '--out-dir', 'out', '--report'];
    expect(await runWith(args, 'r\xe9p.html')).toMatchObject({ exitCode: 0 });
    const page = await readFile(latin1(folder.path('r\xe9p.html')), 'utf8');
    expect(page).toContain('"link":"./out/Bo%EEte/%E0.jpg"');
    expect(page).toContain('"link":"./out/caf%E9.jpg"');
    expect(page.match(/ id="(thumbnail|before|after)-\d"/g)).toHaveLength(3 * NAMES.length);

    expect(await run([...args, 'report.csv'])).toMatchObject({ exitCode: 0 });
    const csv = await readFile(folder.path('report.csv'), 'utf8');
    expect(csv).toContain('scans/caf\\xE9.tif,out/caf\\xE9.jpg,1,skipped');
    const [input, output] = ['scans/caf\xe9.tif', 'out/caf\xe9.jpg'].map((path) =>
      latin1(path).toString('base64'),
    );
    expect(csv).toMatch(new RegExp(`^scans/caf\\\\xE9.tif,.*,${input},${output}\\r$`, 'm'));
    expect(csv).toMatch(/^scans\/plain\.tif,.*,,\r$/m);
    expect(await run([...args, 'report.json'])).toMatchObject({ exitCode: 0 });
    const { files } = JSON.parse(await readFile(folder.path('report.json'), 'utf8'));
    expect(bytes(files[3].input_base64)).toBe('scans/caf\xe9.tif');
    expect(bytes(files[3].pages[0].output_base64)).toBe('out/caf\xe9.jpg');
  });

  it('reports a failure with the name as it is shown, and leaves no file', async () => {
    await writeLatin1(folder.path('bad/\xe9.tif'), Buffer.from('no TIFF'));
    const { exitCode, stderr } = await run(['convert', 'bad']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('bad/\\xE9.tif');
    const gone = await runWith(['convert', '--json'], 'bad/g\xf6ne.tif');
    expect(gone.exitCode).toBe(1);
    const { files: failed } = JSON.parse(gone.stdout);
    expect(failed[0].error.message).toContain('bad/g\\xF6ne.tif');
    expect(bytes(failed[0].input_base64)).toBe('bad/g\xf6ne.tif');
    expect(await files('bad')).toEqual(['\xe9.tif']);
  });
});

describe('with names that are not UTF-8', () => {
  it('a dry run and inspect work as with others', async () => {
    const plan = await run(['convert', '-r', 'scans', '--dry-run', '--json']);
    expect(JSON.parse(plan.stdout).summary).toMatchObject({ converted: 5, failed: 0 });
    expect(bytes(JSON.parse(plan.stdout).files[3].input_base64)).toBe('scans/caf\xe9.tif');
    const found = await run(['inspect', '-r', 'scans', '--json']);
    expect(found.exitCode).toBe(0);
    const inspected = JSON.parse(found.stdout).files;
    expect(inspected).toHaveLength(5);
    expect(bytes(inspected[3].input_base64)).toBe('scans/caf\xe9.tif');
    const one = await runWith(['inspect'], 'scans/caf\xe9.tif');
    expect(one.stdout).toMatch(/^scans\/caf\\xE9\.tif: TIFF/);
  });

  it('that belong to no file, the program shows what it was given', async () => {
    const unknown = await runWith(['--json'], 'convertir\xe9');
    expect(unknown.stdout).not.toContain('\\ud');
    const ids = ['callback', '--dry-run', '--task-id', 't', '--batch-id', 'b', '--error'];
    const refused = await runWith(ids, 'ab\xe9');
    expect(refused).toMatchObject({ exitCode: 2 });
    expect(refused.stderr).toContain('--error is not UTF-8');
  });

  it('the temporary folder and the folder of dev are refused', async () => {
    const inTemporary = (command: readonly string[]) => [
      ...['sh', '-c', `TMPDIR="$(printf '/tmp/\\351')" exec "$@"`, 'sh'],
      ...command,
    ];
    const converted = await run(['convert', 'scans/plain.tif'], { wrap: inTemporary });
    expect(converted).toMatchObject({ exitCode: 1 });
    expect(converted.stderr).toContain('folder in /tmp/\\xE9: its path is not UTF-8. Set TMPDIR');
    const dev = await runWith(['dev', '--folder'], 'd\xe9v');
    expect(dev).toMatchObject({ exitCode: 1 });
    expect(dev.stderr).toMatch(/The path of the folder .*d\\xE9v is not UTF-8/i);
  });
});
