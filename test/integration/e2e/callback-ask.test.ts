import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tiff } from '../../support/objects.ts';
import { newTask, runTask, useSandbox } from '../../support/tasks.ts';
import { answerOnTerminal, hasTerminal } from '../../support/terminal.ts';
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
function replay(log: string, typed: string) {
  const url = sandbox.current.callbackUrl(task.batchId, task.taskId);
  return answerOnTerminal(`callback replay ${log} --url ${url}`, typed);
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
    ])('is sent again only after consent: %j', async (typed, exitCode, count) => {
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
