import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeEach, describe, expect, it } from 'vitest';
import { deliveredMark } from '../../../src/lib/callback/delivered-mark.ts';
import { outboxEntry } from '../../../src/lib/callback/outbox-entry.ts';
import { callbackId } from '../../../src/lib/callback/request.ts';
import { taskIdOfKey } from '../../../src/lib/callback/task-id.ts';
import { deliveredKey, pendingKey } from '../../../src/lib/task/outbox/keys.ts';
import { tiff } from '../../support/objects.ts';
import { runProgram, startProgram } from '../../support/program.ts';
import { type ReportedBatch, reportedBatch, statesOf } from '../../support/reported-batches.ts';
import { useSandbox } from '../../support/tasks.ts';
import { answerOnTerminal, hasTerminal } from '../../support/terminal.ts';
import { until } from '../../support/until.ts';
import { useFolder } from '../../support/use-folder.ts';

const sandbox = useSandbox();
const folder = useFolder();
let batch: ReportedBatch;
beforeEach(() => {
  batch = reportedBatch(sandbox.current);
});

/** Puts the same TIFF under several names. */
const put = (...names: string[]) => Promise.all(names.map((name) => batch.put(name, tiff)));

const jpegs = async () =>
  (await sandbox.current.listKeys(batch.prefix)).filter((key) => key.endsWith('.jpg'));

describe('a batch with holes', () => {
  it('is completed: missing JPEGs are made, unsent callbacks sent, each once', async () => {
    await put('logged.tif', 'waiting.tif', 'hole.tif', 'unknown.tif');
    const { stdout: log } = await batch.run('logged.tif');
    await batch.run('unknown.tif');
    await batch.answer('waiting.tif', { status: 400 });
    const { bodies } = await batch.run('waiting.tif');
    const logs = ['--log', await folder.write(`${batch.id}.log`, log)];

    const first = await batch.report(...logs);
    expect(first.exitCode).toBe(1);
    expect(statesOf(batch, first.document)).toEqual({
      'logged.tif': 'already_delivered',
      'waiting.tif': 'delivered',
      'hole.tif': 'delivered',
      'unknown.tif': 'unknown',
    });
    expect(first.document).toMatchObject({ complete: false, summary: { files: 1, converted: 1 } });
    expect(await batch.received('hole.tif')).toEqual([
      {
        task_id: taskIdOfKey(`${batch.prefix}hole.tif`),
        batch_id: batch.id,
        status: 'success',
        output_r2_key: `${batch.prefix}hole.jpg`,
        output_file_name: 'hole.jpg',
        output_file_size: expect.any(Number),
      },
    ]);
    // What the task has said itself, with its times.
    expect(await batch.received('waiting.tif')).toEqual([bodies[0], bodies[0]]);
    expect(await batch.waiting()).toEqual([]);

    const second = await batch.report(...logs, '--include-unknown');
    expect(second.exitCode).toBe(0);
    expect(statesOf(batch, second.document)).toMatchObject({
      'hole.tif': 'already_delivered',
      'unknown.tif': 'delivered',
    });
    const third = await batch.report(...logs);
    expect(third).toMatchObject({ exitCode: 0, document: { complete: true } });
    for (const [name, count] of [
      ['logged.tif', 1],
      ['hole.tif', 1],
      ['waiting.tif', 2],
      ['unknown.tif', 2],
    ] as const)
      expect(await batch.received(name)).toHaveLength(count);
  });

  it('is left as it is by --dry-run, which says what would be done', async () => {
    await put('a.tif', 'b.tif');
    await batch.run('b.tif');
    const args = ['batch', batch.prefix, '--report-to', batch.url, '--dry-run'];
    const { exitCode, stdout } = await runProgram(args, { env: batch.env });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /^2 TIFFs of the batch batch_\w+ in the plan:\n {2}1 to convert and send \(.* of TIFFs\)\n {2}1 unknown \(.* of JPEGs\)\nUnknown \(.*\):\n {2}\S+b\.tif: .*$/m,
    );
    expect(await jpegs()).toEqual([`${batch.prefix}b.jpg`]);
    expect(await batch.received('a.tif')).toEqual([]);
  });

  it('sends nothing again for JPEGs that existed before, whoever made them', async () => {
    await put('a.tif');
    const made = await runProgram(['batch', batch.prefix], { env: batch.env });
    expect(made.exitCode).toBe(0);
    // Finds it up to date, and reports it, which leaves no trace in R2.
    await batch.run('a.tif');
    const { document } = await batch.report();
    expect(document.callbacks).toMatchObject([
      { state: 'unknown', reason: expect.stringContaining('"batch" has made it') },
    ]);
    expect(await batch.received('a.tif')).toHaveLength(1);
  });

  it('sends what a log says was refused, not what may have been accepted', async () => {
    await put('a.tif');
    await batch.answer('a.tif', { status: 400 });
    const { stdout } = await batch.run('a.tif', { CALLBACK_OUTBOX_PREFIX: '' });
    const doubtful = stdout.replace('Callback not delivered; ', 'Callback not confirmed; ');
    const report = async (name: string, log: string) =>
      statesOf(batch, (await batch.report('--log', await folder.write(name, log))).document);
    expect(await report('doubtful.log', doubtful)).toEqual({ 'a.tif': 'unknown' });
    expect(await batch.received('a.tif')).toHaveLength(1);
    expect(await report('refused.log', stdout)).toEqual({ 'a.tif': 'delivered' });
  });

  it('lists failures, and never calls them back', async () => {
    await put('good.tif');
    await batch.put('bad.tif', tiff.subarray(0, 300));
    const { exitCode, document } = await batch.report();
    expect(exitCode).toBe(1);
    expect(statesOf(batch, document)).toEqual({
      'bad.tif': 'not_converted',
      'good.tif': 'delivered',
    });
    expect(await batch.received('bad.tif')).toEqual([]);
  });

  it('is reported with one callback each, even by two reports at once', async () => {
    const names = ['1.tif', '2.tif', '3.tif', '4.tif', '5.tif', '6.tif'];
    await put(...names);
    await Promise.all([batch.report(), batch.report()]);
    const { exitCode } = await batch.report();
    expect(exitCode).toBe(0);
    for (const name of names) expect(await batch.received(name)).toHaveLength(1);
    expect(await batch.waiting()).toEqual([]);
  });

  it('says for people what was sent, and whether all pictures are there', async () => {
    await put('a.tif');
    const url = `${batch.url}?token=a-secret-token`;
    const args = ['batch', batch.prefix, '--yes', `--report-to=${url}`];
    const { exitCode, stdout, stderr } = await runProgram(args, { env: batch.env });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^\S+a\.tif: delivered \(batch_\w+\/tiff_tiff_\w+\), answered 200 in /m);
    expect(stderr).toContain('1 TIFF: 1 delivered\nThe batch is complete: ');
    expect(stdout + stderr).not.toContain('a-secret-token');
    const [callback] = await sandbox.current.callbacks(
      batch.id,
      taskIdOfKey(`${batch.prefix}a.tif`),
    );
    expect(callback?.path).toContain('?token=a-secret-token');
  });
});

