import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callbackId } from '../../../src/lib/callback/request.ts';
import { pendingKey } from '../../../src/lib/task/outbox/keys.ts';
import { always } from '../../support/fault.ts';
import { startFaultServer } from '../../support/fault-server.ts';
import { tiff } from '../../support/objects.ts';
import { closedAddress } from '../../support/orchestrators.ts';
import { runProgram, startProgram } from '../../support/program.ts';
import { soonGivenUp, withPatience } from '../../support/task-patience.ts';
import { newTask, runTask, type TaskRun, useSandbox } from '../../support/tasks.ts';
import { until } from '../../support/until.ts';

const sandbox = useSandbox();
const KEY = 'tiffs/image.tif';
const SECRET = `whsec_${Buffer.from('the secret of the outbox').toString('base64')}`;

let prefix: string;
beforeAll(() => sandbox.current.putObject(KEY, tiff));
beforeEach(() => {
  prefix = `outbox-${randomUUID()}`;
});

const pending = () => sandbox.current.listKeys(`${prefix}/pending/`);
const textOf = async (key: string) =>
  Buffer.from((await sandbox.current.getObject(key))?.bytes ?? []).toString();
const entryOf = async (key: string) => JSON.parse(await textOf(key));
const undelivered = (stdout: string) =>
  stdout.split('\n').find((line) => line.startsWith('{')) ?? '';

/** A task whose callback the orchestrator does not take the first time. */
async function failDelivery(env: Record<string, string> = {}, key = KEY): Promise<TaskRun> {
  const task = newTask();
  await sandbox.current.answer(task.batchId, task.taskId, [{ status: 400 }]);
  return runTask(sandbox.current, key, { CALLBACK_OUTBOX_PREFIX: prefix, ...env }, task);
}

/** Where R2 is, and how to get in; nothing of a task. */
function drainerEnv(): Record<string, string> {
  const { TASK_ID, BATCH_ID, INPUT_R2_KEY, CALLBACK_URL, ...env } = sandbox.current.environment(
    'b',
    't',
    'k',
  );
  return { ...env, CALLBACK_OUTBOX_PREFIX: prefix };
}

function drain(...args: readonly string[]) {
  return startProgram(['callback', 'pending', ...args], { env: drainerEnv() });
}
const toOrigin = () => ['--allow-origin', sandbox.current.url];
const forAll = () => `${sandbox.current.url}/callback/{batch_id}/{task_id}`;
const received = async ({ batchId, taskId }: { batchId: string; taskId: string }) =>
  (await sandbox.current.callbacks(batchId, taskId)).map(({ body }) => body);

/** Puts the entry of another task, with an address and a body of its own, into the outbox. */
async function putEntry(entry: Record<string, unknown>) {
  const { taskId, batchId } = newTask();
  const task = { task_id: taskId, batch_id: batchId, status: 'error' } as const;
  const body = JSON.stringify({ ...task, error: 'x' });
  const url = sandbox.current.callbackUrl(batchId, taskId);
  const own = { ...entry, url, body, webhook_id: callbackId(task) };
  await sandbox.current.putObject(pendingKey(prefix, task), Buffer.from(JSON.stringify(own)));
  return { taskId, batchId, body };
}

