import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { noisyTiff, plainTiff } from '../../support/pictures.ts';
import { signalWhere, whereFirstIsTold } from '../../support/stopped-runs.ts';

let folder: TestFolder;
beforeEach(async () => {
  folder = await makeFolder();
  await folder.make('tmp');
  await folder.write('a.tif', await plainTiff());
  for (const name of ['b', 'c']) await folder.write(`${name}.tif`, await noisyTiff(700));
});
afterEach(() => folder.remove());

/** Sends a run signals when it has told of its first TIFF and is at the second. */
const signalRun = (signals: readonly NodeJS.Signals[], preload = '') =>
  signalWhere(
    whereFirstIsTold,
    signals,
    ['convert', 'a.tif', 'b.tif', 'c.tif', '--out-dir', 'out', '-j', '1'],
    {
      cwd: folder.root,
      env: {
        TMPDIR: folder.path('tmp'),
        NODE_DISABLE_COMPILE_CACHE: '1',
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}`,
      },
    },
  );

describe('a second stop signal', () => {
  it('ends a run at once, by the signal, and removes unfinished files', async () => {
    // Both have come when it wakes up: it cannot have obeyed the first.
    const { signal, stderr } = await signalRun(['SIGINT', 'SIGTERM']);
    expect(signal).toMatch(/^SIG(INT|TERM)$/);
    expect(stderr).toBe(
      'Stopping; unfinished files are discarded. Press Ctrl-C again to quit now.\n',
    );
    const outputs = (await readdir(folder.path('out'))).filter((name) => !name.startsWith('.arke'));
    expect(outputs).toEqual(['a.jpg']);
    expect(await readdir(folder.path('tmp'))).toEqual([]);
  });

  it('that repeats the first, as npx forwards it, changes nothing', async () => {
    // At once, however busy the machine is.
    const echo = `process.once('SIGINT', () => queueMicrotask(() => process.emit('SIGINT', 'SIGINT', 2)));`;
    const { exitCode, stderr } = await signalRun(['SIGINT'], echo);
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/^3 TIFFs: 1 converted, 2 remaining; /m);
  });
});
