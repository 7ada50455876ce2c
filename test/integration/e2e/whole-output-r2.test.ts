import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { putAll } from '../../support/batches.ts';
import { startFaultServer } from '../../support/fault-server.ts';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { runUnread } from '../../support/late-readers.ts';
import { plainTiff } from '../../support/pictures.ts';
import { useSandbox } from '../../support/tasks.ts';

/** More than a pipe holds, with a margin for what readers hold. */
const MUCH = 100_000;
/** Long names, so that not many of them make much output. */
const LONG = 'x'.repeat(800);
const MANY = 140;
/** The last of all names: what is asked of it is never answered where a test says so. */
const LAST = 'z.tif';

const sandbox = useSandbox();
let folder: TestFolder;
let files: string[];
beforeAll(async () => {
  folder = await makeFolder();
  const tiff = await plainTiff();
  const names = Array.from({ length: MANY }, (_, i) => `${i}.tif`);
  files = [...names, LAST];
  for (const name of files) await folder.write(name, tiff);
  await putAll(
    sandbox.current,
    `in/good/${LONG}`,
    names.map((name) => [name, tiff]),
  );
  await putAll(sandbox.current, 'in/', [[LAST, Buffer.from('no TIFF')]]);
  await putAll(sandbox.current, '', [['much.txt', Buffer.alloc(3 * MUCH, 'x')]]);
});
afterAll(() => folder.remove());

const setup = (endpoint = sandbox.current.endpoint) => ({
  cwd: folder.root,
  env: { ...sandbox.current.environment('b', 't', 'k'), R2_ENDPOINT: endpoint },
});
/** The bucket behind a server that never answers about the last name. */
const withoutLast = () =>
  startFaultServer(sandbox.current.endpoint, ({ url }) =>
    url.includes('/z.') ? { hang: true } : undefined,
  );
type Server = Awaited<ReturnType<typeof withoutLast>>;
/** Comes back when the program waits for an answer about the last name. */
const waits = ({ seen }: Server) =>
  vi.waitUntil(() => seen.some(({ url }) => url.includes('/z.')), { timeout: 120_000 });
const last = (text: string) => text.trimEnd().split('\n').at(-1) ?? '';

describe('of batch', () => {
  const dryRun = ['--dry-run', '--json-lines', '--quiet'];

  it.each([
    [0, 'in/good/'],
    [1, 'in/'],
  ])('what is read late is whole: exit code %i', async (code, prefix) => {
    const lines = await runUnread(['batch', prefix, ...dryRun], {}, setup());
    expect(lines).toMatchObject({ exitCode: code, endedUnread: false });
    expect(JSON.parse(last(lines.stdout))).toMatchObject({
      event: 'collection.ended',
      converted: MANY,
      would_fail: code,
    });
    const json = await runUnread(['batch', prefix, '--dry-run', '--json'], {}, setup());
    expect(json).toMatchObject({ exitCode: code, endedUnread: false });
    expect(JSON.parse(json.stdout).files).toHaveLength(MANY + code);
  });

  it('what is read late is whole also after Ctrl-C: exit code 130', async () => {
    await using server = await withoutLast();
    const stop = async (pid: number) => {
      await waits(server);
      process.kill(pid, 'SIGINT');
    };
    const args = ['batch', 'in/', ...dryRun];
    const run = await runUnread(args, { before: stop }, setup(server.url));
    expect(run).toMatchObject({ exitCode: 130, endedUnread: false });
    expect(run.stdout.length).toBeGreaterThan(MUCH);
    expect(JSON.parse(last(run.stdout))).toMatchObject({ stopped: 'SIGINT' });
  });

  it('a reader that leaves ends the run silently', async () => {
    await using server = await withoutLast();
    const reader = { reader: 'head -n 1', before: () => waits(server) };
    const run = await runUnread(['batch', 'in/', ...dryRun], reader, setup(server.url));
    expect(run).toMatchObject({ exitCode: 141, stderr: '' });
    expect(JSON.parse(run.stdout)).toMatchObject({ event: 'collection.started' });
  });
});

