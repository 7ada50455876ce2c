import { readdir } from 'node:fs/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type CollectionTree,
  makeCollectionTree,
  picturesIn,
} from '../../support/collection-tree.ts';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { noisyTiff } from '../../support/pictures.ts';
import { runProgram } from '../../support/program.ts';
import type { StandStill } from '../../support/stand-still.ts';
import { signalWhere, whereEnded, whereFirstIsTold } from '../../support/stopped-runs.ts';
import { useFolder } from '../../support/use-folder.ts';

const original = useFolder();
let tree: CollectionTree;
let uninterrupted: Map<string, string>;
let folder: TestFolder;

const setup = (out: TestFolder) => ({
  cwd: out.root,
  env: { TMPDIR: out.path('tmp'), NODE_DISABLE_COMPILE_CACHE: '1' },
});
const argsFor = () => ['convert', tree.root, '-r', '--out-dir', 'out', '-j', '2'];

beforeAll(async () => {
  tree = await makeCollectionTree(await original.make('tree'));
  await original.make('tmp');
  await runProgram(argsFor(), setup(original as TestFolder));
  uninterrupted = await picturesIn(original.path('out'));
});
beforeEach(async () => {
  folder = await makeFolder();
  await folder.make('tmp');
});
afterEach(() => folder.remove());

const run = (where: StandStill, signal: NodeJS.Signals) =>
  signalWhere(where, [signal], [...argsFor(), '--json-lines'], setup(folder));

/** Runs the whole once more, and holds what is there to what an uninterrupted run has made. */
async function expectToBeGoneOnWith(): Promise<void> {
  const again = await runProgram([...argsFor(), '--json'], setup(folder));
  const { summary } = JSON.parse(again.stdout);
  expect(summary.skipped).toBeGreaterThan(0);
  expect(summary.skipped + summary.converted).toBe(tree.good.size);
  expect(await picturesIn(folder.path('out'))).toEqual(uninterrupted);
}

describe('a run over a collection that is stopped', () => {
  it.each([5, 120, 280])('by kill -9 after %i files is resumed to the same end', async (files) => {
    const killed = await run(whereEnded(files), 'SIGKILL');
    expect(killed.signal).toBe('SIGKILL');
    await expectToBeGoneOnWith();
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'by %s says what it has done and exits with %i, leaving no partial file',
    async (signal, code) => {
      const stopped = await run(whereEnded(20), signal);
      expect(stopped.exitCode).toBe(code);
      const summary = JSON.parse(stopped.stdout.trimEnd().split('\n').at(-1) ?? '');
      expect(summary).toMatchObject({ event: 'collection.ended', stopped: signal });
      expect(summary.converted).toBeGreaterThan(0);
      expect(summary.left).toBeGreaterThan(0);
      for (const name of (await picturesIn(folder.path('out'))).keys())
        expect(name).toMatch(/\.jpg$/);
      expect(await readdir(folder.path('tmp'))).toEqual([]);
      await expectToBeGoneOnWith();
    },
  );

  it('says on stderr, for people, what it has done and how to resume', async () => {
    for (const name of ['a', 'b', 'c']) await folder.write(`${name}.tif`, await noisyTiff(700));
    const args = ['convert', '.', '-j', '1'];
    const { exitCode, stderr } = await signalWhere(
      whereFirstIsTold,
      ['SIGINT'],
      args,
      setup(folder),
    );
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/^Stopping; /m);
    expect(stderr).toMatch(/^3 TIFFs: 1 converted, 2 remaining; /m);
    expect(stderr).toMatch(/^Interrupted by SIGINT\. Run the same command again to resume/m);
    expect(stderr).not.toMatch(/^Error/m);
  });
});
