import { beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from '../../support/program.ts';
import { newTask, useSandbox } from '../../support/tasks.ts';
import { useFolder } from '../../support/use-folder.ts';

const sandbox = useSandbox();
const folder = useFolder();
const CALLBACK_SECRET = `whsec_${Buffer.from('a secret of this test').toString('base64')}`;
const env = { CALLBACK_SECRET };

let task: ReturnType<typeof newTask>;
beforeEach(() => {
  task = newTask();
});

function callback(args: readonly string[]) {
  const { batchId, taskId } = task;
  const CALLBACK_URL = sandbox.current.callbackUrl(batchId, taskId);
  const variables = { TASK_ID: taskId, BATCH_ID: batchId, CALLBACK_URL, ...env };
  return runProgram(['callback', ...args], { env: variables });
}
const verify = (args: readonly string[], input?: string) =>
  runProgram(['callback', 'verify', ...args], { env, ...(input === undefined ? {} : { input }) });

const good =
  /^✓ webhook-id: msg_\S+\n✓ webhook-timestamp: sent at \S+, \d+ s ago\n✓ webhook-signature: matches id, timestamp and body\n$/;

describe('callback verify', () => {
  it.each([[['--dry-run']], [['--dry-run', '--json']]])(
    'verifies what %j has shown, from a file or stdin',
    async (args) => {
      const { stdout } = await callback(['--error', 'Lost: “ü”', ...args]);
      const path = await folder.write('request', stdout);
      expect(await verify([path])).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(good),
      });
      expect((await verify(['-'], stdout)).exitCode).toBe(0);
    },
  );

  it('verifies what the orchestrator has received', async () => {
    await callback(['--error', 'Lost']);
    const [received] = await sandbox.current.callbacks(task.batchId, task.taskId);
    expect((await verify(['-'], JSON.stringify(received))).exitCode).toBe(0);
  });

  it('says for each header what is wrong with it, and exits with 1', async () => {
    const { stdout } = await callback(['--error', 'Lost', '--dry-run', '--json']);
    const { headers, body } = JSON.parse(stdout);
    const old = { ...headers, 'webhook-timestamp': '1700000000' };
    const { exitCode, stdout: said } = await verify(['-'], JSON.stringify({ headers: old, body }));
    expect(exitCode).toBe(1);
    expect(said).toMatch(/^✗ webhook-timestamp: sent at 2023-11-14T22:13:20.000Z, .*--tolerance/m);
    expect(said).toMatch(/^✗ webhook-signature: does not match/m);
    const json = await verify(['-', '--json'], JSON.stringify({ headers: {}, body }));
    expect(JSON.parse(json.stdout)).toEqual({
      valid: false,
      checks: ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((header) => ({
        header,
        ok: false,
        says: expect.stringMatching(/^is missing/),
      })),
    });
  });

  it('accepts an old one with enough --tolerance', async () => {
    const { stdout } = await runProgram(
      [
        'callback',
        '--error',
        'x',
        '--task-id',
        't',
        '--batch-id',
        'b',
        '--dry-run',
        '--url',
        'http://x.example',
      ],
      { env },
    );
    const request = `${stdout}`;
    expect((await verify(['-', '--tolerance', '100000'], request)).exitCode).toBe(0);
  });

  it('needs a secret, and a request', async () => {
    const secretless = await runProgram(['callback', 'verify', '-'], { input: 'x' });
    expect(secretless).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('CALLBACK_SECRET is missing'),
    });
    const nothing = await verify(['-'], 'nothing of the kind');
    expect(nothing).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('not a stored request'),
    });
    const lost = await verify(['lost.txt']);
    expect(lost).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('Could not read "lost.txt"'),
    });
  });
});
