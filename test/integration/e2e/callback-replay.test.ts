import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { taskIdOfKey } from '../../../src/lib/callback/task-id.ts';
import { bytesIn, tiff } from '../../support/objects.ts';
import { runProgram } from '../../support/program.ts';
import { newTask, runTask, type TaskRun, useSandbox } from '../../support/tasks.ts';
import { useFolder } from '../../support/use-folder.ts';

const sandbox = useSandbox();
const folder = useFolder();
const KEY = 'tiffs/image.tif';

let task: ReturnType<typeof newTask>;
beforeAll(() => sandbox.current.putObject(KEY, tiff));
beforeEach(() => {
  task = newTask();
});

const forAll = () => `${sandbox.current.url}/callback/{batch_id}/{task_id}`;
const received = async ({ batchId, taskId } = task) =>
  (await sandbox.current.callbacks(batchId, taskId)).map(({ body }) => body);

/** A task whose callback the orchestrator does not take the first time. */
async function failDelivery(
  key = KEY,
  env: Record<string, string> = {},
  of = task,
): Promise<TaskRun> {
  await sandbox.current.answer(of.batchId, of.taskId, [{ status: 400 }]);
  return runTask(sandbox.current, key, env, of);
}

function fromLog(log: string, args: readonly string[] = [], env: Record<string, string> = {}) {
  const url = args.includes('--url') ? [] : ['--url', forAll()];
  return runProgram(['callback', 'replay', '-', ...url, ...args], { input: log, env });
}

/** A log as `fly logs` prints it, with its colours. */
const asFlyText = (log: string) =>
  log.replace(
    /^(?=.)/gm,
    '\u001b[2m2026-11-24T16:00:00Z\u001b[0m \u001b[32mapp\u001b[0m[148e] \u001b[34mord\u001b[0m [\u001b[36minfo\u001b[0m]',
  );
/** As `fly logs --json` does. */
const asFlyJson = (log: string) =>
  log
    .trimEnd()
    .split('\n')
    .map((message) =>
      JSON.stringify({ level: 'info', instance: 'x', message, region: 'ord' }, null, 4),
    )
    .join('\n');

describe('callback replay, of a log', () => {
  it.each([
    ['text', {}, (log: string) => log],
    ['text of fly logs', {}, asFlyText],
    ['JSON of fly logs', {}, asFlyJson],
    ['LOG_FORMAT=json', { LOG_FORMAT: 'json' }, (log: string) => log],
    ['LOG_FORMAT=json in JSON of fly logs', { LOG_FORMAT: 'json' }, asFlyJson],
  ])('replays what was not delivered, byte for byte, from %s', async (_, env, wrap) => {
    const key = 'tiffs/lost “ü”.tif';
    const run = await failDelivery(key, env);
    const { exitCode, stdout } = await fromLog(wrap(run.stdout));
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      new RegExp(
        `^${task.batchId}/${task.taskId} error: answered 200 in \\d+ ms \\(attempt 1\\)\n$`,
      ),
    );
    const [first, second, ...more] = await sandbox.current.callbacks(task.batchId, task.taskId);
    expect(more).toEqual([]);
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  });

  it('reads a file, too, and reports everything with --json', async () => {
    const run = await failDelivery();
    const path = await folder.write('task.log', run.stdout);
    const args = ['callback', 'replay', path, '--url', forAll(), '--json'];
    const { exitCode, stdout, stderr } = await runProgram(args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      callbacks: [
        {
          task_id: task.taskId,
          batch_id: task.batchId,
          outcome: 'success',
          line: run.stdout.split('\n').findIndex((line) => line.startsWith('{')) + 1,
          delivered: true,
          status: 200,
          body: '{"ok":true}',
          attempts: 1,
          ms: expect.any(Number),
          request: {
            url: sandbox.current.callbackUrl(task.batchId, task.taskId),
            headers: expect.objectContaining({ 'Content-Type': 'application/json' }),
            body: run.callbacks[0]?.body,
          },
        },
      ],
      skipped: 0,
    });
  });

  it('replays several tasks, each to its own address', async () => {
    const others = [newTask(), newTask()];
    const runs = [await failDelivery()];
    for (const other of others) runs.push(await failDelivery(KEY, {}, other));
    const log = runs.map(({ stdout }) => stdout).join('');
    expect((await fromLog(log)).exitCode).toBe(0);
    for (const run of runs)
      expect(await received(run)).toEqual(Array(2).fill(run.callbacks[0]?.body));
  });

  it('does not send several tasks to one address; --task-id chooses one', async () => {
    const other = newTask();
    const log = [await failDelivery(), await failDelivery(KEY, {}, other)]
      .map((run) => run.stdout)
      .join('');
    const url = ['--url', sandbox.current.callbackUrl(other.batchId, other.taskId)];
    const refused = await fromLog(log, url);
    expect(refused).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('add {batch_id}'),
    });
    expect(await received(other)).toHaveLength(1);
    expect(await fromLog(log, [...url, '--task-id', other.taskId])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(
        `skipped: 1 callback not matching --task-id ${other.taskId}\n`,
      ),
    });
    expect([await received(), await received(other)].map(({ length }) => length)).toEqual([1, 2]);
  });

  it('replays every task, whatever TASK_ID is set', async () => {
    const run = await failDelivery();
    const env = { TASK_ID: 'another', BATCH_ID: 'another' };
    const { exitCode, stdout } = await fromLog(run.stdout, ['--json'], env);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ callbacks: [{ delivered: true }], skipped: 0 });
    expect(await received()).toHaveLength(2);
  });

  it('sends nothing with --dry-run', async () => {
    const run = await failDelivery();
    const { exitCode, stdout } = await fromLog(run.stdout, ['--dry-run']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`\n\n${run.callbacks[0]?.body}\n\ncurl `);
    expect(await received()).toHaveLength(1);
  });

  it('fails when there is nothing to send, or a body was lost', async () => {
    const delivered = await runTask(sandbox.current, KEY, {}, newTask());
    const nothing = await fromLog(delivered.stdout);
    expect(nothing).toMatchObject({ exitCode: 1, stdout: '' });
    expect(nothing.stderr).toContain('There is no undelivered callback in the log');
    const run = await failDelivery();
    const cut = await fromLog(run.stdout.replace(/^\{.*$/m, '{"task_id"'));
    expect(cut.exitCode).toBe(1);
    expect(cut.stderr).toMatch(/The callback's body is missing after line \d+ of the log/);
  });
});

