import { execa } from 'execa';
import { beforeEach, describe, expect, it } from 'vitest';
import { type RunSetup, runProgram } from '../../support/program.ts';
import { newTask, useSandbox } from '../../support/tasks.ts';

const sandbox = useSandbox();
const SECRET = `whsec_${Buffer.from('a secret of this test').toString('base64')}`;
const { failed: noCurl } = await execa('curl', ['--version'], { reject: false });
const { failed: noBash } = await execa('bash', ['--version'], { reject: false });
const bashTitle = noBash ? ' (NOT RUN: there is no bash on this machine)' : '';
const curlTitle = noCurl ? ' (NOT RUN: there is no curl on this machine)' : '';

let task: ReturnType<typeof newTask>;
let url: string;
beforeEach(() => {
  task = newTask();
  url = sandbox.current.callbackUrl(task.batchId, task.taskId);
});

function dryRun(args: readonly string[], { env, ...setup }: RunSetup = {}) {
  const variables = { TASK_ID: 't', BATCH_ID: 'b', CALLBACK_URL: url, CALLBACK_SECRET: SECRET };
  return runProgram(['callback', '--dry-run', ...args], {
    env: { ...variables, ...env },
    ...setup,
  });
}
const received = () => sandbox.current.callbacks(task.batchId, task.taskId);
const plainBody = '{"task_id":"t","batch_id":"b","status":"error","error":"Lost"}';

describe('callback --dry-run', () => {
  it('prints headers, body and a curl line, and sends nothing', async () => {
    const { exitCode, stdout, stderr } = await dryRun(['--error', 'Lost']);
    expect(exitCode).toBe(0);
    const [head = '', body, curl] = stdout.trimEnd().split('\n\n');
    expect(head.split('\n')).toEqual([
      `POST ${url}`,
      'Content-Type: application/json',
      expect.stringMatching(/^User-Agent: arke-tiff\/\d/),
      expect.stringMatching(/^webhook-id: msg_/),
      expect.stringMatching(/^webhook-timestamp: \d+$/),
      expect.stringMatching(/^webhook-signature: v1,/),
    ]);
    expect(body).toBe(plainBody);
    expect(curl).toMatch(/^curl .*$/);
    expect(stderr).toBe('');
    expect(await received()).toEqual([]);
  });

  it('prints them as one document with --json', async () => {
    const { stdout } = await dryRun(['--error', 'Lost', '--json']);
    expect(JSON.parse(stdout)).toEqual({
      url,
      headers: expect.objectContaining({ 'Content-Type': 'application/json' }),
      body: plainBody,
      curl: expect.stringMatching(/^curl /),
    });
  });

  it.skipIf(noCurl).each([
    ['a plain body', plainBody],
    ['quotes and shell characters', JSON.stringify({ error: 'it’s \'"`$HOME`" \\ \\n %s %% !' })],
    ['several lines and tabs', '{\r\n\t"error": "100 %\\n"\n}'],
    ['characters that are not printed', '{"error":"\u2028 \u202e \u0085 \u007f €"}'],
    ['an at sign', '@/etc/hostname'],
  ])(
    `prints a line that sends the same request when a shell runs it: %s${curlTitle}`,
    async (_, body) => {
      const args = ['--data', '-', '--no-validate'];
      const { stdout } = await dryRun(args, { input: body });
      const line = stdout.trimEnd().split('\n').at(-1) ?? '';
      const { stdout: shown } = await execa('sh', ['-c', line]);
      expect(shown).toContain('{"ok":true}');
      const [byCurl, ...more] = await received();
      expect(more).toEqual([]);
      expect(byCurl?.body).toBe(body);
      expect(byCurl?.headers).toMatchObject({
        'content-type': 'application/json',
        'user-agent': expect.stringMatching(/^arke-tiff\//),
        'webhook-id': expect.stringMatching(/^msg_/),
        'webhook-signature': expect.stringMatching(/^v1,/),
      });
    },
  );

  it.skipIf(noCurl || noBash)(
    `prints a line that survives being pasted into an interactive bash${curlTitle}${bashTitle}`,
    async () => {
      // What an interactive shell would take for its history, its aliases or its variables.
      const body = JSON.stringify({ error: 'wow! !! !$ "!1" `x` $(y) $HOME ~ * \\ \'quoted\'' });
      const { stdout } = await dryRun(['--data', '-', '--no-validate'], { input: body });
      const line = stdout.trimEnd().split('\n').at(-1) ?? '';
      await execa('bash', ['--norc', '-i'], { input: `${line}\nexit\n` });
      expect((await received()).map((request) => request.body)).toEqual([body]);
    },
  );

  it('shows a key that looks like a URL exactly as it is sent', async () => {
    const key = 'https://e.org/scan?id=7.jpg';
    const { stdout, stderr } = await dryRun(['--output-key', key, '--output-size', '9']);
    expect(stdout).toContain(`"output_r2_key":"${key}"`);
    expect(stderr).toBe('');
  });

  it('omits the query of the URL, and says so', async () => {
    const env = { CALLBACK_URL: `${url}?token=s3cr3t-t0ken` };
    const { stdout, stderr } = await dryRun(['--error', 'Lost'], { env });
    expect(stdout).toContain(`'${url}'`);
    expect(stdout + stderr).not.toContain('s3cr3t-t0ken');
    expect(stderr).toContain("Warning: The URL's query is hidden");
  });
});