describe('a callback of run that is not delivered, with CALLBACK_OUTBOX_PREFIX', () => {
  it('is in the log as without, and in the bucket; the exit code is 1', async () => {
    const run = await failDelivery({ CALLBACK_SECRET: SECRET });
    expect(run.exitCode).toBe(1);
    const [key = '', ...more] = await pending();
    expect(more).toEqual([]);
    const lines = run.stdout.trimEnd().split('\n');
    const at = lines.findIndex((line) => line.includes('] Callback not delivered; '));
    expect(lines.slice(at + 1)).toEqual([
      run.callbacks[0]?.body,
      `[${run.taskId}] Note: the callback is kept in the outbox as ${key}; "arke-tiff callback pending" sends it`,
    ]);
    const entry = await entryOf(key);
    expect(entry).toMatchObject({
      v: 1,
      url: sandbox.current.callbackUrl(run.batchId, run.taskId),
      url_query: false,
      webhook_id: run.callbacks[0]?.headers['webhook-id'],
      body: run.callbacks[0]?.body,
      input_r2_key: KEY,
      error: expect.stringContaining('answered 400'),
    });
    for (const secret of [SECRET, ...Object.values(sandbox.current.credentials)])
      expect(JSON.stringify(entry)).not.toContain(secret);
  });

  it('is stored whatever its outcome, also when the settings are wrong', async () => {
    await failDelivery({}, 'tiffs/lost.tif');
    await failDelivery({ JPEG_QUALITY: '0' });
    const bodies = await Promise.all((await pending()).map(async (key) => entryOf(key)));
    expect(bodies.map(({ body }) => JSON.parse(body).error).sort()).toEqual([
      expect.stringContaining('404 Not Found'),
      expect.stringContaining('Invalid settings'),
    ]);
  });

  it('is stored without the query of its address', async () => {
    const { batchId, taskId } = newTask();
    const env = sandbox.current.environment(batchId, taskId, KEY);
    const CALLBACK_URL = `${await closedAddress()}/cb?token=query-secret`;
    const run = await runProgram(['run'], {
      env: {
        ...env,
        CALLBACK_URL,
        CALLBACK_OUTBOX_PREFIX: prefix,
        ...withPatience(soonGivenUp),
      },
    });
    expect(run.exitCode).toBe(1);
    const [key = ''] = await pending();
    expect(await textOf(key)).not.toContain('query-secret');
    expect(await entryOf(key)).toMatchObject({ url_query: true });
    const refused = await drain('--allow-origin', new URL(CALLBACK_URL).origin);
    expect(refused).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('query of its address'),
    });
    const sent = await drain('--url', `${forAll()}?token=query-secret`);
    expect(sent.exitCode).toBe(0);
    expect(sent.stdout + sent.stderr).not.toContain('query-secret');
    expect(await received({ batchId, taskId })).toEqual([undelivered(run.stdout)]);
  });

  it('is removed by a later, delivered run of the task', async () => {
    const { taskId, batchId } = await failDelivery();
    expect(await pending()).toHaveLength(1);
    const env = { CALLBACK_OUTBOX_PREFIX: prefix };
    const again = await runTask(sandbox.current, KEY, env, { taskId, batchId });
    expect(again.exitCode).toBe(0);
    expect(again.stdout.trimEnd().split('\n').at(-1)).toContain('✓ Success');
    expect(await pending()).toEqual([]);
  });

  it('is in the log only when the outbox fails, too, which the log says', async () => {
    await using r2 = await startFaultServer(
      sandbox.current.endpoint,
      always({ status: 403 }, (request) => request.url.includes('/pending/')),
    );
    const run = await failDelivery({ R2_ENDPOINT: r2.url });
    expect(run.exitCode).toBe(1);
    expect(undelivered(run.stdout)).toBe(run.callbacks[0]?.body);
    expect(run.stdout).toMatch(/Warning: the callback could not be kept in the outbox, .*403/);
  });

  it('ends in time when the outbox does not answer', async () => {
    await using r2 = await startFaultServer(
      sandbox.current.endpoint,
      always({ hang: true }, (request) => request.url.includes('/pending/')),
    );
    const env = { R2_ENDPOINT: r2.url, TASK_TIMEOUT_MS: '10000' };
    const run = await failDelivery(env, 'tiffs/lost.tif');
    expect(run.exitCode).toBe(1);
    expect(undelivered(run.stdout)).toBe(run.callbacks[0]?.body);
    expect(run.stdout).toMatch(/could not be kept in the outbox, .*: Timed out/);
  });

  it.each(['tiffs', 'tiffs/outbox', '/tiffs/outbox/'])(
    'may not be stored among the TIFFs, where the orchestrator would find it: %s',
    async (CALLBACK_OUTBOX_PREFIX) => {
      const { exitCode, bodies } = await runTask(sandbox.current, KEY, { CALLBACK_OUTBOX_PREFIX });
      expect(exitCode).toBe(1);
      expect(bodies).toMatchObject([
        { error: expect.stringMatching(/CALLBACK_OUTBOX_PREFIX must not lie among the TIFFs/) },
      ]);
    },
  );
});

