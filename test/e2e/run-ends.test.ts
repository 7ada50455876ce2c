import { readdir } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder, type TestFolder } from '../support/folder.ts';
import { startProgram } from '../support/program.ts';
import { newTask, useSandbox } from '../support/tasks.ts';

const sandbox = useSandbox();
let temporary: TestFolder;

beforeAll(async () => {
  temporary = await makeFolder();
  // Long enough under way to be interrupted in the middle of the conversion.
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  const tiff = await sharp({
    create: { width: 4000, height: 3000, channels: 3, noise, background: 'teal' },
  })
    .tiff({ compression: 'lzw' })
    .toBuffer();
  await sandbox.current.putObject('large.tif', tiff);
});
afterAll(() => temporary.remove());

/** What a task left in its temporary folder; Node's compile cache is not the task's. */
const leftovers = async () =>
  (await readdir(temporary.root)).filter((name) => name !== 'node-compile-cache');

/** Starts a task and waits until its log says that the TIFF is there. */
async function startTask() {
  const { batchId, taskId } = newTask();
  const env = sandbox.current.environment(batchId, taskId, 'large.tif');
  const program = startProgram(['run'], { env: { ...env, TMPDIR: temporary.root } });
  await new Promise<void>((resolve) => {
    let log = '';
    program.stdout.on('data', (chunk: Buffer) => {
      log += chunk;
      if (log.includes('Downloaded')) resolve();
    });
    void program.then(() => resolve());
  });
  const bodies = async () =>
    (await sandbox.current.callbacks(batchId, taskId)).map(
      ({ body }) => JSON.parse(body) as Record<string, unknown>,
    );
  return { program, bodies };
}

describe('a task that is asked to stop', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'calls back one error and leaves nothing behind: %s',
    async (signal) => {
      const { program, bodies } = await startTask();
      program.kill(signal);
      expect((await program).exitCode).toBe(1);
      expect(await bodies()).toMatchObject([
        { status: 'error', error: expect.stringMatching(`^Interrupted by ${signal}`) },
      ]);
      expect(await leftovers()).toEqual([]);
      expect(await sandbox.current.getObject('large.jpg')).toBeNull();
    },
  );
});

describe('a task that is asked to stop before it has begun', () => {
  it('calls back all the same', async () => {
    const { batchId, taskId } = newTask();
    // Sends the signal to itself as soon as anything listens for it, while the program is loading.
    const preload = `process.on('newListener', (name) => {
      if (name === 'SIGTERM') setImmediate(() => process.kill(process.pid, 'SIGTERM'));
    });`;
    const { exitCode } = await startProgram(['run'], {
      env: {
        ...sandbox.current.environment(batchId, taskId, 'large.tif'),
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}`,
      },
    });
    expect(exitCode).toBe(1);
    const [callback, ...more] = await sandbox.current.callbacks(batchId, taskId);
    expect(callback?.body).toContain('Interrupted by SIGTERM');
    expect(more).toEqual([]);
  });
});

describe('a task whose log nobody reads any more', () => {
  it('still converts, reports and cleans up', async () => {
    const { program, bodies } = await startTask();
    program.stdout.destroy();
    expect((await program).exitCode).toBe(0);
    expect(await bodies()).toMatchObject([{ status: 'success' }]);
    expect(await leftovers()).toEqual([]);
  });
});
