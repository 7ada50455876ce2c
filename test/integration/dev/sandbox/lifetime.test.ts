import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { launch } from '../../../../src/dev/sandbox/runtime.ts';
import { startSandbox } from '../../../../src/dev/sandbox/sandbox.ts';
import { until } from '../../../support/until.ts';

const WORKER = {
  modules: true,
  script: `export default { fetch: () => new Response('hello') }`,
  host: '127.0.0.1',
  port: 0,
  cf: false,
} as const;

/** Every child process that this one starts during a test. */
let children: ChildProcess[];
let folder: string;

const collect = (message: unknown) => {
  children.push((message as { process: ChildProcess }).process);
};

beforeEach(async () => {
  children = [];
  subscribe('child_process', collect);
  folder = await mkdtemp(join(tmpdir(), 'arke-tiff-lifetime-test-'));
  vi.stubEnv('TMPDIR', folder);
});

afterEach(async () => {
  unsubscribe('child_process', collect);
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const living = () =>
  children.filter((child) => child.exitCode === null && child.signalCode === null);

/** The guards need a moment to read that they are dismissed. */
const expectNobodyLeft = () =>
  expect.poll(() => living().map((child) => child.spawnargs)).toEqual([]);

/** What Miniflare left in the temporary folder, which is the test's own. */
const leftovers = async () =>
  (await readdir(folder)).filter((name) => name.startsWith('miniflare-'));

/** A workerd that never answers: at its first `hangs` starts, then the real one. */
async function useHangingWorkerd(hangs: number) {
  const { default: workerd } = await import('workerd' as string);
  const path = join(folder, 'workerd');
  const count = join(folder, 'starts');
  await writeFile(
    path,
    `#!/bin/sh
echo start >> ${count}
[ $(wc -l < ${count}) -gt ${hangs} ] && exec ${workerd} "$@"
echo 'stuck, as it happens' >&2
exec sleep 600
`,
  );
  await chmod(path, 0o755);
  vi.stubEnv('MINIFLARE_WORKERD_PATH', path);
}

test('stop ends workerd and removes its folder; a second stop changes nothing', async () => {
  const sandbox = await startSandbox();
  await sandbox.putObject('a', Buffer.from('b'));
  const workerd = living().find(({ spawnfile }) => spawnfile.includes('workerd'));
  expect(workerd).toBeDefined();
  expect(await leftovers()).toHaveLength(1);
  await Promise.all([sandbox.stop(), sandbox.stop()]);
  await sandbox.stop();
  await expectNobodyLeft();
  expect(await leftovers()).toEqual([]);
  await expect(fetch(sandbox.url)).rejects.toThrow();
});

test('the program keeps its handlers of Ctrl-C', async () => {
  const before = [process.listeners('SIGINT'), process.listeners('SIGTERM')];
  const sandbox = await startSandbox();
  expect([process.listeners('SIGINT'), process.listeners('SIGTERM')]).toEqual(before);
  await sandbox.stop();
});

describe('a workerd that hangs', () => {
  test('is killed; a later attempt, with more time, starts', async () => {
    await useHangingWorkerd(1);
    const runtime = await launch(WORKER, { attempts: 9, startMs: 1_000 });
    const response = await runtime.mf.dispatchFetch('http://127.0.0.1/');
    expect(await response.text()).toBe('hello');
    await runtime.stop();
    await expectNobodyLeft();
  });

  test('at every attempt is an error that says so, and leaves no process', async () => {
    await useHangingWorkerd(99);
    let startMs = 250;
    // A busy machine needs more time for it to say that it is stuck.
    const message = await until(async () => {
      startMs *= 2;
      const error: unknown = await launch(WORKER, { attempts: 2, startMs }).catch((e) => e);
      await expectNobodyLeft();
      return /stuck.*attempt 2/s.test(String(error)) && String(error);
    });
    expect(message).toMatch(
      new RegExp(
        `did not start \\(attempt 1: no answer within ${startMs} ms.*stuck.*attempt 2: no answer within ${2 * startMs} ms.*npm ci`,
        's',
      ),
    );
  });

  test('ends with an abort', async () => {
    await useHangingWorkerd(99);
    const abort = new AbortController();
    const starting = startSandbox({ signal: abort.signal });
    await until(() => existsSync(join(folder, 'starts')));
    abort.abort(new Error('enough'));
    await expect(starting).rejects.toThrow('enough');
    await expectNobodyLeft();
  });
});

test('nothing starts if the signal is already aborted', async () => {
  await expect(startSandbox({ signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no');
  expect(children).toEqual([]);
});

describe.skipIf(process.platform === 'win32')('a parent that dies', () => {
  const program = `
    import { subscribe } from 'node:diagnostics_channel';
    import { startSandbox } from '${new URL('../../../../src/dev/sandbox/sandbox.ts', import.meta.url)}';
    subscribe('child_process', ({ process: child }) =>
      child.once('spawn', () => child.spawnfile === 'sh' || console.log(child.pid)));
    await startSandbox();
    console.log('started');
  `;

  test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('by %s ends workerd, too', async (name) => {
    // Not by --eval: Miniflare's worker thread would inherit that flag and hang.
    const path = join(folder, 'parent.ts');
    await writeFile(path, program);
    const parent = execa(process.execPath, [path], { reject: false });
    const lines: string[] = [];
    for await (const line of parent) {
      lines.push(line);
      if (line === 'started') parent.kill(name);
    }
    const pid = Number(lines[0]);
    expect(pid).toBeGreaterThan(1);
    await until(() => !isAlive(pid));
    await expect.poll(leftovers).toEqual([]);
  });
});
