import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { objectsUnder, putAll } from '../../support/batches.ts';
import { type CollectionTree, makeCollectionTree } from '../../support/collection-tree.ts';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { noisyTiff } from '../../support/pictures.ts';
import { type Run, runProgram, startProgram } from '../../support/program.ts';
import { useSandbox } from '../../support/tasks.ts';
import { useFolder } from '../../support/use-folder.ts';

const sandbox = useSandbox();
const original = useFolder();
let tree: CollectionTree;
let uninterrupted: Map<string, string>;
let objects: (readonly [string, Uint8Array])[];
let folder: TestFolder;

const setup = () => ({
  env: {
    ...sandbox.current.environment('b', 't', 'k'),
    ...{ TMPDIR: folder.path('tmp'), NODE_DISABLE_COMPILE_CACHE: '1' },
  },
});

/** What is called a TIFF. The embedded R2 lists a key with a line break, but finds no object under it. */
const isPut = (name: string) =>
  /\.tiff?$/i.test(name) && !name.startsWith('links/') && !name.includes('\n');

/** Puts the tree under a prefix: what is called a TIFF. */
async function putTree(prefix: string): Promise<void> {
  await putAll(sandbox.current, prefix, objects);
}

beforeAll(async () => {
  folder = await makeFolder();
  await folder.make('tmp');
  tree = await makeCollectionTree(await original.make('tree'));
  const names = [...tree.good.keys(), ...tree.broken].filter(isPut);
  objects = await Promise.all(
    names.map(async (name) => [name, await readFile(join(tree.root, name))] as const),
  );
  await putTree('whole/');
  await runProgram(['batch', 'whole/'], setup());
  uninterrupted = await objectsUnder(sandbox.current, 'whole/');
  await folder.remove();
}, 180_000);
beforeEach(async () => {
  folder = await makeFolder();
  await folder.make('tmp');
});
afterEach(() => folder.remove());

/** Starts a run and sends it signals as soon as so many of its files are done. */
async function stopAfter(
  prefix: string,
  files: number,
  send: (pid: number) => void,
): Promise<Run & { signal?: string }> {
  const run = startProgram(['batch', prefix, '--json-lines', '-j', '2'], setup());
  let done = 0;
  run.stdout?.on('data', (chunk: Buffer) => {
    const before = done;
    done += String(chunk).split('"event":"file.ended"').length - 1;
    if (before < files && done >= files) send(run.pid as number);
  });
  const { exitCode, stdout, stderr, signal } = await run;
  return { exitCode, stdout, stderr, ...(signal ? { signal } : {}) };
}

/** Runs the whole once more, and holds what is there to what an uninterrupted run has made. */
async function expectToBeGoneOnWith(prefix: string): Promise<void> {
  const again = await runProgram(['batch', prefix, '--json'], setup());
  const { summary } = JSON.parse(again.stdout);
  expect(summary.skipped).toBeGreaterThan(0);
  expect(summary.left).toBe(0);
  expect(await objectsUnder(sandbox.current, prefix)).toEqual(uninterrupted);
  expect(await readdir(folder.path('tmp'))).toEqual([]);
}

describe('a whole tree in a bucket', () => {
  it('has a JPEG beside each of its TIFFs, whatever they are called', () => {
    const made = [...uninterrupted.keys()].filter((name) => name.endsWith('.jpg')).sort();
    const expected = [...tree.good].filter(([name]) => isPut(name)).map(([, jpeg]) => jpeg);
    expect(made).toEqual(expected.sort());
  });
});

describe('a run over a bucket that is stopped', () => {
  it.each([3, 100])(
    'by kill -9 after %i files is gone on with to the same end, and what it has left here is removed',
    async (files) => {
      const prefix = `killed-${files}/`;
      await putTree(prefix);
      const killed = await stopAfter(prefix, files, (pid) => process.kill(pid, 'SIGKILL'));
      expect(killed.signal).toBe('SIGKILL');
      expect(await readdir(folder.path('tmp'))).toHaveLength(1);
      await expectToBeGoneOnWith(prefix);
    },
    120_000,
  );

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'by %s says what it has done and exits by %i, leaving nothing half done',
    async (signal, code) => {
      const prefix = `${signal}/`;
      await putTree(prefix);
      const stopped = await stopAfter(prefix, 20, (pid) => process.kill(pid, signal));
      expect(stopped.exitCode).toBe(code);
      expect(stopped.stderr).toBe('');
      const summary = JSON.parse(stopped.stdout.trimEnd().split('\n').at(-1) ?? '');
      expect(summary).toMatchObject({ event: 'collection.ended', stopped: signal });
      expect(summary.converted).toBeGreaterThan(0);
      expect(summary.left).toBeGreaterThan(0);
      expect(await readdir(folder.path('tmp'))).toEqual([]);
      await expectToBeGoneOnWith(prefix);
    },
    120_000,
  );

  it('says on stderr, for people, what it has done and how to go on', async () => {
    const large = await noisyTiff(1500);
    await putAll(
      sandbox.current,
      'people/',
      ['a', 'b', 'c'].map((name) => [`${name}.tif`, large]),
    );
    const run = startProgram(['batch', 'people/', '-j', '1'], setup());
    run.stdout?.once('data', () => run.kill('SIGINT'));
    const { exitCode, stderr } = await run;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/^Stopping: what is under way is dropped\. /m);
    expect(stderr).toMatch(/^3 TIFFs: 1 converted, 2 left undone; /m);
    expect(stderr).toMatch(/^Stopped by SIGINT\. Run it again to go on/m);
    expect(stderr).not.toMatch(/^Error/m);
  });
});

describe('a second stop signal', () => {
  it('ends a run at once, by a signal, and its temporary files are removed', async () => {
    await putAll(sandbox.current, 'twice/', [['a.tif', await noisyTiff(2500)]]);
    const run = startProgram(['batch', 'twice/'], setup());
    const hasBegun = async () => {
      const names = await readdir(folder.path('tmp'), { recursive: true }).catch(() => []);
      return names.some((name) => name.endsWith('source.tif'));
    };
    await vi.waitUntil(hasBegun, { timeout: 60_000, interval: 10 });
    // Both have come when it wakes up: it cannot have obeyed the first.
    for (const signal of ['SIGSTOP', 'SIGINT', 'SIGTERM', 'SIGCONT'] as const)
      process.kill(run.pid ?? 0, signal);
    const { signal, stderr } = await run;
    expect(signal).toMatch(/^SIG(INT|TERM)$/);
    expect(stderr).toMatch(
      /Stopping: what is under way is dropped\. Ctrl-C again leaves at once\.\n$/,
    );
    expect(await readdir(folder.path('tmp'))).toEqual([]);
    expect(await sandbox.current.listKeys('twice/')).toEqual(['twice/a.tif']);
  });
});