describe('of upload', () => {
  const upload = (prefix: string, names: readonly string[], ...flags: string[]) => [
    ...['upload', ...names, '--prefix', `${prefix}/${LONG}/`],
    ...flags,
  ];

  it.each([
    [0, []],
    [1, ['lost.tif']],
  ])('what is read late is whole: exit code %i', async (code, lost) => {
    const names = [...files.slice(0, MANY), ...lost];
    const text = await runUnread(upload(`text${code}`, names, '--quiet'), {}, setup());
    expect(text).toMatchObject({ exitCode: code, endedUnread: false });
    expect(text.stdout.match(/ → /g)).toHaveLength(MANY);
    const json = await runUnread(upload(`json${code}`, names, '--json'), {}, setup());
    expect(json).toMatchObject({ exitCode: code, endedUnread: false });
    expect(JSON.parse(json.stdout).files).toHaveLength(MANY + code);
  });

  it.each([
    [130, 'cat', true],
    [141, 'head -n 1', false],
  ])(
    'what was written before it was stopped is not lost: exit code %i',
    async (code, reader, stops) => {
      await using server = await withoutLast();
      const before = async (pid: number) => {
        await waits(server);
        if (stops) process.kill(pid, 'SIGINT');
      };
      const args = upload(`stop${code}`, files, '--quiet');
      const run = await runUnread(args, { reader, before }, setup(server.url));
      expect(run.exitCode).toBe(code);
      expect(run.stdout.match(/ → /g)).toHaveLength(stops ? MANY : 1);
      if (!stops) expect(run.stderr).toBe('');
    },
  );
});

describe('of download to stdout', () => {
  const args = ['download', 'much.txt', '-o', '-', '--quiet'];

  it('what is read late is whole, and a reader may leave', async () => {
    const whole = await runUnread(args, {}, setup());
    expect(whole).toMatchObject({ exitCode: 0, stderr: '', endedUnread: false });
    expect(whole.stdout).toBe('x'.repeat(3 * MUCH));
    const left = await runUnread(args, { reader: 'head -c 9' }, setup());
    expect(left).toMatchObject({ exitCode: 0, stderr: '', stdout: 'x'.repeat(9) });
  });

  it('Ctrl-C ends it though nobody reads: exit code 130', async () => {
    await using server = await withoutLast();
    const stop = async (pid: number) => {
      await vi.waitUntil(() => server.seen.length > 0, { timeout: 120_000 });
      process.kill(pid, 'SIGINT');
    };
    expect((await runUnread(args, { before: stop }, setup(server.url))).exitCode).toBe(130);
  });
});

describe('of callback', () => {
  const args = ['callback', '--no-validate', '--data', 'body.txt', '--url'];
  beforeAll(() => folder.write('body.txt', 'x'.repeat(MUCH)));

  it('what is read late is whole: exit codes 0, 1 and 2', async () => {
    const dry = [...args, sandbox.current.callbackUrl('b', 't'), '--dry-run'];
    const shown = await runUnread(dry, {}, setup());
    expect(shown).toMatchObject({ exitCode: 0, endedUnread: false });
    expect(shown.stdout).toContain('x'.repeat(MUCH));
    const document = await runUnread([...dry, '--json'], {}, setup());
    expect(JSON.parse(document.stdout).body).toHaveLength(MUCH);
    await using server = await startFaultServer(sandbox.current.endpoint, () => ({ status: 500 }));
    const failed = await runUnread([...args, server.url, '--json'], {}, setup());
    expect(failed).toMatchObject({ exitCode: 1, endedUnread: false });
    expect(JSON.parse(failed.stdout).request.body).toHaveLength(MUCH);
    const wrong = await runUnread(['callback', `--${'x'.repeat(MUCH)}`, '--json'], {}, setup());
    expect(wrong).toMatchObject({ exitCode: 2, endedUnread: false });
    expect(JSON.parse(wrong.stdout).error.code).toBe('USAGE');
  });

  it('a reader may leave', async () => {
    const dry = [...args, sandbox.current.callbackUrl('b', 't'), '--dry-run', '--quiet'];
    const left = await runUnread(dry, { reader: 'head -n 1' }, setup());
    expect(left).toMatchObject({ exitCode: 0, stderr: '' });
  });
});
