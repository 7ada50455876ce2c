import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CallbackAnswer } from '../../../src/dev/sandbox/orchestrator.ts';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { type RunSetup, runProgram } from '../../support/program.ts';
import { newTask, runTask, useSandbox } from '../../support/tasks.ts';

const sandbox = useSandbox();
const SECRET = `whsec_${Buffer.from(randomUUID()).toString('base64')}`;

let folder: TestFolder;
let task: ReturnType<typeof newTask>;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());
beforeEach(() => {
  task = newTask();
});

/** Runs the command for a task of the test's own. */
function callback(args: readonly string[], { env, ...setup }: RunSetup = {}) {
  const { batchId, taskId } = task;
  const CALLBACK_URL = sandbox.current.callbackUrl(batchId, taskId);
  const variables = { TASK_ID: taskId, BATCH_ID: batchId, CALLBACK_URL, ...env };
  return runProgram(['callback', ...args], { cwd: folder.root, env: variables, ...setup });
}
const received = () => sandbox.current.callbacks(task.batchId, task.taskId);
const answer = (...answers: CallbackAnswer[]) =>
  sandbox.current.answer(task.batchId, task.taskId, answers);
const success = ['--output-key', 'staging/b/image.jpg', '--output-size', '123'];

describe('callback', () => {
  it('builds the contract’s success from flags, sends it once and shows the answer', async () => {
    const { exitCode, stdout } = await callback(success);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '200\n{"ok":true}\n' });
    const [request, ...more] = await received();
    expect(more).toEqual([]);
    expect(request).toMatchObject({
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': expect.stringMatching(/^arke-tiff\/\d/),
        'webhook-id': expect.stringMatching(/^msg_/),
      },
    });
    expect(request?.headers).not.toHaveProperty('webhook-signature');
    expect(JSON.parse(request?.body ?? '')).toEqual({
      task_id: task.taskId,
      batch_id: task.batchId,
      status: 'success',
      output_r2_key: 'staging/b/image.jpg',
      output_file_name: 'image.jpg',
      output_file_size: 123,
    });
  });

  it('builds the contract’s error from flags, which beat the environment', async () => {
    const url = ['--url', sandbox.current.callbackUrl(task.batchId, task.taskId)];
    const { exitCode } = await callback(['--error', 'Lost: “ü”', '--task-id', 'other', ...url]);
    expect(exitCode).toBe(0);
    expect(JSON.parse((await received())[0]?.body ?? '')).toEqual({
      task_id: 'other',
      batch_id: task.batchId,
      status: 'error',
      error: 'Lost: “ü”',
    });
  });

  it.each([
    [['--task-id', 'other', '--error', 'Lost'], 'other', 'BATCH'],
    [['--batch-id', 'other', '--error', 'Lost'], 'TASK', 'other'],
    [['--data', 'other.json'], 't', 'b'],
    [['--task-id', 'other', '--error', 'Lost', '--dry-run'], 'other', 'BATCH'],
  ])(
    'does not send to the address of another task in the environment: %j',
    async (args, of, in_) => {
      await folder.write(
        'other.json',
        '{"task_id":"t","batch_id":"b","status":"error","error":"E"}',
      );
      const { exitCode, stderr } = await callback(args);
      const { taskId, batchId } = task;
      expect(exitCode).toBe(1);
      expect(stderr).toContain(
        `The error of ${of.replace('TASK', taskId)} of the batch ${in_.replace('BATCH', batchId)} is not sent: ` +
          `CALLBACK_URL belongs to another task, ${taskId} of ${batchId} (TASK_ID and BATCH_ID). ` +
          'Set --url to the address for this one.',
      );
      expect(await received()).toEqual([]);
    },
  );

  it.each(['pretty.json', '-'])('sends --data %s unchanged', async (data) => {
    const of = { task_id: task.taskId, batch_id: task.batchId };
    const value = { ...of, status: 'error', error: 'ä\u2028€ “\t” 😀' };
    const body = `\n${JSON.stringify(value, null, '\t')}`;
    await folder.write('pretty.json', body);
    const run = await callback(['--data', data], { input: body });
    expect(run.exitCode).toBe(0);
    expect((await received()).map((request) => request.body)).toEqual([body]);
  });

  it('replays what the log of a task says was not delivered, byte for byte', async () => {
    await answer({ status: 400 });
    const run = await runTask(sandbox.current, 'staging/lost “ü”.tif', {}, task);
    const lines = run.stdout.split('\n');
    const line = lines[lines.findIndex((l) => l.includes('not delivered')) + 1];
    const replay = await callback(['--data', '-'], { input: `${line}\n` });
    expect(replay.exitCode).toBe(0);
    const [first, second] = await received();
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  });

  it('signs with CALLBACK_SECRET, so that any Standard Webhooks library can verify', async () => {
    await callback(success, { env: { CALLBACK_SECRET: SECRET } });
    const [request] = await received();
    const { body = '', headers = {} } = request ?? {};
    expect(new Webhook(SECRET).verify(body, headers)).toMatchObject({ status: 'success' });
    expect(() => new Webhook(SECRET).verify(`${body} `, headers)).toThrow();
  });
});

describe('callback holds the body against the contract', () => {
  it.each([
    [['--data', '-'], '{"task_id":"t"', 'the body is not JSON'],
    [
      ['--data', '-'],
      '{"task_id":"t","batch_id":"b","status":"done"}',
      'does not match the contract: status',
    ],
    [['--error', 'x'.repeat(501)], '', 'does not match the contract: error'],
  ])('and refuses it as wrong usage unless --no-validate (%#)', async (args, input, problem) => {
    const refused = await callback(args, { input });
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain(problem);
    expect(await received()).toEqual([]);
    expect((await callback([...args, '--no-validate'], { input })).exitCode).toBe(0);
    expect(await received()).toHaveLength(1);
  });

  it.each([
    [[], 'one of --output-key, --error and --data is missing'],
    [['--output-key', 'a.jpg'], '--output-size is missing'],
    [['--output-key', 'a.jpg', '--error', 'b'], 'cannot be combined with'],
    [['--data', 'a.json', '--error', 'b'], 'cannot be combined with'],
    [['pending', '--allow-origin', 'https://example.com/path'], 'must be an origin'],
    [['--error', 'b', '--url', 'ftp://example.com/'], '--url must be an http or https URL'],
  ])('and needs flags that describe one (%j)', async (args, problem) => {
    const { exitCode, stderr } = await callback(args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(problem);
  });

  it('and an address, by the flag or the variable', async () => {
    const args = ['callback', '--task-id', 't', '--batch-id', 'b', '--error', 'x'];
    const none = await runProgram(args);
    expect(none).toMatchObject({
      exitCode: 2,
      stderr: 'Error: Invalid settings: --url is missing (or CALLBACK_URL)\n',
    });
    const wrong = await runProgram(args, { env: { CALLBACK_URL: 'ftp://example.com/' } });
    expect(wrong.stderr).toContain('CALLBACK_URL must be an http or https URL');
  });

  it('and refuses bytes that are not text, as they could not be sent unchanged', async () => {
    const input = Buffer.from('{"task_id":"\xe4"}', 'latin1');
    const { exitCode, stderr } = await callback(['--data', '-', '--no-validate'], { input });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('the data is not UTF-8');
    expect(await received()).toEqual([]);
  });
});
