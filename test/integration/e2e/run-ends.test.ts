import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { runUnread } from '../../support/late-readers.ts';
import { startProgram } from '../../support/program.ts';
import { ENDLESS_MS, untilTold, withPatience } from '../../support/task-patience.ts';
import { newTask, useSandbox } from '../../support/tasks.ts';
import { until } from '../../support/until.ts';

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

/** An effort that is asked for is kept to: this one has no time left after a stop signal. */
const WITHOUT_HURRY = { JPEG_EFFORT: 'max', JPEG_CHROMA_SUBSAMPLING: '4:4:4' };

/** Starts a task and waits until its log says that the TIFF is there. */
async function startTask(more: Readonly<Record<string, string>> = {}) {
  const { batchId, taskId } = newTask();
  const env = sandbox.current.environment(batchId, taskId, 'large.tif');
  const program = startProgram(['run'], {
    env: { ...env, ...WITHOUT_HURRY, TMPDIR: temporary.root, ...more },
  });
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

/** Takes callbacks and never answers. */
async function startSilentReceiver(onBody?: (body: string) => void) {
  const server = createServer(async (request) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    onBody?.(Buffer.concat(chunks).toString());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What a log says after "✗ Error:". */
function errorsIn(log: string): string[] {
  return [...log.matchAll(/ ✗ Error: (.*)$/gm)].map(([, text]) => text ?? '');
}

describe('a task that is asked to stop', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'calls back one error and leaves nothing behind: %s',
    async (signal) => {
      const { program, bodies } = await startTask(withPatience(untilTold));
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

describe('a task that was suspended past its deadline', () => {
  it('still reports one outcome', async () => {
    const start = performance.now();
    const { program, bodies } = await startTask({
      ...withPatience(untilTold),
      TASK_TIMEOUT_MS: '3000',
    });
    program.kill('SIGSTOP');
    await until(() => performance.now() - start > 4_000);
    program.kill('SIGCONT');
    const { exitCode } = await program;
    const received = await bodies();
    expect(received).toHaveLength(1);
    expect(exitCode).toBe(received[0]?.['status'] === 'success' ? 0 : 1);
    expect(await leftovers()).toEqual([]);
  });
});

describe('a task that is asked to stop before it has begun', () => {
  it('still calls back', async () => {
    const { batchId, taskId } = newTask();
    // Sends the signal to itself as soon as anything listens for it, while the program is loading.
    const preload = `process.on('newListener', (name) => {
      if (name === 'SIGTERM') setImmediate(() => process.kill(process.pid, 'SIGTERM'));
    });`;
    const { exitCode } = await startProgram(['run'], {
      env: {
        ...sandbox.current.environment(batchId, taskId, 'large.tif'),
        ...WITHOUT_HURRY,
        ...withPatience(untilTold, `data:text/javascript,${encodeURIComponent(preload)}`),
      },
    });
    expect(exitCode).toBe(1);
    const [callback, ...more] = await sandbox.current.callbacks(batchId, taskId);
    expect(callback?.body).toContain('Interrupted by SIGTERM');
    expect(more).toEqual([]);
  });
});

describe('a task that is asked to stop while it calls back', () => {
  it.each([
    ['success', 'small.tif'],
    ['error', 'lost.tif'],
  ])('gives up soon, logs the body of the %s, and sends nothing else', async (status, key) => {
    const tiff = sharp({ create: { width: 9, height: 9, channels: 3, background: 'teal' } }).tiff();
    await sandbox.current.putObject('small.tif', await tiff.toBuffer());
    const bodies: string[] = [];
    await using receiver = await startSilentReceiver((body) => {
      bodies.push(body);
      program.kill('SIGTERM');
    });
    const { batchId, taskId } = newTask();
    const env = sandbox.current.environment(batchId, taskId, key);
    const program = startProgram(['run'], { env: { ...env, CALLBACK_URL: receiver.url } });
    const { exitCode, stdout } = await program;
    expect(exitCode).toBe(1);
    expect(bodies).toHaveLength(1);
    expect(bodies[0]).toContain(`"status":"${status}"`);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(bodies[0]);
  });
});

describe('a task that cannot report its outcome', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('says so once: stopped by %s', async (signal) => {
    await using receiver = await startSilentReceiver();
    const { program } = await startTask({ CALLBACK_URL: receiver.url });
    program.kill(signal);
    expect(errorsIn((await program).stdout)).toEqual([
      expect.stringMatching(`^Interrupted by ${signal}`),
      `The callback to ${receiver.url} was not accepted within 4.2 s after ${signal}.`,
    ]);
  });

  it('says so once: its time was up', async () => {
    await using receiver = await startSilentReceiver();
    const { program } = await startTask({ CALLBACK_URL: receiver.url, TASK_TIMEOUT_MS: '3000' });
    expect(errorsIn((await program).stdout).at(-1)).toBe(
      `The callback to ${receiver.url} was not accepted before the task's deadline.`,
    );
  });
});

describe('a task whose callback never settles in Node.js', () => {
  it.each([[[]], [['--json']]])('does not count as reported: run %j', async (flags) => {
    const { batchId, taskId } = newTask();
    const preload = `import { ClientRequest } from 'node:http';
      const { emit } = ClientRequest.prototype;
      ClientRequest.prototype.emit = function (name, ...values) {
        if (this.method === 'POST' && /^(response|error|close)$/.test(name)) return false;
        return emit.call(this, name, ...values);
      };`;
    const { exitCode, stdout, stderr } = await startProgram(['run', ...flags], {
      env: {
        ...sandbox.current.environment(batchId, taskId, 'lost.tif'),
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}`,
      },
    });
    // The last that is heard of it.
    expect(stdout + stderr).toMatch(/404 Not Found.*\n$/);
    expect(exitCode).toBe(1);
  });
});

describe('a task whose log cannot be written', () => {
  it.skipIf(!existsSync('/dev/full'))('still converts and reports', async () => {
    const { batchId, taskId } = newTask();
    const env = sandbox.current.environment(batchId, taskId, 'large.tif');
    await startProgram(['run'], { env, stdout: { file: '/dev/full' } });
    const callbacks = await sandbox.current.callbacks(batchId, taskId);
    expect(callbacks.map(({ body }) => JSON.parse(body))).toMatchObject([{ status: 'success' }]);
  });
});

describe('a task whose log is no longer read', () => {
  it('still converts, reports and cleans up', async () => {
    const { program, bodies } = await startTask({ TASK_TIMEOUT_MS: String(ENDLESS_MS) });
    program.stdout.destroy();
    expect((await program).exitCode).toBe(0);
    expect(await bodies()).toMatchObject([{ status: 'success' }]);
    expect(await leftovers()).toEqual([]);
  });
});

describe('a task whose temporary folder is full', () => {
  it.skipIf(!existsSync('/proc/self'))('says so', async () => {
    const { batchId, taskId } = newTask();
    const env = sandbox.current.environment(batchId, taskId, 'large.tif');
    const { exitCode } = await startProgram(['run'], { env: { ...env, TMPDIR: '/proc' } });
    expect(exitCode).toBe(1);
    const callbacks = await sandbox.current.callbacks(batchId, taskId);
    expect(callbacks.map(({ body }) => JSON.parse(body))).toMatchObject([
      { error: expect.stringMatching(/^Could not create a temporary folder in \/proc: .*TMPDIR/) },
    ]);
  });
});

describe('a task that was asked to stop, and whose log is not read', () => {
  it.each([[[]], [['--no-color']]])(
    'does not wait for a reader until its deadline: run %j',
    async (flags) => {
      const { batchId, taskId } = newTask();
      let pid: number | undefined;
      const server = createServer(async (_, answer) => {
        process.kill(await until(() => pid), 'SIGTERM');
        answer.end();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const isGone = () => {
        try {
          return !process.kill(pid ?? 0, 0);
        } catch {
          return true;
        }
      };
      // More than a pipe holds.
      const preload = `process.stdout.write('x'.repeat(200_000) + '\\n');`;
      const { exitCode } = await runUnread(
        ['run', ...flags],
        {
          before: (started) => {
            pid = started;
            return until(isGone);
          },
        },
        {
          env: {
            ...sandbox.current.environment(batchId, taskId, 'lost.tif'),
            CALLBACK_URL: `http://127.0.0.1:${port}/callback`,
            TASK_TIMEOUT_MS: String(ENDLESS_MS),
            NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}`,
          },
        },
      );
      server.close();
      expect(exitCode).toBe(1);
    },
  );
});
