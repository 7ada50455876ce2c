import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { plainTiff } from '../../support/pictures.ts';
import { runProgram } from '../../support/program.ts';
import { newTask, useSandbox } from '../../support/tasks.ts';

const sandbox = useSandbox();
const KEY = 'secrets/image.tif';
const JPEG = 'secrets/made.jpg';
const TOKEN = 'cbtoken-9f27b1e4';
const SIGNING = Buffer.from('signing-key-5c1d-of-the-test').toString('base64');

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
  const tiff = await plainTiff();
  await folder.write('a.tif', tiff);
  await folder.write('broken.tif', 'II*\0 and then nothing that makes sense');
  await sandbox.current.putObject(KEY, tiff);
  await sandbox.current.putObject(JPEG, Buffer.from('a JPEG'));
});
afterAll(() => folder.remove());

type Variables = Record<string, string>;
interface Case {
  readonly name: string;
  readonly args: readonly string[];
  readonly exitCode: number;
  /** Changes what the environment of a task holds. */
  readonly change?: (env: Variables) => Variables;
  /** What the receiver of the callback answers. */
  readonly status?: number;
}

const wrongSecret = () => ({ R2_SECRET_ACCESS_KEY: 'a-wrong-secret-access-key-77' });
const cases: readonly Case[] = [
  { name: 'run that succeeds', args: ['run'], exitCode: 0 },
  {
    name: 'run without its TIFF',
    args: ['run'],
    exitCode: 1,
    change: () => ({ INPUT_R2_KEY: 'lost.tif' }),
  },
  { name: 'run that R2 rejects', args: ['run'], exitCode: 1, change: wrongSecret },
  { name: 'run whose callback is refused', args: ['run'], exitCode: 1, status: 400 },
  {
    name: 'run whose callback is refused and kept in the outbox',
    args: ['run'],
    exitCode: 1,
    status: 400,
    change: () => ({ CALLBACK_OUTBOX_PREFIX: 'outbox' }),
  },
  { name: 'run without a bucket', args: ['run'], exitCode: 1, change: () => ({ R2_BUCKET: '' }) },
  { name: 'run with a wrong flag', args: ['run', '--nope'], exitCode: 1 },
  {
    name: 'run with a signing secret that is none',
    args: ['run'],
    exitCode: 1,
    change: () => ({ CALLBACK_SECRET: `nonsense ${SIGNING}` }),
  },
  {
    name: 'run with a callback URL that is none',
    args: ['run'],
    exitCode: 1,
    change: () => ({ CALLBACK_URL: `ftp://example.com/?token=${TOKEN}` }),
  },
  { name: 'convert', args: ['convert', 'a.tif', '--force'], exitCode: 0 },
  { name: 'convert of a broken TIFF', args: ['convert', 'broken.tif', '--force'], exitCode: 1 },
  { name: 'convert with a wrong flag', args: ['convert', '--nope'], exitCode: 2 },
  { name: 'download', args: ['download', KEY, '--force'], exitCode: 0 },
  { name: 'download of nothing', args: ['download', 'lost.tif'], exitCode: 1 },
  {
    name: 'download that R2 rejects',
    args: ['download', KEY, '-f'],
    exitCode: 1,
    change: wrongSecret,
  },
  {
    name: 'download from nowhere',
    args: ['download', KEY, '-f'],
    exitCode: 2,
    change: () => ({ R2_ENDPOINT: `nowhere?token=${TOKEN}` }),
  },
  { name: 'upload', args: ['upload', 'a.tif', '--prefix', 'NEW/'], exitCode: 0 },
  { name: 'upload onto a TIFF', args: ['upload', 'a.tif', '--key', KEY, '--force'], exitCode: 1 },
  {
    name: 'upload without a bucket',
    args: ['upload', 'a.tif'],
    exitCode: 2,
    change: () => ({ R2_BUCKET: '' }),
  },
  { name: 'callback', args: ['callback', '--error', 'Lost'], exitCode: 0 },
  {
    name: 'callback that is refused',
    args: ['callback', '--error', 'Lost'],
    exitCode: 1,
    status: 500,
  },
  {
    name: 'callback that is only shown',
    args: ['callback', '--error', 'Lost', '--dry-run'],
    exitCode: 0,
  },
  {
    name: 'callback that is only shown, of a JPEG in R2',
    args: ['callback', 'replay', `r2://${JPEG}`, '--task-id=TASK', '--batch-id=BATCH', '--dry-run'],
    exitCode: 0,
  },
  {
    name: 'callback of an outbox that has no such entry',
    args: ['callback', 'pending', '--outbox-prefix', 'empty'],
    exitCode: 0,
  },
  {
    name: 'callback of an outbox that R2 rejects',
    args: ['callback', 'pending', '--outbox-prefix', 'empty'],
    exitCode: 1,
    change: wrongSecret,
  },
  {
    name: 'callback that verifies nothing',
    args: ['callback', 'verify', 'broken.tif'],
    exitCode: 2,
  },
  { name: 'callback without a body', args: ['callback'], exitCode: 2 },
  {
    name: 'callback to nobody',
    args: ['callback', '--error', 'Lost'],
    exitCode: 1,
    change: () => ({ CALLBACK_URL: `http://nobody.invalid/cb?token=${TOKEN}` }),
  },
  {
    name: 'callback with a signing secret that is none',
    args: ['callback', '--error', 'Lost'],
    exitCode: 2,
    change: () => ({ CALLBACK_SECRET: `nonsense ${SIGNING}` }),
  },
];

