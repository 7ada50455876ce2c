import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { Webhook } from 'standardwebhooks';
import { beforeAll, describe, expect, it } from 'vitest';
import { startFaultServer } from '../../support/fault-server.ts';
import { closedAddress } from '../../support/orchestrators.ts';
import { runProgram } from '../../support/program.ts';
import { soonGivenUp, withPatience } from '../../support/task-patience.ts';
import { newTask, runTask, useSandbox } from '../../support/tasks.ts';
import { until } from '../../support/until.ts';

const sandbox = useSandbox();
const KEY = 'image.tif';

beforeAll(async () => {
  const tiff = sharp({ create: { width: 64, height: 64, channels: 3, background: 'teal' } }).tiff();
  await sandbox.current.putObject(KEY, await tiff.toBuffer());
});

/** The line of the log that is a body, for `arke-tiff callback send --data -`. */
const undelivered = (stdout: string) =>
  stdout.split('\n').find((line) => line.startsWith('{')) ?? '';

describe('a success callback', () => {
  it('is sent again, with the identical body and id, until it is accepted', async () => {
    const task = newTask();
    await sandbox.current.answer(task.batchId, task.taskId, [
      { status: 503, headers: { 'retry-after': '0' } },
      { status: 522 },
      { status: 429, headers: { 'retry-after': '0' } },
    ]);
    const { callbacks, exitCode, stdout } = await runTask(sandbox.current, KEY, {}, task);
    expect(exitCode).toBe(0);
    expect(callbacks).toHaveLength(4);
    expect(new Set(callbacks.map(({ body }) => body)).size).toBe(1);
    expect(new Set(callbacks.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(stdout.match(/Retrying callback/g)).toHaveLength(3);
  });

  it.each([
    ['400', { status: 400 }],
    ['404', { status: 404 }],
    ['a redirect', { status: 302, headers: { location: '/callback/other/task' } }],
    ['500 "Task not found"', { status: 500, body: '{"error":"Task not found"}' }],
    ['500 "Batch not found"', { status: 500, body: '{"error":"Batch not found"}' }],
  ])('that is answered with %s is not repeated, nor followed by an error', async (_, answer) => {
    const task = newTask();
    await sandbox.current.answer(task.batchId, task.taskId, [answer]);
    const { callbacks, bodies, exitCode, stdout } = await runTask(sandbox.current, KEY, {}, task);
    expect(bodies).toMatchObject([{ status: 'success' }]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      new RegExp(`✗ Error: The callback to \\S+ was answered ${answer.status}`),
    );
    expect(stdout).not.toContain('✓');
    expect(undelivered(stdout)).toBe(callbacks[0]?.body);
    expect(await sandbox.current.callbacks('other', 'task')).toEqual([]);
  });

  it('uses a connection that was opened while the JPEG was uploaded', async () => {
    const task = newTask();
    await using orchestrator = await startFaultServer(sandbox.current.url, () => undefined);
    // R2 takes the JPEG when there is a connection, and not before.
    await using r2 = await startFaultServer(sandbox.current.endpoint, async ({ method }) => {
      if (method === 'PUT') await until(async () => (await orchestrator.connections()) > 0);
      return undefined;
    });
    const url = sandbox.current.callbackUrl(task.batchId, task.taskId);
    const env = {
      R2_ENDPOINT: r2.url,
      CALLBACK_URL: url.replace(sandbox.current.url, orchestrator.url),
    };
    const { bodies, exitCode } = await runTask(sandbox.current, KEY, env, task);
    expect(exitCode).toBe(0);
    expect(bodies).toMatchObject([{ status: 'success' }]);
  });

  it('that reaches nobody is logged, to be sent by hand, and the exit code is 1', async () => {
    const task = newTask();
    const env = sandbox.current.environment(task.batchId, task.taskId, KEY);
    const url = `${await closedAddress()}/callback?token=query-secret`;
    const run = await runProgram(['run'], {
      env: { ...env, CALLBACK_URL: url, ...withPatience(soonGivenUp) },
    });
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toMatch(
      /✗ Error: The callback to http:\/\/127\.0\.0\.1:\d+\/callback failed: .*ECONNREFUSED/,
    );
    expect(run.stdout + run.stderr).not.toContain('query-secret');
    const replay = await runProgram(['callback', '--data', '-'], {
      env: { CALLBACK_URL: sandbox.current.callbackUrl(task.batchId, task.taskId) },
      input: `${undelivered(run.stdout)}\n`,
    });
    expect(replay.exitCode).toBe(0);
    const [received] = await sandbox.current.callbacks(task.batchId, task.taskId);
    expect(received?.body).toBe(undelivered(run.stdout));
  });

  it('that is reset after sending is ambiguous, and sent again', async () => {
    const bodies: string[] = [];
    const server = createServer(async (request, answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      bodies.push(Buffer.concat(chunks).toString());
      if (bodies.length === 1) request.socket.resetAndDestroy();
      else answer.writeHead(204).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
    const { exitCode } = await runTask(sandbox.current, KEY, { CALLBACK_URL: url });
    server.close();
    expect(exitCode).toBe(0);
    expect(bodies).toHaveLength(2);
    expect(bodies[0]).toBe(bodies[1]);
  });
});

describe('an error callback', () => {
  it('is sent again as a success is, and the exit code stays 1', async () => {
    const task = newTask();
    await sandbox.current.answer(task.batchId, task.taskId, [
      { status: 500, headers: { 'retry-after': '0' } },
    ]);
    const { bodies, callbacks, exitCode } = await runTask(sandbox.current, 'lost.tif', {}, task);
    expect(bodies).toMatchObject([{ status: 'error' }, { status: 'error' }]);
    expect(callbacks[0]?.body).toBe(callbacks[1]?.body);
    expect(exitCode).toBe(1);
  });
});

describe('a callback’s id', () => {
  it('is the same for the same task and outcome, on any machine', async () => {
    const task = newTask();
    await runTask(sandbox.current, KEY, {}, task);
    const { callbacks } = await runTask(sandbox.current, KEY, {}, task);
    const ids = callbacks.map(({ headers }) => headers['webhook-id']);
    expect(ids[0]).toBe(ids[1]);
    const failed = await runTask(sandbox.current, 'lost.tif', {}, task);
    expect(failed.callbacks.at(-1)?.headers['webhook-id']).not.toBe(ids[0]);
  });
});

describe('a callback with CALLBACK_SECRET', () => {
  it('is signed by Standard Webhooks', async () => {
    const secret = `whsec_${Buffer.from('a secret of thirty-two bytes....').toString('base64')}`;
    const { callbacks } = await runTask(sandbox.current, KEY, { CALLBACK_SECRET: secret });
    const [{ body, headers } = { body: '', headers: {} }] = callbacks;
    expect(new Webhook(secret).verify(body, headers)).toMatchObject({ status: 'success' });
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow();
  });
});
