import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { noisyTiff } from '../../support/pictures.ts';
import { startProgram } from '../../support/program.ts';
import { until } from '../../support/until.ts';

let folder: TestFolder;
beforeEach(async () => {
  folder = await makeFolder();
  await folder.make('tmp');
  for (const name of ['a', 'b']) await folder.write(`${name}.tif`, await noisyTiff(2500));
});
afterEach(() => folder.remove());

/** Starts a run, and gives it when it is at its first TIFFs, which take a while. */
async function startRun() {
  const run = startProgram(['convert', 'a.tif', 'b.tif', '--out-dir', 'out'], {
    cwd: folder.root,
    env: { TMPDIR: folder.path('tmp'), NODE_DISABLE_COMPILE_CACHE: '1' },
  });
  const hasBegun = async () =>
    (await readdir(folder.path('out')).catch(() => [])).some((name) => name.endsWith('.part'));
  await until(hasBegun);
  return { run, parent: run.pid ?? 0 };
}

describe('a second stop signal', () => {
  it('ends a run at once, by a signal, and what it has begun is removed', async () => {
    const { run, parent } = await startRun();
    expect(await readdir(folder.path('tmp'))).toHaveLength(1);
    // Both have come when it wakes up: it cannot have obeyed the first.
    for (const signal of ['SIGSTOP', 'SIGINT', 'SIGTERM', 'SIGCONT'] as const)
      process.kill(parent, signal);
    const { signal, stderr } = await run;
    expect(signal).toMatch(/^SIG(INT|TERM)$/);
    expect(stderr).toBe('Stopping: what is under way is dropped. Ctrl-C again leaves at once.\n');
    expect(await readdir(folder.path('out'))).toEqual([]);
    expect(await readdir(folder.path('tmp'))).toEqual([]);
  });

  it('that is the first one again, as npx passes it on, changes nothing', async () => {
    const { run, parent } = await startRun();
    for (const signal of ['SIGINT', 'SIGINT'] as const) process.kill(parent, signal);
    const { exitCode, stderr } = await run;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/^2 TIFFs: 2 left undone; /m);
  });
});