const modes: readonly {
  readonly name: string;
  readonly args: string[];
  readonly env: Variables;
  /** The one command that it makes a difference to; all of them unless told. */
  readonly of?: string;
}[] = [
  { name: 'text', args: [], env: {} },
  { name: '--json', args: ['--json'], env: {} },
  // The format of a task's log: no other command has one.
  { name: 'LOG_FORMAT=json', args: [], env: { LOG_FORMAT: 'json' }, of: 'run' },
  { name: 'DEBUG=*', args: [], env: { DEBUG: '*' } },
  { name: '--json and DEBUG=*', args: ['--json'], env: { DEBUG: '*', LOG_FORMAT: 'json' } },
];

describe.each(modes)('no secret is shown ($name)', (mode) => {
  it.each(cases.filter(({ args }) => !mode.of || args[0] === mode.of))(
    'by $name',
    async ({ args, exitCode, change, status }) => {
      const { batchId, taskId } = newTask();
      const task = sandbox.current.environment(batchId, taskId, KEY);
      const env: Variables = {
        ...task,
        CALLBACK_URL: `${task['CALLBACK_URL']}?token=${TOKEN}`,
        CALLBACK_SECRET: `whsec_${SIGNING}`,
        ...mode.env,
        ...change?.(task),
      };
      if (status !== undefined)
        await sandbox.current.answer(batchId, taskId, [
          { status, body: `Cannot POST /?token=${TOKEN}` },
        ]);
      const own = args.map((arg) =>
        arg
          .replace(/^NEW\/$/, `${taskId}/`)
          .replace('=TASK', `=${taskId}`)
          .replace('=BATCH', `=${batchId}`),
      );
      const run = await runProgram([...own, ...mode.args], { cwd: folder.root, env });
      expect(run.exitCode).toBe(exitCode);
      if (mode.env['DEBUG']) expect(run.stderr).toContain('oclif:');
      const { accessKeyId, secretAccessKey } = sandbox.current.credentials;
      const secrets = [
        accessKeyId,
        secretAccessKey,
        wrongSecret().R2_SECRET_ACCESS_KEY,
        SIGNING,
        TOKEN,
      ];
      for (const secret of secrets) {
        expect(run.stdout).not.toContain(secret);
        expect(run.stderr).not.toContain(secret);
      }
    },
  );
});

describe('secrets in --env-file', () => {
  it('are used, and shown no more than those of the environment', async () => {
    const { batchId, taskId } = newTask();
    const task = sandbox.current.environment(batchId, taskId, KEY);
    const lines = Object.entries(task).map(([name, value]) => `${name}=${value}`);
    await folder.write('task.env', lines.join('\n'));
    const good = await runProgram(['run', '--env-file', 'task.env'], { cwd: folder.root });
    const bad = await runProgram(['download', 'lost.tif', '--env-file=task.env', '--json'], {
      cwd: folder.root,
    });
    expect([good.exitCode, bad.exitCode]).toEqual([0, 1]);
    const { accessKeyId, secretAccessKey } = sandbox.current.credentials;
    for (const text of [good.stdout, good.stderr, bad.stdout, bad.stderr])
      for (const secret of [accessKeyId, secretAccessKey]) expect(text).not.toContain(secret);
  });
});
