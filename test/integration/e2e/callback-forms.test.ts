import { describe, expect, it } from 'vitest';
import { runProgram } from '../../support/program.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();
const body = '{"task_id":"t","batch_id":"b","status":"error","error":"x"}';
const LOG = '[t] Callback not delivered; its body:';
const nowhere = ['--url', 'http://127.0.0.1:9/{batch_id}/{task_id}'];

/** The exit code, and what it says without the warning of the old form. */
async function said(args: readonly string[]) {
  const { exitCode, stdout, stderr } = await runProgram(args, { cwd: folder.root });
  const [, warning] = /^(Warning: .* is now .*)\n/.exec(stderr) ?? [];
  const rest = { stdout: withoutTime(stdout), stderr: stderr.replace(`${warning}\n`, '') };
  return { warning, run: { exitCode, ...rest } };
}
const withoutTime = (text: string) => text.replace(/webhook-timestamp: \d+/g, 'webhook-timestamp');

describe('an old form of callback', () => {
  it.each([
    {
      old: ['--from-log', 'task.log', ...nowhere, '--dry-run'],
      now: ['replay', 'task.log', ...nowhere, '--dry-run'],
      name: ['--from-log', 'replay FILE'],
    },
    {
      old: ['--dry-run', '--from-log=task.log', ...nowhere, '--task-id', 't'],
      now: ['replay', 'task.log', ...nowhere, '--dry-run', '--task-id', 't'],
      name: ['--from-log', 'replay FILE'],
    },
    {
      old: ['--from-r2', 'staging/b/x.jpg', ...nowhere],
      now: ['replay', 'r2://staging/b/x.jpg', ...nowhere],
      name: ['--from-r2', 'replay r2://KEY'],
    },
    {
      old: ['--attempts', '2', '--pending', '--outbox-prefix', 'x'],
      now: ['pending', '--attempts', '2', '--outbox-prefix', 'x'],
      name: ['--pending', 'pending'],
    },
    {
      old: ['--verify', 'task.log', '--tolerance', '9'],
      now: ['verify', 'task.log', '--tolerance', '9'],
      name: ['--verify', 'verify FILE'],
    },
  ])('works as its new form, and names it: $old', async ({ old, now, name }) => {
    await folder.write('task.log', `${LOG}\n${body}\n`);
    const [before, after] = [await said(['callback', ...old]), await said(['callback', ...now])];
    expect(before.run).toEqual(after.run);
    expect(after.warning).toBeUndefined();
    expect(before.warning).toBe(`Warning: "callback ${name[0]}" is now "callback ${name[1]}"`);
  });

  it('adds nothing to --json, and is silent with --quiet', async () => {
    await folder.write('task.log', `${LOG}\n${body}\n`);
    const args = ['callback', '--from-log', 'task.log', ...nowhere, '--dry-run'];
    const json = await runProgram([...args, '--json'], { cwd: folder.root });
    expect(json).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(json.stdout).callbacks).toMatchObject([{ body }]);
    expect((await runProgram([...args, '--quiet'], { cwd: folder.root })).stderr).toBe('');
  });

  it('is not assumed when the word is a flag’s value', async () => {
    const args = [
      'callback',
      '--task-id',
      't',
      '--batch-id',
      'b',
      '--error',
      '--pending',
      '--dry-run',
    ];
    const { stderr } = await runProgram([...args, ...nowhere]);
    expect(stderr).not.toContain('is now');
  });
});

describe('callback', () => {
  it('is callback send', async () => {
    const args = ['--task-id', 't', '--batch-id', 'b', '--error', 'x', ...nowhere, '--dry-run'];
    const [plain, send] = [
      await said(['callback', ...args]),
      await said(['callback', 'send', ...args]),
    ];
    expect(plain).toEqual(send);
    expect(plain.run).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(body) });
  });

  it('lists its parts in its help, and each has its own', async () => {
    const { stdout } = await runProgram(['callback', '--help']);
    for (const part of ['send', 'replay', 'pending', 'verify']) {
      expect(stdout).toMatch(new RegExp(`^ +callback ${part} +\\S`, 'm'));
      const own = await runProgram(['callback', part, '--help']);
      expect(own.stdout).toMatch(
        new RegExp(`^EXAMPLES\\n(.*\\n)*?.*arke-tiff callback ${part}\\b`, 'm'),
      );
      expect(own.stdout).toMatch(/^ +--env-file=FILE /m);
    }
  });
});
