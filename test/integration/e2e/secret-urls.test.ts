import { describe, expect, it } from 'vitest';
import { runProgram } from '../../support/program.ts';
import { newTask, useSandbox } from '../../support/tasks.ts';

const sandbox = useSandbox();
const TOKEN = 'cbtoken-9f27b1e4';

describe('the token of a URL given by --url', () => {
  // With DEBUG=* oclif prints the command line itself, as ps does.
  it.each([
    { args: [], exitCode: 1 },
    { args: ['--json'], exitCode: 1 },
    { args: ['--nope'], exitCode: 2 },
    { args: ['--dry-run'], exitCode: 0 },
    { args: ['--dry-run', '--json'], exitCode: 0 },
  ])('is not shown ($args)', async ({ args, exitCode }) => {
    const url = `http://nobody.invalid/cb?token=${TOKEN}`;
    const body = ['--error', 'Lost', '--task-id', 't', '--batch-id', 'b'];
    const run = await runProgram(['callback', '--url', url, ...body, ...args]);
    expect(run.exitCode).toBe(exitCode);
    expect(run.stdout + run.stderr).not.toContain(TOKEN);
  });
});

describe('the token of a URL, however the URL is spelled', () => {
  const body = ['--error', 'Lost', '--task-id', 't', '--batch-id', 'b'];
  it.each([
    `http://nobody.invalid/cb?x='${TOKEN}`,
    `http://nobody.invalid/cb?x=<${TOKEN}>`,
    `http://nobody.invalid/cb?x=a ${TOKEN}`,
    `http://nobody.invalid/cb?x="${TOKEN}`,
    `http:nobody.invalid/cb?x=${TOKEN}`,
    `http:\\\\nobody.invalid\\cb?x=${TOKEN}`,
    `http://nobody.invalid/cb#${TOKEN}`,
  ])('is not shown: %s', async (url) => {
    for (const args of [['--dry-run'], ['--dry-run', '--json'], [], ['--json'], [url]]) {
      const run = await runProgram(['callback', '--url', url, ...body, ...args]);
      expect(run.stdout + run.stderr).not.toContain(TOKEN);
      if (args[0] === '--dry-run') expect(run.stdout).toContain('http://nobody.invalid/cb');
    }
  });

  it('is not shown by run, even if it is on its command line', async () => {
    const { batchId, taskId } = newTask();
    const task = sandbox.current.environment(batchId, taskId, 'image.tif');
    const url = `${task['CALLBACK_URL']}?x='${TOKEN}`;
    const run = await runProgram(['run', url], { env: { ...task, CALLBACK_URL: url } });
    expect(run.stdout + run.stderr).not.toContain(TOKEN);
    const [callback] = await sandbox.current.callbacks(batchId, taskId);
    expect(callback?.path).toContain(TOKEN);
    expect(callback?.body).toContain('Unexpected argument');
    expect(callback?.body).not.toContain(TOKEN);
  });
});
