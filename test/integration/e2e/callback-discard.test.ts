import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { deliveredMark } from '../../../src/lib/callback/delivered-mark.ts';
import { callbackId } from '../../../src/lib/callback/request.ts';
import { deliveredKey, pendingKey } from '../../../src/lib/task/outbox/keys.ts';
import { always } from '../../support/fault.ts';
import { startFaultServer } from '../../support/fault-server.ts';
import { runProgram } from '../../support/program.ts';
import { newTask, useSandbox } from '../../support/tasks.ts';
import { answerOnTerminal, hasTerminal } from '../../support/terminal.ts';

const sandbox = useSandbox();
const GONE = 'answered 500: the orchestrator does not know this batch.';
const UNKNOWN = { status: 500, body: '{"error":"Batch not found"}' };
const DOWN = { status: 503, body: '' };
const PHASE_GONE = { status: 500, body: "Cannot read properties of undefined (reading 'x')" };

let prefix: string;
beforeEach(() => {
  prefix = `outbox-${randomUUID()}`;
});
const pending = () => sandbox.current.listKeys(`${prefix}/pending/`);

/** Puts the error of a task of its own into the outbox; gives its key. */
async function keep({ error = GONE, answer = UNKNOWN, until = '' } = {}) {
  const { taskId, batchId } = newTask();
  const outcome = { task_id: taskId, batch_id: batchId, status: 'error' } as const;
  const entry = {
    v: 1,
    url: sandbox.current.callbackUrl(batchId, taskId),
    url_query: false,
    webhook_id: callbackId(outcome),
    body: JSON.stringify({ ...outcome, error: 'x' }),
    created_at: '2026-11-30T08:00:00.000Z',
    program: 'arke-tiff/0.1.0',
    error,
    answer,
    ...(until ? { lease: { owner: 'another', until } } : {}),
  };
  const key = pendingKey(prefix, outcome);
  await sandbox.current.putObject(key, Buffer.from(JSON.stringify(entry)));
  return { key, taskId, batchId, body: entry.body };
}

function env(): Record<string, string> {
  const { TASK_ID, BATCH_ID, CALLBACK_URL, ...r2 } = sandbox.current.environment('b', 't', 'k');
  return { ...r2, CALLBACK_OUTBOX_PREFIX: prefix };
}
const discard = (...args: readonly string[]) => discardAs({}, ...args);
const discardAs = (more: Record<string, string>, ...args: readonly string[]) =>
  runProgram(['callback', 'pending', '--discard', ...args], { env: { ...env(), ...more } });

/** Marks the success of a task as delivered. */
async function mark({ taskId, batchId }: { taskId: string; batchId: string }) {
  const success = { task_id: taskId, batch_id: batchId, status: 'success' } as const;
  const bytes = JSON.stringify(deliveredMark(callbackId(success), 'x', new Date('2026-11-30')));
  await sandbox.current.putObject(deliveredKey(prefix, success), Buffer.from(bytes));
}
const inAMinute = () => new Date(Date.now() + 60_000).toISOString();

