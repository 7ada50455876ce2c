import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { objectsUnder, putAll } from '../../support/batches.ts';
import { type CollectionTree, makeCollectionTree } from '../../support/collection-tree.ts';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { noisyTiff } from '../../support/pictures.ts';
import { runProgram } from '../../support/program.ts';
import type { StandStill } from '../../support/stand-still.ts';
import { signalWhere, whereEnded, whereFirstIsTold } from '../../support/stopped-runs.ts';
import { useSandbox } from '../../support/tasks.ts';
import { useFolder } from '../../support/use-folder.ts';

const sandbox = useSandbox();
const original = useFolder();
/**
 * Enough for a run to be stopped early and late: each costs the embedded R2 more than it costs the
 * run.
 */
const TIFFS = 60;
let tree: CollectionTree;
let uninterrupted: Map<string, string>;
let objects: (readonly [string, Uint8Array])[];
let folder: TestFolder;

const setup = () => ({
  env: {
    ...sandbox.current.environment('b', 't', 'k'),
    TMPDIR: folder.path('tmp'),
    NODE_DISABLE_COMPILE_CACHE: '1',
  },
});

/**
 * What is called a TIFF. The embedded R2 lists a key with a line break, but finds no object under
 * it.
 */
const isPut = (name: string) =>
  /\.tiff?$/i.test(name) && !name.startsWith('links/') && !name.includes('\n');

/** Puts the tree under a prefix: what is called a TIFF. */
async function putTree(prefix: string): Promise<void> {
  await putAll(sandbox.current, prefix, objects);
}

beforeAll(async () => {
  folder = await makeFolder();
  await folder.make('tmp');
  tree = await makeCollectionTree(await original.make('tree'), TIFFS);
  const names = [...tree.good.keys(), ...tree.broken].filter(isPut);
  objects = await Promise.all(
    names.map(async (name) => [name, await readFile(join(tree.root, name))] as const),
  );
  await putTree('whole/');
  await runProgram(['batch', 'whole/'], setup());
  uninterrupted = await objectsUnder(sandbox.current, 'whole/');
  await folder.remove();
});
beforeEach(async () => {
  folder = await makeFolder();
  await folder.make('tmp');
});
afterEach(() => folder.remove());

/** Puts TIFFs that are not done at once under a prefix. */
async function putNoise(prefix: string, ...names: string[]): Promise<void> {
  const noise = await noisyTiff(700);
  await putAll(
    sandbox.current,
    prefix,
    names.map((name) => [`${name}.tif`, noise]),
  );
}

const run = (prefix: string, where: StandStill, ...signals: NodeJS.Signals[]) =>
  signalWhere(where, signals, ['batch', prefix, '--json-lines', '-j', '2'], setup());

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
  it.each([3, TIFFS - 10])(
    'by kill -9 after %i files is resumed to the same end, and its temporary files are removed',
    async (files) => {
      const prefix = `killed-${files}/`;
      await putTree(prefix);
      const killed = await run(prefix, whereEnded(files), 'SIGKILL');
      expect(killed.signal).toBe('SIGKILL');
      expect(await readdir(folder.path('tmp'))).toHaveLength(1);
      await expectToBeGoneOnWith(prefix);
    },
  );

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'by %s says what it has done and exits with %i, leaving no partial object',
    async (signal, code) => {
      const prefix = `${signal}/`;
      await putTree(prefix);
      const stopped = await run(prefix, whereEnded(20), signal);
      expect(stopped.exitCode).toBe(code);
      expect(stopped.stderr).toBe('');
      const summary = JSON.parse(stopped.stdout.trimEnd().split('\n').at(-1) ?? '');
      expect(summary).toMatchObject({ event: 'collection.ended', stopped: signal });
      expect(summary.converted).toBeGreaterThan(0);
      expect(summary.left).toBeGreaterThan(0);
      expect(await readdir(folder.path('tmp'))).toEqual([]);
      await expectToBeGoneOnWith(prefix);
    },
  );

  it('says on stderr, for people, what it has done and how to resume', async () => {
    await putNoise('people/', 'a', 'b', 'c');
    const args = ['batch', 'people/', '-j', '1'];
    const { exitCode, stderr } = await signalWhere(whereFirstIsTold, ['SIGINT'], args, setup());
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/^Stopping; unfinished files are discarded\. /m);
    expect(stderr).toMatch(/^3 TIFFs: 1 converted, 2 remaining; /m);
    expect(stderr).toMatch(/^Interrupted by SIGINT\. Run the same command again to resume/m);
    expect(stderr).not.toMatch(/^Error/m);
  });
});

describe('a second stop signal', () => {
  it('ends a run at once, by the signal, and removes its temporary files', async () => {
    await putNoise('twice/', 'a', 'b');
    // Both have come when it wakes up: it cannot have obeyed the first.
    const signals = ['SIGINT', 'SIGTERM'] as const;
    const args = ['batch', 'twice/', '-j', '1'];
    const { signal, stderr } = await signalWhere(whereFirstIsTold, signals, args, setup());
    expect(signal).toMatch(/^SIG(INT|TERM)$/);
    expect(stderr).toMatch(
      /Stopping; unfinished files are discarded\. Press Ctrl-C again to quit now\.\n$/,
    );
    expect(await readdir(folder.path('tmp'))).toEqual([]);
    expect(await sandbox.current.listKeys('twice/')).toEqual([
      'twice/a.jpg',
      'twice/a.tif',
      'twice/b.tif',
    ]);
  });
});
