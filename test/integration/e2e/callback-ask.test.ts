import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { tiff } from '../../support/objects.ts';
import { newTask, runTask, useSandbox } from '../../support/tasks.ts';
import { hasTerminal } from '../../support/terminal.ts';
import { useFolder } from '../../support/use-folder.ts';

const sandbox = useSandbox();
const folder = useFolder();
const KEY = 'tiffs/image.tif';

let task: ReturnType<typeof newTask>;
beforeAll(() => sandbox.current.putObject(KEY, tiff));
beforeEach(() => {
  task = newTask();
});

/** Replays the log on a terminal, and types what is to be typed once it is asked. */
async function replay(log: string, typed: string) {
  const program = join(inject('program'), 'bin/run.js');
  const url = sandbox.current.callbackUrl(task.batchId, task.taskId);
  const command = `${process.execPath} ${program} callback --from-log ${log} --url ${url}`;
  const terminal = execa('script', ['-qec', command, '/dev/null'], {
    env: { PATH: process.env['PATH'], TERM: 'xterm-256color' },
    extendEnv: false,
    reject: false,
    stdin: 'pipe',
    timeout: 500_000,
  });
  let shown = '';
  terminal.stdout.on('data', (piece) => {
    const before = shown.includes('[y/N]');
    shown += piece;
    if (!before && shown.includes('[y/N]')) terminal.stdin.write(typed);
  });
  return terminal;
}

const received = async () => (await sandbox.current.callbacks(task.batchId, task.taskId)).length;

describe.skipIf(!hasTerminal)(
  `a callback that is known to have been delivered, at a terminal${hasTerminal ? '' : ' (NOT RUN: there is no util-linux script on this machine)'}`,
  () => {
    it.each([
      ['y\n', 0, 3],
      ['n\n', 1, 2],
      ['\n', 1, 2],
      ['\u0003', 130, 2],
    ])('is sent again when somebody says so: %j', async (typed, exitCode, count) => {
      await sandbox.current.answer(task.batchId, task.taskId, [{ status: 400 }]);
      const runs = [1, 2].map(() => () => runTask(sandbox.current, KEY, {}, task));
      let log = '';
      for (const run of runs) log += (await run()).stdout;
      const shown = await replay(await folder.write(`${task.taskId}.log`, log), typed);
      expect(shown.stdout).toContain('says that the orchestrator has taken its success');
      expect(shown.exitCode).toBe(exitCode);
      expect(await received()).toBe(count);
    });
  },
);
