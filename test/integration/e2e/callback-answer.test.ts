import { beforeEach, describe, expect, it } from 'vitest';
import type { CallbackAnswer } from '../../../src/dev/sandbox/orchestrator.ts';
import { closedAddress } from '../../support/orchestrators.ts';
import { runProgram } from '../../support/program.ts';
import { newTask, useSandbox } from '../../support/tasks.ts';

const sandbox = useSandbox();

let task: ReturnType<typeof newTask>;
beforeEach(() => {
  task = newTask();
});

function callback(args: readonly string[] = [], query = '') {
  const { batchId, taskId } = task;
  const CALLBACK_URL = sandbox.current.callbackUrl(batchId, taskId) + query;
  return runProgram(['callback', '--error', 'Lost', ...args], {
    env: { TASK_ID: taskId, BATCH_ID: batchId, CALLBACK_URL },
  });
}
const received = () => sandbox.current.callbacks(task.batchId, task.taskId);
const answer = (...answers: CallbackAnswer[]) =>
  sandbox.current.answer(task.batchId, task.taskId, answers);

describe('the answer to a callback', () => {
  it.each([
    [500, 'Task not found', 'does not know this task'],
    [503, 'busy', 'Check its log'],
    [404, '', 'Check CALLBACK_URL'],
    [401, 'who?', 'CALLBACK_SECRET'],
    [400, '{"error":"bad"}', 'Check its log'],
  ])('is shown, and a failure with exit code 1 when it is %i', async (status, body, advice) => {
    await answer({ status, body });
    const { exitCode, stdout, stderr } = await callback();
    expect(exitCode).toBe(1);
    expect(stdout).toBe(body ? `${status}\n${body}\n` : `${status}\n`);
    expect(stderr).toMatch(
      new RegExp(`^Error: The callback to .* was answered ${status}\\b.*${advice}`, 'm'),
    );
    expect(await received()).toHaveLength(1);
  });

  it('names --url when the address comes from that flag', async () => {
    await answer({ status: 404 });
    const { batchId, taskId } = task;
    const { stderr } = await callback([
      '--url',
      `${sandbox.current.callbackUrl(batchId, taskId)}?`,
    ]);
    expect(stderr).toMatch(/^Error: .* no callbacks are accepted there\. Check --url\.$/m);
  });

  it.each([301, 302, 303, 307, 308])(
    'is a failure when it redirects (%i); redirects are not followed',
    async (status) => {
      const elsewhere = newTask();
      const location = sandbox.current.callbackUrl(elsewhere.batchId, elsewhere.taskId);
      await answer({ status, headers: { location } });
      const { exitCode, stderr } = await callback();
      expect(exitCode).toBe(1);
      expect(stderr).toContain('redirects are not followed');
      expect(await sandbox.current.callbacks(elsewhere.batchId, elsewhere.taskId)).toEqual([]);
    },
  );

  it.each([201, 202, 204])('is a success when it is %i', async (status) => {
    await answer({ status });
    const { exitCode, stdout } = await callback();
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${status}\n` });
  });

  it('is shown on stderr with request and time, which --quiet omits', async () => {
    const { stderr } = await callback();
    const url = sandbox.current.callbackUrl(task.batchId, task.taskId);
    expect(stderr).toContain(`POST ${url}\nContent-Type: application/json\n`);
    expect(stderr).toContain('"error":"Lost"}');
    expect(stderr).toMatch(/^delivered: 200 in \d+ ms \(attempt 1\)$/m);
    expect((await callback(['--quiet'])).stderr).toBe('');
  });

  it('is shown with the request, but without the signature', async () => {
    const CALLBACK_SECRET = `whsec_${Buffer.from('a secret of this test').toString('base64')}`;
    const { batchId, taskId } = task;
    const env = { CALLBACK_URL: sandbox.current.callbackUrl(batchId, taskId), CALLBACK_SECRET };
    const args = ['callback', '--error', 'x', '--task-id', taskId, '--batch-id', batchId];
    const { stderr } = await runProgram(args, { env });
    const signature = (await received())[0]?.headers['webhook-signature'] ?? 'none';
    expect(stderr).toContain('webhook-signature: v1,[redacted]');
    expect(stderr).not.toContain(signature);
  });

  it('is shown without a signature that it quotes', async () => {
    const quoted = `v1,${Buffer.alloc(32, 7).toString('base64')}`;
    await answer({ status: 400, body: `not the one: ${quoted}` });
    const { stdout } = await callback();
    expect(stdout).toBe('400\nnot the one: v1,[redacted]\n');
  });

  it('is one document with --json, in success and failure', async () => {
    const good = await callback(['--json']);
    const request = {
      url: sandbox.current.callbackUrl(task.batchId, task.taskId),
      headers: expect.objectContaining({ 'webhook-id': expect.stringMatching(/^msg_/) }),
      body: expect.stringContaining('"error":"Lost"'),
    };
    expect(JSON.parse(good.stdout)).toEqual({
      delivered: true,
      status: 200,
      body: '{"ok":true}',
      attempts: 1,
      ms: expect.any(Number),
      request,
    });
    await answer({ status: 418, body: 'teapot' });
    const bad = await callback(['--json']);
    expect(bad.exitCode).toBe(1);
    expect(JSON.parse(bad.stdout)).toEqual({
      delivered: false,
      status: 418,
      body: 'teapot',
      error: { code: 'CALLBACK_FAILED', message: expect.stringContaining('418') },
      attempts: 1,
      ms: expect.any(Number),
      request,
    });
    expect(good.stderr + bad.stderr).toBe('');
  });

  it('cannot break the JSON document, whatever it contains', async () => {
    const body = '{"see":"https://example.com/docs?topic=tasks#top","and":"\\u001b[2J"}';
    await answer({ status: 400, body });
    const { stdout } = await callback(['--json']);
    expect(JSON.parse(JSON.parse(stdout).body)).toEqual({
      see: 'https://example.com/docs?topic=tasks#top',
      and: '\u001b[2J',
    });
  });

  it('cannot drive the terminal', async () => {
    await answer({ status: 400, body: 'a\u001b[2Jb\u202ec' });
    expect((await callback()).stdout).toBe('400\na\\u001b[2Jb\\u202ec\n');
  });

  it('is shown without the URL’s token when it quotes the path', async () => {
    const body = 'Cannot POST /cb?token=s3cr3t-t0ken&x=1, token s3cr3t-t0ken';
    for (const mode of [[], ['--json']]) {
      await answer({ status: 404, body });
      const { stdout, stderr } = await callback(mode, '?token=s3cr3t-t0ken&x=1');
      expect(stdout).toContain('Cannot POST /cb?[redacted], token [redacted]');
      expect(stdout + stderr).not.toContain('s3cr3t-t0ken');
    }
    expect((await received())[0]?.path).toMatch(/\?token=s3cr3t-t0ken&x=1$/);
  });

  it('is shown without a part of a token that was cut off at the reading limit', async () => {
    const token = 's3cr3t-t0ken';
    for (const mode of [[], ['--json']]) {
      await answer({ status: 404, body: `no${' '.repeat(4_088)}${token}` });
      const { stdout } = await callback(mode, `?token=${token}`);
      expect(stdout).toMatch(/no {100}/);
      expect(stdout).not.toContain('s3cr');
    }
  });

  it('is requested again as often as --attempts says, with the same body', async () => {
    await answer({ status: 503, headers: { 'retry-after': '0' } });
    const { exitCode, stderr } = await callback(['--attempts', '3']);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^Warning: .*503.* Retrying in \d+ ms$/m);
    const [first, second, ...more] = await received();
    expect(more).toEqual([]);
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  });

  it('that never comes is a failure that names the address', async () => {
    const url = await closedAddress();
    const args = ['callback', '--error', 'x', '--task-id', 't', '--batch-id', 'b', '--url', url];
    const { exitCode, stdout, stderr } = await runProgram(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(
      /^Error: The callback to http:\/\/127\.0\.0\.1:\d+\/ failed: .*ECONNREFUSED/m,
    );
  });
});