describe('some TIFFs of a batch', () => {
  it('are never called the whole batch: skipped ones are counted', async () => {
    await put('a.tif', 'b.tif', 'c.tif');
    const args = ['batch', batch.prefix, '--yes', `--report-to=${batch.url}`];
    const some = await runProgram([...args, '--exclude', 'c.tif'], { env: batch.env });
    expect(some.exitCode).toBe(0);
    expect(some.stderr).toContain(
      '2 TIFFs: 2 delivered\nThe orchestrator has all 2 chosen pictures. 1 TIFF of the batch was not chosen.\n',
    );
    const one = ['batch', `${batch.prefix}a`, ...args.slice(2)];
    const { stderr } = await runProgram(one, { env: batch.env });
    expect(stderr).toContain('The orchestrator has the chosen picture. 2 TIFFs of the batch were');
  });
});

describe('a TIFF whose task is not certain', () => {
  it('is not sent without --task-id when another key has its id, selected or not', async () => {
    await put('plate1a.tif', 'plate2B.tif', 'other.tif');
    const held = await batch.report('--include', 'plate1a.tif', '--include', 'other.tif');
    expect(held.exitCode).toBe(1);
    expect(held.document.callbacks).toMatchObject([
      { state: 'delivered' },
      { state: 'held', reason: expect.stringContaining(`"${batch.prefix}plate2B.tif"`) },
    ]);
    expect(await batch.received('plate1a.tif')).toEqual([]);
    // Its JPEG is made all the same.
    expect(await jpegs()).toContain(`${batch.prefix}plate1a.jpg`);

    const task = taskIdOfKey(`${batch.prefix}plate1a.tif`);
    const named = ['--include', 'plate1a.tif', '--task-id', task];
    // Its JPEG was there before, and somebody may have reported that.
    expect((await batch.report(...named)).document.callbacks).toMatchObject([{ state: 'unknown' }]);
    const sent = await batch.report(...named, '--include-unknown');
    expect(sent.exitCode).toBe(0);
    expect(await batch.received('plate1a.tif')).toMatchObject([
      { output_r2_key: `${batch.prefix}plate1a.jpg` },
    ]);
    // The mark is of the one, and says nothing of the other.
    const again = await batch.report('--exclude', 'other.tif');
    expect(statesOf(batch, again.document)).toEqual({
      'plate1a.tif': 'already_delivered',
      'plate2B.tif': 'held',
    });
    // Named for the same task it would count as the picture of the one.
    const second = ['--include', 'plate2B.tif', '--task-id', task, '--include-unknown'];
    const other = await batch.report(...second);
    expect(other.document.callbacks).toMatchObject([
      { state: 'held', reason: expect.stringContaining('with another picture') },
    ]);
    expect(await batch.received('plate1a.tif')).toHaveLength(1);
  });

  it('does not replace the outbox entry of another picture of its task', async () => {
    await put('plate1a.tif', 'plate2B.tif');
    await batch.answer('plate1a.tif', { status: 400 });
    await batch.run('plate1a.tif');
    const waiting = await batch.waiting();
    const task = taskIdOfKey(`${batch.prefix}plate1a.tif`);
    const { document } = await batch.report(
      ...['--include', 'plate2B.tif', '--task-id', task, '--include-unknown'],
    );
    expect(document.callbacks).toMatchObject([
      { state: 'held', reason: expect.stringContaining(`"${batch.prefix}plate1a.jpg"`) },
    ]);
    expect(await batch.waiting()).toEqual(waiting);
    expect(await batch.received('plate1a.tif')).toHaveLength(1);
  });

  it('is never sent when its JPEG names another task', async () => {
    await put('a.tif');
    const other = reportedBatch(sandbox.current);
    await runProgram(['run'], {
      env: sandbox.current.environment(other.id, 'another-task', `${batch.prefix}a.tif`),
    });
    const { document } = await batch.report('--include-unknown');
    expect(document.callbacks).toMatchObject([
      { state: 'held', reason: expect.stringContaining('another-task') },
    ]);
    expect(await batch.received('a.tif')).toEqual([]);
  });

  it('takes its batch from --batch-id when its key does not name one', async () => {
    const key = `scans-${batch.id}/a.tif`;
    await sandbox.current.putObject(key, tiff);
    const args = ['batch', key, '--report-to', batch.url, '--yes'];
    const without = await runProgram(args, { env: batch.env });
    expect(without).toMatchObject({ exitCode: 2 });
    expect(without.stderr).toContain('--batch-id is missing');
    const { exitCode } = await runProgram([...args, '--batch-id', batch.id], { env: batch.env });
    expect(exitCode).toBe(0);
    expect(await sandbox.current.callbacks(batch.id, taskIdOfKey(key))).toHaveLength(1);
  });

  it('is detected outside the prefix, too, with --batch-id', async () => {
    const scans = `scans-${batch.id}`;
    // The same hash as of the other, whatever the folder is.
    for (const name of ['plate1a.tif', 'plate2B.tif'])
      await sandbox.current.putObject(`${scans}/${name}`, tiff);
    const report = (prefix: string, id = batch.id) =>
      runProgram(['batch', prefix, '--report-to', batch.url, '--yes', '--json', '--batch-id', id], {
        env: batch.env,
      });
    const { stdout } = await report(`${scans}/plate1`);
    expect(JSON.parse(stdout).callbacks).toMatchObject([{ state: 'held' }]);
    // Its keys name another batch than the one that is told.
    await put('plate1a.tif', 'plate2B.tif');
    const renamed = await report(`${batch.prefix}plate1`, 'another');
    expect(JSON.parse(renamed.stdout).callbacks).toMatchObject([{ state: 'held' }]);
    const noFolder = await report(scans);
    expect(noFolder.exitCode).toBe(2);
    expect(noFolder.stdout + noFolder.stderr).toContain('names no folder');
  });
});

