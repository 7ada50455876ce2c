import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OutboxEntry } from '../../../src/lib/callback/outbox-entry.ts';
import { inTurn, method } from '../../support/fault.ts';
import { startFaultServer } from '../../support/fault-server.ts';
import { tiff } from '../../support/objects.ts';
import { runProgram, startProgram } from '../../support/program.ts';
import { newTask, runTask, type TaskRun, useSandbox } from '../../support/tasks.ts';
import { until } from '../../support/until.ts';

const sandbox = useSandbox();
const KEY = 'tiffs/image.tif';

let task: ReturnType<typeof newTask>;
beforeAll(() => sandbox.current.putObject(KEY, tiff));
beforeEach(() => {
  task = newTask();
});

const prefix = () => `outbox-${task.batchId}`;
const pending = () => sandbox.current.listKeys(`${prefix()}/pending/`);
const received = async () =>
  (await sandbox.current.callbacks(task.batchId, task.taskId)).map(({ body }) => body);

/** A task whose callback is not taken, and kept in the outbox. */
async function keep(key = KEY): Promise<TaskRun> {
  await sandbox.current.answer(task.batchId, task.taskId, [{ status: 400 }]);
  return runTask(sandbox.current, key, { CALLBACK_OUTBOX_PREFIX: prefix() }, task);
}

async function entryIn(key: string): Promise<OutboxEntry> {
  const object = await sandbox.current.getObject(key);
  return JSON.parse(Buffer.from(object?.bytes ?? []).toString());
}

function call(args: readonly string[], input: string) {
  const { TASK_ID, BATCH_ID, CALLBACK_URL, INPUT_R2_KEY, ...r2 } = sandbox.current.environment(
    '',
    '',
    '',
  );
  const url = ['--url', `${sandbox.current.url}/callback/{batch_id}/{task_id}`];
  const env = { ...r2, CALLBACK_OUTBOX_PREFIX: prefix() };
  return { args: ['callback', ...args, ...url], setup: { env, input } };
}
const run = ({ args, setup }: ReturnType<typeof call>) => runProgram(args, setup);

describe('a callback that is sent past the outbox', () => {
  it.each([
    ['replay', (lost: TaskRun) => call(['replay', '-'], lost.stdout)],
    ['send', (lost: TaskRun) => call(['send', '--data', '-'], lost.callbacks[0]?.body ?? '')],
  ])('is refused while another process delivers it, which it names: %s', async (_, command) => {
    const lost = await keep();
    const [key = ''] = await pending();
    const lease = { owner: 'another', until: new Date(Date.now() + 60_000).toISOString() };
    const entry = JSON.stringify({ ...(await entryIn(key)), lease });
    await sandbox.current.putObject(key, Buffer.from(entry));
    const refused = await run(command(lost));
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain(
      `is not sent: another process is delivering it, until ${lease.until} at the latest`,
    );
    expect(await received()).toHaveLength(1);
    expect(await pending()).toEqual([key]);
  });

  it('is claimed meanwhile: a drain finds it busy, and later nothing to deliver', async () => {
    const lost = await keep();
    await sandbox.current.answer(task.batchId, task.taskId, [{ status: 200, delayMs: 100_000 }]);
    const { args, setup } = call(['replay', '-'], lost.stdout);
    const replay = startProgram(args, setup);
    await until(async () => (await received()).length === 2);
    const busy = await run(call(['pending'], ''));
    expect(busy).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^busy: /) });
    expect(await received()).toHaveLength(2);
    // Stopped, it gives the entry back.
    replay.kill('SIGTERM');
    expect((await replay).exitCode).toBe(143);
    const [key = ''] = await pending();
    expect(await entryIn(key)).not.toHaveProperty('lease');
    expect((await run(call(['pending'], ''))).stdout).toMatch(/^delivered: /);
  });

  it('that is refused releases its entry, with the reason', async () => {
    const lost = await keep();
    await sandbox.current.answer(task.batchId, task.taskId, [{ status: 403 }]);
    expect((await run(call(['replay', '-'], lost.stdout))).exitCode).toBe(1);
    const [key = ''] = await pending();
    const entry = await entryIn(key);
    expect(entry).toMatchObject({ error: expect.stringContaining('answered 403') });
    expect(entry).not.toHaveProperty('lease');
  });

  it('that is not taken, and cannot be given back, stays claimed, and both are told', async () => {
    const lost = await keep();
    await sandbox.current.answer(task.batchId, task.taskId, [{ status: 403 }]);
    const ungiven = inTurn([undefined, { status: 403 }], method('PUT'));
    await using r2 = await startFaultServer(sandbox.current.endpoint, ungiven);
    const { args, setup } = call(['replay', '-'], lost.stdout);
    const { exitCode, stdout, stderr } = await runProgram(args, {
      ...setup,
      env: { ...setup.env, R2_ENDPOINT: r2.url },
    });
    expect(exitCode).toBe(1);
    const [key = ''] = await pending();
    const { lease } = await entryIn(key);
    expect(stderr).toContain(
      `"${key}" stays in the outbox: it could not be given back, and no other drain has it before ${lease?.until}: 403`,
    );
    expect(stdout).toContain('answered 403');
  });

  it.each([
    ['replay', (lost: TaskRun) => call(['replay', '-'], lost.stdout)],
    ['send', (lost: TaskRun) => call(['send', '--data', '-'], lost.callbacks[0]?.body ?? '')],
  ])('leaves its mark, even if stopped meanwhile: %s', async (_, command) => {
    const lost = await keep();
    const stop = { send: () => {} };
    await using r2 = await startFaultServer(sandbox.current.endpoint, ({ method, url }) => {
      if (method !== 'PUT' || !url.includes('/delivered/')) return undefined;
      stop.send();
      return { answerAfterMs: 60 };
    });
    const { args, setup } = command(lost);
    const stopped = startProgram(args, { ...setup, env: { ...setup.env, R2_ENDPOINT: r2.url } });
    stop.send = () => void stopped.kill('SIGINT');
    expect((await stopped).stderr).not.toContain('Run it again');
    expect(await pending()).toEqual([]);
    expect(await run(command(lost))).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("is not sent again: the outbox's mark says"),
    });
    expect(await received()).toHaveLength(2);
  });

  it('is never an error whose success waits there, except with --force', async () => {
    await keep();
    const error = JSON.stringify({
      task_id: task.taskId,
      batch_id: task.batchId,
      status: 'error',
      error: 'x',
    });
    const send = (...more: string[]) => run(call(['send', '--data', '-', ...more], error));
    const refused = await send();
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('its success waits in the outbox');
    expect(await received()).toHaveLength(1);
    expect((await send('--force')).exitCode).toBe(0);
    expect(await received()).toHaveLength(2);
  });

  it('leaves a mark, so that no other command sends it again', async () => {
    const lost = await keep();
    expect((await run(call(['replay', '-'], lost.stdout))).exitCode).toBe(0);
    expect(await pending()).toEqual([]);
    expect(await sandbox.current.listKeys(`${prefix()}/delivered/`)).toHaveLength(1);
    const body = lost.callbacks[0]?.body ?? '';
    for (const again of [call(['replay', '-'], lost.stdout), call(['send', '--data', '-'], body)])
      expect(await run(again)).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining("is not sent again: the outbox's mark says"),
      });
    expect((await run(call(['pending'], ''))).stdout).toBe('Nothing to deliver.\n');
    expect(await received()).toHaveLength(2);
  });
});
