import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startFaultServer } from '../../support/fault-server.ts';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { runUnread } from '../../support/late-readers.ts';
import { plainTiff } from '../../support/pictures.ts';
import { runProgram } from '../../support/program.ts';

/** More than a pipe holds, with a margin for what readers hold. */
const MUCH = 100_000;
/**
 * TIFFs in the folder; the lines, documents and events of each of them are some hundred bytes or
 * more.
 */
const TIFFS = 400;

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
  await folder.make('good');
  await folder.make('bad');
  const tiff = await plainTiff();
  for (let i = 0; i < TIFFS; i++) {
    await folder.write(`good/scan-with-a-name-that-is-as-long-as-some-are-${i}.tif`, tiff);
    await folder.write(`bad/scan-with-a-name-that-is-as-long-as-some-are-${i}.tif`, tiff);
  }
  await folder.write('bad/z.tif', 'no TIFF');
});
afterAll(() => folder.remove());

const last = (text: string) => text.trimEnd().split('\n').at(-1) ?? '';

describe('output that is read late is whole', () => {
  it.each([
    [0, 'good'],
    [1, 'bad'],
  ])('of inspect, as text and as a document: exit code %i', async (code, name) => {
    const setup = { cwd: folder.root };
    const text = await runUnread(['inspect', '-v', name], {}, setup);
    expect(text).toMatchObject({ exitCode: code, endedUnread: false });
    expect(text.stdout.match(/^\S.*: TIFF, /gm)).toHaveLength(TIFFS);
    const json = await runUnread(['inspect', name, '--json'], {}, setup);
    expect(json).toMatchObject({ exitCode: code, endedUnread: false });
    expect(JSON.parse(json.stdout).files.length).toBeGreaterThanOrEqual(TIFFS);
  });

  it.each([
    [0, 'good'],
    [1, 'good lost.tif'],
  ])('of convert, in every mode: exit code %i', async (code, name) => {
    const dry = ['convert', ...name.split(' '), '--dry-run', '--out-dir', folder.path('out')];
    const setup = { cwd: folder.root };
    const lines = await runUnread([...dry, '--json-lines', '--quiet'], {}, setup);
    expect(lines).toMatchObject({ exitCode: code, endedUnread: false });
    expect(JSON.parse(last(lines.stdout))).toMatchObject({ event: 'collection.ended' });
    const json = await runUnread([...dry, '--json'], {}, setup);
    expect(json).toMatchObject({ exitCode: code, endedUnread: false });
    expect(JSON.parse(json.stdout)).toMatchObject({ summary: { converted: TIFFS } });
    const text = await runUnread(dry, { both: true }, setup);
    expect(text.exitCode).toBe(code);
    expect(text.stdout.match(/ → /g)?.length).toBeGreaterThanOrEqual(TIFFS);
    expect(text.stdout).toContain('\nDry run: nothing was written. ');
  });

  it.each([
    ['text', { both: true }, []],
    ['a document', {}, ['--json']],
  ])('of wrong usage, as %s: exit code 2', async (_, reader, flags) => {
    const long = 'x'.repeat(MUCH);
    const run = await runUnread(['inspect', `--${long}`, 'a.tif', ...flags], reader);
    expect(run).toMatchObject({ exitCode: 2, endedUnread: false });
    if (flags.length > 0) expect(JSON.parse(run.stdout).error.code).toBe('USAGE');
    expect(run.stdout.length).toBeGreaterThan(MUCH);
  });

  it('of a run that Ctrl-C has ended: exit code 130', async () => {
    const args = [
      'convert',
      'good',
      '--out-dir',
      folder.path('stopped'),
      '--json-lines',
      '--quiet',
    ];
    const converted = async () =>
      (await readdir(folder.path('stopped')).catch(() => [])).filter((one) => one.endsWith('.jpg'));
    const stop = async (pid: number) => {
      await vi.waitUntil(async () => (await converted()).length > TIFFS * 0.7, { timeout: 90_000 });
      process.kill(pid, 'SIGINT');
    };
    const run = await runUnread(args, { before: stop }, { cwd: folder.root });
    expect(run).toMatchObject({ exitCode: 130, endedUnread: false });
    expect(run.stdout.length).toBeGreaterThan(MUCH);
    expect(JSON.parse(last(run.stdout))).toMatchObject({ stopped: 'SIGINT' });
  });

  it.each([
    ['text', (line: string) => line.startsWith('[xx') && line.endsWith('CALLBACK_URL is missing')],
    ['json', (line: string) => JSON.parse(line).event === 'task.failed'],
  ])('of run, whose log is %s', async (format, isWhole) => {
    const env = { TASK_ID: 'x'.repeat(MUCH), LOG_FORMAT: format };
    const run = await runUnread(['run'], {}, { env });
    expect(run).toMatchObject({ exitCode: 1, endedUnread: false });
    expect(isWhole(last(run.stdout))).toBe(true);
    const json = await runUnread(['run', '--json'], { both: true }, { env });
    expect(json).toMatchObject({ exitCode: 1, endedUnread: false });
    expect(json.stdout).toContain('"code": "SETTINGS"');
    expect(json.stdout.length).toBeGreaterThan(MUCH);
  });
});