describe('callback pending', () => {
  it('sends what is in the outbox, shows it and removes it', async () => {
    const run = await failDelivery();
    const { exitCode, stdout, stderr } = await drain(...toOrigin());
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      new RegExp(
        `^delivered: ${run.batchId}/${run.taskId} success, http\\S+ answered 200 in \\d+ ms \\(attempt 1\\)`,
      ),
    );
    expect(stderr).toContain(`POST ${sandbox.current.callbackUrl(run.batchId, run.taskId)}`);
    expect(await received(run)).toEqual([run.callbacks[0]?.body, run.callbacks[0]?.body]);
    expect(await pending()).toEqual([]);
    expect(await drain(...toOrigin())).toMatchObject({
      exitCode: 0,
      stdout: 'Nothing to deliver.\n',
    });
  });

  it.each([1, 2, 3])(
    'shares the work with another process: each is delivered once (%i)',
    async () => {
      await failDelivery({}, 'tiffs/lost.tif');
      const [key = ''] = await pending();
      const entry = await entryOf(key);
      await sandbox.current.deleteObject(key);
      const tasks = await Promise.all(Array.from({ length: 6 }, () => putEntry(entry)));
      const both = await Promise.all([
        drain(...toOrigin(), '--json'),
        drain(...toOrigin(), '--json'),
      ]);
      expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
      const entries = both.flatMap(({ stdout }) => JSON.parse(stdout).entries);
      expect(entries.filter(({ state }) => state === 'delivered')).toHaveLength(tasks.length);
      for (const task of tasks) expect(await received(task)).toEqual([task.body]);
      expect(await pending()).toEqual([]);
    },
  );

  it('reports objects that are not callbacks, leaves them, continues, and exits with 1', async () => {
    const run = await failDelivery();
    const key = `${prefix}/pending/a/b/broken.json`;
    await sandbox.current.putObject(key, Buffer.from('{"v":1,'));
    const { exitCode, stdout, stderr } = await drain(...toOrigin());
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      `Error: "${key}" in the outbox is not a callback and is kept: it is not JSON.`,
    );
    expect(stdout).toContain(`corrupt: ${key}`);
    expect(await received(run)).toHaveLength(2);
    expect(await pending()).toEqual([key]);
  });

  it('shows each callback on one line, whatever is in its ids', async () => {
    await failDelivery();
    const [own = ''] = await pending();
    const task = { task_id: 'x\ndelivered: forged', batch_id: 'b', status: 'error' } as const;
    const body = JSON.stringify({ ...task, error: 'x' });
    const entry = { ...(await entryOf(own)), body, webhook_id: callbackId(task) };
    await sandbox.current.putObject(pendingKey(prefix, task), Buffer.from(JSON.stringify(entry)));
    const { stdout } = await drain('--task-id', task.task_id, '--batch-id', 'b');
    expect(stdout).toMatch(
      /^refused: b\/x\\ndelivered: forged error, [^\n]*\nskipped: 1 callback [^\n]*\n$/,
    );
  });

  it('sends no planted entry, and no signature, to an unknown address', async () => {
    const run = await failDelivery();
    const [key = ''] = await pending();
    await using stranger = await startFaultServer(sandbox.current.url, always({ status: 200 }));
    const entry = { ...(await entryOf(key)), url: `${stranger.url}/callback/x/y` };
    await sandbox.current.putObject(key, Buffer.from(JSON.stringify(entry)));
    const setup = { env: { ...drainerEnv(), CALLBACK_SECRET: SECRET } };
    const args = ['callback', 'pending', ...toOrigin()];
    const unsigned = await startProgram(args, setup);
    expect(unsigned.exitCode).toBe(1);
    expect(unsigned.stdout).toMatch(/^unsigned: .* it is not signed with this CALLBACK_SECRET/);
    // Not even when it is to be sent all the same.
    const { exitCode, stdout } = await startProgram([...args, '--unsigned'], setup);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^refused: .* its address is at http:\/\/127\S+, which is not allowed/);
    expect(stranger.seen).toEqual([]);
    expect(await received(run)).toHaveLength(1);
    expect(await pending()).toEqual([key]);
  });

  it('takes over from a drain that was killed while it was sending', async () => {
    const run = await failDelivery();
    const [key = ''] = await pending();
    await sandbox.current.answer(run.batchId, run.taskId, [{ status: 200, delayMs: 100_000 }]);
    const killed = drain(...toOrigin());
    await until(async () => (await received(run)).length === 2);
    killed.kill('SIGKILL');
    await killed;
    const { lease, ...entry } = await entryOf(key);
    expect(lease).toMatchObject({ owner: expect.any(String), until: expect.any(String) });

    const waiting = await drain(...toOrigin());
    expect(waiting).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^busy: /) });
    expect(await received(run)).toHaveLength(2);

    // As if the time had passed.
    const over = { ...entry, lease: { ...lease, until: new Date().toISOString() } };
    await sandbox.current.putObject(key, Buffer.from(JSON.stringify(over)));
    expect((await drain(...toOrigin())).exitCode).toBe(0);
    expect(await received(run)).toEqual(Array(3).fill(run.callbacks[0]?.body));
    expect(await pending()).toEqual([]);
  });

  it('sends nothing with --dry-run, and only one task with --task-id', async () => {
    const [first, second] = [await failDelivery(), await failDelivery()];
    const shown = await drain(...toOrigin(), '--dry-run');
    expect(shown.exitCode).toBe(0);
    for (const { callbacks } of [first, second]) expect(shown.stdout).toContain(callbacks[0]?.body);
    expect(await pending()).toHaveLength(2);
    const one = await drain(...toOrigin(), '--task-id', second.taskId);
    expect(one).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(
        `\nskipped: 1 callback not matching --task-id ${second.taskId}\n`,
      ),
    });
    expect([await received(first), await received(second)].map(({ length }) => length)).toEqual([
      1, 2,
    ]);
  });

  it('sends every task, whatever TASK_ID is set; --json lists what was skipped', async () => {
    const tasks = [await failDelivery(), await failDelivery()];
    const env = { ...drainerEnv(), TASK_ID: 'another', BATCH_ID: 'another' };
    const only = ['--task-id', 'a third', '--batch-id', 'b'];
    const args = ['callback', 'pending', ...toOrigin(), '--json'];
    const none = await runProgram([...args, ...only, '--quiet'], { env });
    expect(none.exitCode).toBe(0);
    expect(JSON.parse(none.stdout)).toEqual({ entries: [], skipped: 2 });
    expect(await pending()).toHaveLength(2);
    const all = await runProgram(args, { env });
    expect(all.exitCode).toBe(0);
    expect(JSON.parse(all.stdout)).toMatchObject({
      entries: [{ state: 'delivered' }, { state: 'delivered' }],
      skipped: 0,
    });
    for (const task of tasks) expect(await received(task)).toHaveLength(2);
  });

  it('needs --outbox-prefix or its variable', async () => {
    const { CALLBACK_OUTBOX_PREFIX, ...env } = drainerEnv();
    const lost = await runProgram(['callback', 'pending'], { env });
    expect(lost).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--outbox-prefix is missing'),
    });
    const nowhere = await runProgram(['callback', 'pending', '--outbox-prefix', 'x']);
    expect(nowhere).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--bucket is missing (or R2_BUCKET)'),
    });
  });
});