describe('a callback that the orchestrator does not take', () => {
  it.each([
    'Task not found: x',
    'Batch not found',
    "Cannot read properties of undefined (reading 'handleCallback')",
  ])('is too late when the batch has moved on, and leaves no outbox entry: %s', async (error) => {
    await put('a.tif');
    await batch.answer('a.tif', { status: 500, body: JSON.stringify({ error }) });
    const { exitCode, document } = await batch.report();
    expect(exitCode).toBe(1);
    expect(document.callbacks).toMatchObject([{ state: 'too_late', sent: { status: 500 } }]);
    expect(await batch.waiting()).toEqual([]);
  });

  it('is retried if that may help', async () => {
    await put('a.tif');
    await batch.answer('a.tif', { status: 503 }, { status: 503 });
    const { exitCode, document } = await batch.report();
    expect(statesOf(batch, document)).toEqual({ 'a.tif': 'delivered' });
    expect(exitCode).toBe(0);
  });

  it('is not confirmed when its answer was lost: the next run does not resend it by itself', async () => {
    await put('a.tif');
    let arrived = 0;
    // Takes it, and is gone before it says so.
    const server = createServer((request) => {
      request.resume().on('end', () => {
        arrived += 1;
        request.socket.destroy();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/callback/{batch_id}/{task_id}`;
    const args = ['batch', batch.prefix, '--report-to', url, '--yes', '--json'];
    const lost = await runProgram(args, { env: batch.env });
    server.close();
    expect(lost.exitCode).toBe(1);
    expect(statesOf(batch, JSON.parse(lost.stdout))).toEqual({ 'a.tif': 'not_confirmed' });
    expect(arrived).toBe(1);
    expect(await batch.waiting()).toHaveLength(1);

    const next = await batch.report();
    expect(statesOf(batch, next.document)).toEqual({ 'a.tif': 'unknown' });
    expect(await batch.received('a.tif')).toEqual([]);
    const asked = await batch.report('--include-unknown');
    expect(asked.exitCode).toBe(0);
    expect(await batch.received('a.tif')).toHaveLength(1);
    expect(await batch.waiting()).toEqual([]);
  });
});

describe('a run that is stopped while a callback is under way', () => {
  it('ends by the signal, and the next run does not resend it by itself', async () => {
    await put('a.tif');
    await batch.answer('a.tif', { status: 200, delayMs: 600_000 });
    const args = ['batch', batch.prefix, '--report-to', batch.url, '--yes', '--json'];
    const run = startProgram(args, { env: batch.env });
    await until(async () => (await batch.received('a.tif')).length === 1);
    run.kill('SIGINT');
    const { exitCode, stdout } = await run;
    expect(exitCode).toBe(130);
    expect(statesOf(batch, JSON.parse(stdout))).toEqual({ 'a.tif': 'not_confirmed' });
    const next = await batch.report();
    expect(statesOf(batch, next.document)).toEqual({ 'a.tif': 'unknown' });
    expect(await batch.received('a.tif')).toHaveLength(1);
  });
});

describe('a run that is stopped between two attempts', () => {
  it('says that the callback remains to be sent, as its answer was a refusal', async () => {
    await put('a.tif');
    const refused = { status: 503, headers: { 'retry-after': '600' } };
    await batch.answer('a.tif', ...Array(6).fill(refused));
    const args = ['batch', batch.prefix, '--report-to', batch.url, '--yes'];
    const run = startProgram(args, { env: batch.env });
    let said = '';
    run.stderr.on('data', (piece) => {
      said += piece;
    });
    await until(() => said.includes('Retrying in'));
    run.kill('SIGINT');
    const { exitCode, stdout } = await run;
    expect(exitCode).toBe(130);
    expect(stdout).toMatch(/a\.tif: remaining .*: the run was interrupted before it was taken$/m);
  });
});

describe('what the outbox says', () => {
  it('is respected: a callback that another process is sending is skipped', async () => {
    await put('a.tif');
    await batch.answer('a.tif', { status: 400 });
    await batch.run('a.tif');
    const [key = ''] = await batch.waiting();
    const entry = JSON.parse(
      Buffer.from((await sandbox.current.getObject(key))?.bytes ?? []).toString(),
    );
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const leased = { ...entry, lease: { owner: 'somebody', until } };
    await sandbox.current.putObject(key, Buffer.from(JSON.stringify(leased)));
    const { exitCode, document } = await batch.report();
    expect(exitCode).toBe(1);
    expect(document.callbacks).toMatchObject([
      { state: 'busy', reason: expect.stringContaining(until) },
    ]);
    expect(await batch.received('a.tif')).toHaveLength(1);
  });

  it('is ignored without its seal if there is a secret', async () => {
    await put('a.tif');
    await batch.run('a.tif');
    await batch.report('--include-unknown');
    const secret = `whsec_${Buffer.from('the secret of the batch').toString('base64')}`;
    const args = ['batch', batch.prefix, '--report-to', batch.url, '--yes', '--json'];
    const env = { ...batch.env, CALLBACK_SECRET: secret };
    const { stdout } = await runProgram(args, { env });
    expect(JSON.parse(stdout).callbacks).toMatchObject([
      { state: 'unknown', reason: expect.stringContaining('unsigned mark') },
    ]);
  });

  it('outweighs a mark without a seal: what waits beside it is not sent by itself', async () => {
    await put('a.tif');
    const secret = `whsec_${Buffer.from('the secret of the batch').toString('base64')}`;
    await batch.answer('a.tif', { status: 400 });
    const { bodies } = await batch.run('a.tif', { CALLBACK_SECRET: secret });
    const success = {
      task_id: taskIdOfKey(`${batch.prefix}a.tif`),
      batch_id: batch.id,
      status: 'success',
    } as const;
    const mark = deliveredMark(callbackId(success), JSON.stringify(bodies[0]), new Date());
    const key = deliveredKey(batch.outbox, success);
    await sandbox.current.putObject(key, Buffer.from(JSON.stringify(mark)));
    const args = ['batch', batch.prefix, '--report-to', batch.url, '--yes', '--json'];
    const { stdout } = await runProgram(args, { env: { ...batch.env, CALLBACK_SECRET: secret } });
    expect(statesOf(batch, JSON.parse(stdout))).toEqual({ 'a.tif': 'unknown' });
    expect(await batch.received('a.tif')).toHaveLength(1);
  });

  it('loses an error once the success of its task is delivered', async () => {
    await put('a.tif');
    const task = { task_id: taskIdOfKey(`${batch.prefix}a.tif`), batch_id: batch.id };
    const body = JSON.stringify({ ...task, status: 'error', error: 'Lost' });
    const error = { ...task, status: 'error' } as const;
    const settings = { url: sandbox.current.callbackUrl(batch.id, task.task_id) };
    const request = { settings, body, id: callbackId(error), userAgent: 'test' };
    const entry = outboxEntry(request, { error: 'x', at: new Date() });
    const key = pendingKey(batch.outbox, error);
    await sandbox.current.putObject(key, Buffer.from(JSON.stringify(entry)));
    const { exitCode } = await batch.report();
    expect(exitCode).toBe(0);
    expect(await batch.received('a.tif')).toMatchObject([{ status: 'success' }]);
    expect(await batch.waiting()).toEqual([]);
  });
});

describe('batch --report-to refuses, before it converts anything', () => {
  it.each([
    ['no outbox', [], { CALLBACK_OUTBOX_PREFIX: '' }, '--outbox-prefix is missing'],
    [
      'an outbox among the TIFFs',
      ['--outbox-prefix', 'staging/BATCH/outbox'],
      {},
      'among the TIFFs',
    ],
    ['one address for all', ['--report-to', 'http://127.0.0.1/cb'], {}, '{batch_id} and {task_id}'],
    ['--task-id for several', ['--task-id', 't'], {}, '--task-id needs a single TIFF'],
    ['--force', ['--force'], {}, '--force'],
  ] as const)('%s', async (_, flags, env, said) => {
    await put('a.tif', 'b.tif');
    const given = flags.map((flag) => flag.replace('BATCH', batch.id));
    const url = given.includes('--report-to') ? [] : ['--report-to', batch.url];
    const args = ['batch', batch.prefix, '--yes', ...url, ...given];
    const { exitCode, stderr } = await runProgram(args, { env: { ...batch.env, ...env } });
    expect(stderr).toContain(said);
    expect(exitCode).toBe(2);
    expect(await jpegs()).toEqual([]);
  });

  it('without a terminal and without --yes', async () => {
    await put('a.tif');
    const args = ['batch', batch.prefix, '--report-to', batch.url];
    const { exitCode, stderr } = await runProgram(args, { env: batch.env });
    expect(stderr).toContain('--yes');
    expect(exitCode).toBe(2);
    expect(await jpegs()).toEqual([]);
  });
});

describe.skipIf(!hasTerminal)(
  `batch --report-to at a terminal${hasTerminal ? '' : ' (NOT RUN: there is no util-linux script on this machine)'}`,
  () => {
    it.each([
      ['y\n', 0, 1],
      ['n\n', 1, 0],
    ])('asks before it converts and sends: %j', async (typed, exitCode, count) => {
      await put('a.tif');
      const args = `batch ${batch.prefix} --report-to '${batch.url}'`;
      const run = await answerOnTerminal(args, typed, batch.env);
      expect(run.stdout).toContain(
        `Convert 1, and send 1 callback of the batch ${batch.id} to http://127.0.0.1:`,
      );
      expect(run.exitCode).toBe(exitCode);
      expect(await jpegs()).toHaveLength(count);
      expect(await batch.received('a.tif')).toHaveLength(count);
    });
  },
);
