import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { taskIdOfKey } from '../../../src/lib/callback/task-id.ts';
import { bytesIn, tiff } from '../../support/objects.ts';
import { type Run, runProgram } from '../../support/program.ts';
import { runTask, type TaskRun, useSandbox } from '../../support/tasks.ts';
import { useFolder } from '../../support/use-folder.ts';

const sandbox = useSandbox();
const folder = useFolder();
const PAGE = readFileSync(new URL('../../../docs/recovery.md', import.meta.url), 'utf8');
const SECRET = `whsec_${Buffer.from('the secret of the batch').toString('base64')}`;

/** What the page calls batch_abc. */
let batch: string;
let outbox: Record<string, string>;
beforeEach(async () => {
  batch = `batch_${randomUUID().slice(0, 8)}`;
  outbox = { CALLBACK_OUTBOX_PREFIX: `outbox-${batch}`, CALLBACK_SECRET: SECRET };
  await writeSettings(outbox);
});

const keyOf = (name: string) => `staging/${batch}/${name}`;
const pending = () => sandbox.current.listKeys(`outbox-${batch}/pending/`);

/** What the page has operators put into `r2.env`. */
async function writeSettings(more: Record<string, string> = {}): Promise<void> {
  const { TASK_ID, BATCH_ID, INPUT_R2_KEY, CALLBACK_URL, ...env } = sandbox.current.environment(
    'b',
    't',
    'k',
  );
  const lines = Object.entries({ ...env, ...more }).map(([name, value]) => `${name}="${value}"`);
  await folder.write('r2.env', lines.join('\n'));
}

/**
 * Runs the commands of a step of the page, as they stand there; with more arguments where given.
 */