describe('a task whose log is not read', () => {
  it('still ends soon after its deadline', async () => {
    const env = { TASK_ID: 'x'.repeat(MUCH), TASK_TIMEOUT_MS: '1000' };
    const run = await runUnread(['run'], { reader: 'true', before: gone }, { env });
    expect(run).toMatchObject({ exitCode: 1, endedUnread: true });
  });

  it('ends long before its deadline when it was asked to stop while it ran', async () => {
    await using silent = await startFaultServer('http://127.0.0.1:1', () => ({ hang: true }));
    // Whose settings are wrong has an error to report, too.
    const task = { TASK_ID: 't', BATCH_ID: 'b', CALLBACK_URL: silent.url };
    const muchLog = `process.stdout.write('x'.repeat(${MUCH}))`;
    const preload = `data:text/javascript,${encodeURIComponent(muchLog)}`;
    const stop = async (pid: number) => {
      await vi.waitUntil(() => silent.seen.length > 0, { timeout: 60_000 });
      process.kill(pid, 'SIGTERM');
      await gone(pid);
    };
    const env = { ...task, TASK_TIMEOUT_MS: '500000', NODE_OPTIONS: `--import=${preload}` };
    const run = await runUnread(['run'], { reader: 'true', before: stop }, { env });
    expect(run).toMatchObject({ exitCode: 1, endedUnread: true });
  });
});

const gone = (pid: number) => vi.waitUntil(() => !isAlive(pid), { timeout: 60_000 });

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a reader that leaves', () => {
  it.each([
    ['inspect', ['inspect', '-v', 'good']],
    ['inspect --json', ['inspect', 'good', '--json']],
  ])('ends the program silently: %s', async (_, args) => {
    const setup = { cwd: folder.root };
    const run = await runUnread(args, { reader: 'head -n 1' }, setup);
    expect(run.stderr).toBe('');
    expect(run.stdout.match(/\n/g)).toHaveLength(1);
    // A document is written when all is done.
    expect(run.exitCode).toBe(args.includes('--json') ? 0 : 141);
  });

  it('ends a run over a collection, which leaves no partial file', async () => {
    const args = ['convert', 'good', '--out-dir', folder.path('left'), '--json-lines', '--quiet'];
    const setup = { cwd: folder.root, env: { TMPDIR: await folder.make('temporary') } };
    // From the start: a late one would find all of the work done, which is no failure.
    const run = await runUnread(args, { reader: 'head -n 1', early: true }, setup);
    expect(run).toMatchObject({ exitCode: 141, stderr: '' });
    expect(JSON.parse(run.stdout)).toMatchObject({ event: 'collection.started' });
    const made = await readdir(folder.path('left'));
    expect(made.filter((name) => !/\.jpg$|^\.arke-tiff\.jsonl$/.test(name))).toEqual([]);
    const temporary = await readdir(folder.path('temporary'));
    expect(temporary.filter((name) => name.startsWith('arke-tiff-'))).toEqual([]);
  });
});

describe.skipIf(!existsSync('/dev/full'))('output that cannot be written', () => {
  it.each(['inspect good', 'inspect good --json', '--help'])(
    'is reported, and is a failure: %s',
    async (line) => {
      const run = await runProgram(line.split(' '), {
        cwd: folder.root,
        stdout: { file: '/dev/full' },
      });
      expect(run).toEqual({
        exitCode: 1,
        stdout: '',
        stderr: expect.stringMatching(
          /^(.*not decoded yet.*\n)?Error: The output is incomplete: .*ENOSPC.*\n$/,
        ),
      });
    },
  );
});