describe('a callback that is known to have been delivered', () => {
  /** The log of a task that was run twice: the first success was not taken, the second was. */
  async function runTwice(): Promise<string> {
    const first = await failDelivery();
    return first.stdout + (await runTask(sandbox.current, KEY, {}, task)).stdout;
  }

  it('is sent again only with --yes', async () => {
    const log = await runTwice();
    const refused = await fromLog(log);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(
      /Error: The success of \S+ is not sent again: line \d+ of the log says .* --yes sends it again\./,
    );
    expect(await received()).toHaveLength(2);
    expect((await fromLog(log, ['--yes'])).exitCode).toBe(0);
    expect(await received()).toHaveLength(3);
  });

  it('is never an error after a success in the log, except with --force', async () => {
    const failed = await failDelivery('tiffs/lost.tif');
    const log = failed.stdout + (await runTask(sandbox.current, KEY, {}, task)).stdout;
    const refused = await fromLog(log, ['--yes']);
    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('would lose the picture'),
    });
    expect((await fromLog(log, ['--force'])).exitCode).toBe(0);
    expect((await received()).map((body) => JSON.parse(body).status)).toEqual([
      'error',
      'success',
      'error',
    ]);
  });

  it('is the success when neither it nor the error was delivered', async () => {
    const log = (await failDelivery('tiffs/lost.tif')).stdout + (await failDelivery()).stdout;
    const { exitCode, stderr } = await fromLog(log);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('has a success of the task');
    expect((await received()).map((body) => JSON.parse(body).status)).toEqual([
      'error',
      'success',
      'success',
    ]);
  });

  it('is never an error of a task whose JPEG is in R2, if R2 can be asked', async () => {
    const key = `${task.taskId}/image.tif`;
    await sandbox.current.putObject(key, tiff);
    await runTask(sandbox.current, key, {}, task);
    const env = sandbox.current.environment(task.batchId, task.taskId, key);
    const args = ['callback', '--error', 'Lost'];
    const jpeg = `"callback replay r2://${task.taskId}/image.jpg"`;
    const refused = await runProgram(args, { env });
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(jpeg) });
    expect(await received()).toHaveLength(1);
    expect((await runProgram([...args, '--force'], { env })).exitCode).toBe(0);
    expect(await received()).toHaveLength(2);
  });
});

