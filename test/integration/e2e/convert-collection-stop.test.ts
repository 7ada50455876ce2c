import { readdir } from 'node:fs/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type CollectionTree,
  makeCollectionTree,
  picturesIn,
} from '../../support/collection-tree.ts';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { noisyTiff } from '../../support/pictures.ts';
import { type Run, runProgram, startProgram } from '../../support/program.ts';
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
}, 120_000);
beforeEach(async () => {
  folder = await makeFolder();
  await folder.make('tmp');
});
afterEach(() => folder.remove());

/** Starts a run and sends it signals as soon as so many of its files are done. */
async function stopAfter(
  files: number,
  send: (pid: number) => void,
): Promise<Run & { signal?: string }> {
  const run = startProgram([...argsFor(), '--json-lines'], setup(folder));
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
async function expectToBeGoneOnWith(): Promise<void> {
  const again = await runProgram([...argsFor(), '--json'], setup(folder));
  const { summary } = JSON.parse(again.stdout);
  expect(summary.skipped).toBeGreaterThan(0);
  expect(summary.skipped + summary.converted).toBe(tree.good.size);
  expect(await picturesIn(folder.path('out'))).toEqual(uninterrupted);
}

describe('a run over a collection that is stopped', () => {
  it.each([5, 120, 280])(
    'by kill -9 after %i files is gone on with to the same end',
    async (files) => {
      const killed = await stopAfter(files, (pid) => process.kill(pid, 'SIGKILL'));
      expect(killed.signal).toBe('SIGKILL');
      await expectToBeGoneOnWith();
    },
    120_000,
  );

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'by %s says what it has done and exits by %i, leaving nothing half done',
    async (signal, code) => {
      const stopped = await stopAfter(20, (pid) => process.kill(pid, signal));
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
    120_000,
  );

  it('says on stderr, for people, what it has done and how to go on', async () => {
    for (const name of ['a', 'b', 'c']) await folder.write(`${name}.tif`, await noisyTiff(1200));
    const run = startProgram(['convert', '.', '-j', '1'], setup(folder));
    run.stdout?.once('data', () => run.kill('SIGINT'));
    const { exitCode, stderr } = await run;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/^Stopping: /m);
    expect(stderr).toMatch(/^3 TIFFs: 1 converted, 2 left undone; /m);
    expect(stderr).toMatch(/^Stopped by SIGINT\. Run it again to go on/m);
    expect(stderr).not.toMatch(/^Error/m);
  });
});