async function follow(step: number, more: readonly string[] = []): Promise<Run[]> {
  const text = PAGE.split(/^## /m).find((section) => section.startsWith(`${step}. `)) ?? '';
  const commands = [...text.matchAll(/^\$ arke-tiff (.*)$/gm)].map(([, command = '']) =>
    command
      .replaceAll('https://orchestrator.example.com', sandbox.current.url)
      .replaceAll('batch_abc', batch),
  );
  expect(commands).not.toEqual([]);
  const runs: Run[] = [];
  for (const command of commands) {
    const args = [...command.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);
    runs.push(await runProgram([...args, ...more], { cwd: folder.root }));
  }
  return runs;
}

/** A task of the orchestrator's whose callback is answered like this, the first time. */
async function loseCallback(
  name: string,
  answer = { status: 400, body: '' },
  env: Record<string, string> = outbox,
): Promise<TaskRun> {
  const task = { batchId: batch, taskId: taskIdOfKey(keyOf(name)) };
  await sandbox.current.putObject(keyOf(name), tiff);
  await sandbox.current.answer(task.batchId, task.taskId, [answer]);
  return runTask(sandbox.current, keyOf(name), env, task);
}

const received = async (name: string) =>
  (await sandbox.current.callbacks(batch, taskIdOfKey(keyOf(name)))).map(({ body }) =>
    JSON.parse(body),
  );

describe('docs/recovery.md', () => {
  it('1: what is in the outbox is sent, once', async () => {
    const lost = await loseCallback('scan.tif');
    expect(lost.stdout).toContain('Note: the callback is kept in the outbox as ');
    const [run] = await follow(1);
    expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^delivered: /) });
    expect(await received('scan.tif')).toEqual([lost.bodies[0], lost.bodies[0]]);
    const [again] = await follow(1);
    expect(again).toMatchObject({ exitCode: 0, stdout: 'Nothing to deliver.\n' });
    expect(await received('scan.tif')).toHaveLength(2);
  });

  it('2: what was not delivered, by the logs, is sent when there is no outbox', async () => {
    await writeSettings();
    const names = ['one.tif', 'two.tif'];
    const runs: TaskRun[] = [];
    for (const name of names) runs.push(await loseCallback(name, undefined, {}));
    await folder.write('batch.log', runs.map(({ stdout }) => stdout).join(''));
    const [run] = await follow(2);
    expect(run).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining('outbox') });
    for (const [i, name] of names.entries())
      expect(await received(name)).toEqual(Array(2).fill(runs[i]?.bodies[0]));
  });

  it('2: a warning leads back to step 1 when the log names an unknown outbox', async () => {
    await writeSettings();
    const lost = await loseCallback('scan.tif');
    await folder.write('batch.log', lost.stdout);
    const [run] = await follow(2, ['--dry-run']);
    expect(run?.exitCode).toBe(0);
    expect(run?.stderr).toMatch(
      /Warning: Line \d+ of the log says that 1 of these callbacks is also in the outbox,/,
    );
    expect(run?.stderr).toContain(`--outbox-prefix outbox-${batch}`);
  });

  it('2: after a replay that knows the outbox, step 1 sends nothing again', async () => {
    const lost = await loseCallback('scan.tif');
    await folder.write('batch.log', lost.stdout);
    expect((await follow(2))[0]).toMatchObject({ exitCode: 0 });
    expect((await follow(1))[0]?.stdout).toBe('Nothing to deliver.\n');
    const [again] = await follow(2);
    expect(again?.exitCode).toBe(1);
    expect(again?.stderr).toContain("is not sent again: the outbox's mark says");
    expect(await received('scan.tif')).toHaveLength(2);
  });

  it.each(['batch', 'upload'])(
    '3: a JPEG that %s put there counts for the task that the orchestrator gave to its TIFF',
    async (how) => {
      await sandbox.current.putObject(keyOf('scan.tif'), tiff);
      const { TASK_ID, BATCH_ID, ...env } = sandbox.current.environment('b', 't', 'k');
      const made = await runProgram(['batch', `staging/${batch}/`], { env });
      expect(made.exitCode).toBe(0);
      const jpeg = await bytesIn(sandbox)(keyOf('scan.jpg'));
      // As upload leaves it: nothing says what it was made of.
      if (how === 'upload') await sandbox.current.putObject(keyOf('scan.jpg'), jpeg);
      const [run] = await follow(3);
      expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^200\n/) });
      expect(await received('scan.tif')).toEqual([
        {
          task_id: taskIdOfKey(keyOf('scan.tif')),
          batch_id: batch,
          status: 'success',
          output_r2_key: keyOf('scan.jpg'),
          output_file_name: 'scan.jpg',
          output_file_size: jpeg.length,
        },
      ]);
      const [again] = await follow(3);
      expect(again?.exitCode).toBe(1);
      expect(await received('scan.tif')).toHaveLength(1);
    },
  );

  it('4: an incomplete batch is completed: missing JPEGs are made, and each is sent once', async () => {
    const lost = await loseCallback('lost.tif');
    const task = { batchId: batch, taskId: taskIdOfKey(keyOf('logged.tif')) };
    for (const name of ['logged.tif', 'hole.tif'])
      await sandbox.current.putObject(keyOf(name), tiff);
    const logged = await runTask(sandbox.current, keyOf('logged.tif'), outbox, task);
    await folder.write('batch.log', lost.stdout + logged.stdout);
    const [run] = await follow(4, ['--yes']);
    expect(run?.stderr).toContain(
      '3 TIFFs: 2 delivered, 1 already delivered\nThe batch is complete:',
    );
    expect(run?.exitCode).toBe(0);
    expect((await follow(4, ['--yes']))[0]?.exitCode).toBe(0);
    expect(await pending()).toEqual([]);
    expect(await received('lost.tif')).toEqual([lost.bodies[0], lost.bodies[0]]);
    expect(await received('logged.tif')).toHaveLength(1);
    expect(await received('hole.tif')).toMatchObject([{ status: 'success' }]);
  });

  it.each(['Task', 'Batch'])(
    '5: what is never accepted (%s not found) is shown and discarded, and step 1 succeeds again',
    async (thing) => {
      const gone = { status: 500, body: `{"error":"${thing} not found"}` };
      const lost = await loseCallback('scan.tif', gone);
      expect(lost.exitCode).toBe(1);
      const other = await loseCallback('other.tif');
      await sandbox.current.answer(batch, lost.taskId, [gone]);
      const [drain] = await follow(1);
      expect(drain?.exitCode).toBe(1);
      expect(await received('other.tif')).toHaveLength(2);
      expect(await pending()).toHaveLength(1);

      const [shown, refused] = await follow(5);
      expect(shown?.exitCode).toBe(0);
      expect(shown?.stdout).toMatch(
        new RegExp(
          `^discardable: ${batch}/${lost.taskId} success of \\S+, .*does not know this ${thing.toLowerCase()}`,
        ),
      );
      // There is no terminal here to ask at.
      expect(refused).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('--yes to drop it'),
      });
      expect(await pending()).toHaveLength(1);

      const [, dropped] = await follow(5, ['--yes']);
      expect(dropped).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^discarded: /) });
      expect((await follow(1))[0]).toMatchObject({ exitCode: 0, stdout: 'Nothing to deliver.\n' });
      expect(await sandbox.current.getObject(keyOf('scan.jpg'))).toBeDefined();
      expect(other.exitCode).toBe(1);
    },
  );
});