describe('callback replay, of a JPEG in R2', () => {
  const jpegOf = (name: string) => `r2/${name}.jpg`;
  async function convert(name: string): Promise<TaskRun> {
    await sandbox.current.putObject(`r2/${name}.tif`, tiff);
    return runTask(sandbox.current, `r2/${name}.tif`, {}, task);
  }
  const fromR2 = (key: string, args: readonly string[] = [], more: Record<string, string> = {}) => {
    const { TASK_ID, BATCH_ID, CALLBACK_URL, ...env } = sandbox.current.environment('b', 't', 'k');
    const call = ['callback', 'replay', `r2://${key}`, '--url', forAll(), ...args];
    return runProgram(call, { env: { ...env, ...more } });
  };

  it('reports the success exactly as the task that made the JPEG', async () => {
    const run = await convert('made');
    expect(run.exitCode).toBe(0);
    const otherTask = { TASK_ID: 'another', BATCH_ID: 'another' };
    expect((await fromR2(jpegOf('made'), [], otherTask)).exitCode).toBe(0);
    const [first = {}, second] = (await received()).map((body) => JSON.parse(body));
    const { performance, ...reported } = first;
    expect(second).toEqual(reported);
    expect(second.output_file_size).toBe((await bytesIn(sandbox)(jpegOf('made'))).length);
  });

  it('needs --task-id when the JPEG does not name a task', async () => {
    await sandbox.current.putObject(jpegOf('foreign'), Buffer.from('x'));
    const refused = await fromR2(jpegOf('foreign'));
    expect(refused).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--batch-id is missing'),
    });
    expect(await fromR2(jpegOf('foreign'), ['--batch-id', task.batchId])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--task-id is missing'),
    });
    const named = ['--task-id', task.taskId, '--batch-id', task.batchId];
    expect((await fromR2(jpegOf('foreign'), named)).exitCode).toBe(0);
    expect(await received()).toHaveLength(1);
  });

  describe('made by batch', () => {
    async function batch(...names: readonly string[]): Promise<void> {
      for (const name of names) await sandbox.current.putObject(name, tiff);
      const { TASK_ID, BATCH_ID, CALLBACK_URL, ...env } = sandbox.current.environment('', '', '');
      const folder = names[0]?.replace(/[^/]*$/, '') ?? '';
      expect((await runProgram(['batch', folder], { env })).exitCode).toBe(0);
    }
    const computed = (key: string) => ({ batchId: task.batchId, taskId: taskIdOfKey(key) });

    it('counts for the task that the orchestrator gives to its TIFF, whatever the environment', async () => {
      const key = `staging/${task.batchId}/box/one.tif`;
      await batch(key);
      const other = { TASK_ID: 'another', BATCH_ID: 'another' };
      const jpeg = key.replace('.tif', '.jpg');
      expect((await fromR2(jpeg, [], other)).exitCode).toBe(0);
      const [body, ...more] = await received(computed(key));
      expect(more).toEqual([]);
      expect(JSON.parse(body ?? '')).toMatchObject({
        task_id: taskIdOfKey(key),
        batch_id: task.batchId,
        output_r2_key: jpeg,
      });
    });

    it('counts for the named task, without --force', async () => {
      const key = `staging/${task.batchId}/one.tif`;
      await batch(key);
      const jpeg = key.replace('.tif', '.jpg');
      const named = ['--task-id', task.taskId, '--batch-id', task.batchId];
      expect((await fromR2(jpeg, named)).exitCode).toBe(0);
      expect(await received()).toHaveLength(1);
      expect(await received(computed(key))).toEqual([]);
    });

    it('needs --batch-id when its key names none, and is not sent to the environment’s batch', async () => {
      const key = `r2/${task.batchId}/one.tif`;
      await batch(key);
      const jpeg = key.replace('.tif', '.jpg');
      const refused = await fromR2(jpeg);
      expect(refused).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('--batch-id is missing'),
      });
      expect(await received({ batchId: 'arke-tiff-batch', taskId: 'arke-tiff-batch' })).toEqual([]);
      expect((await fromR2(jpeg, ['--batch-id', task.batchId])).exitCode).toBe(0);
      expect(await received(computed(key))).toHaveLength(1);
    });

    it('is refused when another TIFF of the batch has the same task id, unless one is named', async () => {
      // By what the orchestrator computes: "1a" and "2B" come to the same.
      const keys = ['plate1a.tif', 'plate2B.tif'].map((n) => `staging/${task.batchId}/${n}`);
      await batch(...keys);
      expect(new Set(keys.map(taskIdOfKey)).size).toBe(1);
      const jpeg = `staging/${task.batchId}/plate1a.jpg`;
      const refused = await fromR2(jpeg);
      expect(refused).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining(`"${keys[0]}" and "${keys[1]}" get the same task id`),
      });
      const id = taskIdOfKey(keys[0] ?? '');
      expect(await received({ batchId: task.batchId, taskId: id })).toEqual([]);
      expect((await fromR2(jpeg, ['--task-id', id])).exitCode).toBe(0);
      expect(await received({ batchId: task.batchId, taskId: id })).toHaveLength(1);
    });
  });

  it('is refused for another task, except with --force', async () => {
    await convert('other');
    const other = newTask();
    const named = ['--task-id', other.taskId, '--batch-id', other.batchId];
    const refused = await fromR2(jpegOf('other'), named);
    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`by task ${task.taskId}`),
    });
    expect((await fromR2(jpegOf('other'), [...named, '--force'])).exitCode).toBe(0);
    expect(await received(other)).toHaveLength(1);
  });

  it.each([
    ['r2/nothing.jpg', 1, 'There is no object "r2/nothing.jpg"'],
    [KEY, 2, 'is a TIFF'],
  ])('is refused for anything but a JPEG: %s', async (key, exitCode, problem) => {
    expect(await fromR2(key)).toMatchObject({ exitCode, stderr: expect.stringContaining(problem) });
  });
});