describe('callback pending --discard', () => {
  it('discards callbacks of unknown tasks, and says what they were', async () => {
    const [gone, other] = [await keep(), await keep({ answer: DOWN })];
    const { exitCode, stdout } = await discard('--yes', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      entries: [
        {
          key: gone.key,
          task_id: gone.taskId,
          batch_id: gone.batchId,
          outcome: 'error',
          state: 'discarded',
          reason: GONE,
          created_at: '2026-11-30T08:00:00.000Z',
          body: gone.body,
        },
      ],
      skipped: 0,
    });
    expect(await pending()).toEqual([other.key]);
    expect(await sandbox.current.callbacks(gone.batchId, gone.taskId)).toEqual([]);
  });

  it('discards what --task-id or --batch-id name, whatever the reason, and nothing else', async () => {
    const [one, two] = [await keep({ error: 'answered 503', answer: DOWN }), await keep()];
    expect(await discard('--batch-id', one.batchId, '--yes')).toMatchObject({
      exitCode: 0,
      stdout: `discarded: ${one.batchId}/${one.taskId} error of 2026-11-30T08:00:00.000Z, answered 503\n`,
    });
    expect(await pending()).toEqual([two.key]);
  });

  it('discards callbacks that are too late for an ended batch', async () => {
    await keep({ error: 'answered 500', answer: PHASE_GONE });
    expect(await discard('--yes')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^discarded: /),
    });
    expect(await pending()).toEqual([]);
  });

  it('discards the error of a task whose success was delivered', async () => {
    const lost = await keep({ answer: DOWN });
    await mark(lost);
    const drain = ['callback', 'pending', '--allow-origin', sandbox.current.url];
    const refused = await runProgram(drain, { env: env() });
    expect(refused).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/^refused: .* success .* delivered/),
    });
    // Anybody may have put it there.
    const secret = `whsec_${Buffer.from('the secret of the outbox').toString('base64')}`;
    expect((await discardAs({ CALLBACK_SECRET: secret }, '--yes')).stdout).toBe(
      'Nothing to discard.\n',
    );
    expect((await discard('--yes')).stdout).toMatch(
      /^discarded: .*, the success of this task was delivered at 2026-/,
    );
    expect(await runProgram(drain, { env: env() })).toMatchObject({
      exitCode: 0,
      stdout: 'Nothing to deliver.\n',
    });
  });

  it('ignores the answer of any orchestrator but the task’s own', async () => {
    const { key, batchId } = await keep({ answer: DOWN });
    await using other = await startFaultServer(sandbox.current.url, always(UNKNOWN));
    const url = `${other.url}/callback/{batch_id}/{task_id}`;
    const drained = await runProgram(['callback', 'pending', '--url', url], { env: env() });
    expect(drained).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/does not know this batch/),
    });
    expect((await discard('--yes')).stdout).toBe('Nothing to discard.\n');
    expect(await pending()).toEqual([key]);
    expect((await discard('--yes', '--batch-id', batchId)).stdout).toContain(other.url);
    expect(await pending()).toEqual([]);
  });

  it('knows the answer to a callback that was sent past the outbox', async () => {
    const { body, batchId, taskId } = await keep({ answer: DOWN });
    await sandbox.current.answer(batchId, taskId, [UNKNOWN]);
    const url = sandbox.current.callbackUrl(batchId, taskId);
    const send = ['callback', 'send', '--data', '-', '--url', url];
    expect((await runProgram(send, { env: env(), input: body })).exitCode).toBe(1);
    expect((await discard('--yes')).stdout).toMatch(/^discarded: /);
  });

  it('never discards what another process is delivering', async () => {
    const busy = await keep({ until: inAMinute() });
    for (const args of [[], ['--task-id', busy.taskId]])
      expect(await discard('--yes', ...args)).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(/^busy: .* another process is delivering it, until /),
      });
    expect(await pending()).toEqual([busy.key]);
  });

  it('says when there is nothing to discard, and keeps other objects', async () => {
    const key = `${prefix}/pending/a/b/broken.json`;
    await sandbox.current.putObject(key, Buffer.from('{'));
    expect(await discard('--yes')).toMatchObject({ exitCode: 0, stdout: 'Nothing to discard.\n' });
    expect(await pending()).toEqual([key]);
  });

  it.skipIf(!hasTerminal).each([
    ['y', 0, 0],
    ['n', 1, 1],
  ])('asks at a terminal: %s', async (typed, exitCode, left) => {
    await keep();
    const run = await answerOnTerminal('callback pending --discard', `${typed}\n`, env());
    expect(run.stdout).toContain('Drop this callback? Nobody will receive it any more. [y/N]');
    expect(run.exitCode).toBe(exitCode);
    expect(await pending()).toHaveLength(left);
  });
});
