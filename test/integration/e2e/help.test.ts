import { describe, expect, it } from 'vitest';
import { knownVariables } from '../../../src/lib/task/environment.ts';
import { foreignVariables, variableText } from '../../../src/lib/task/environment-text.ts';
import { runProgram } from '../../support/program.ts';

const commands = [
  ...['run', 'convert', 'batch', 'inspect', 'download', 'upload', 'callback', 'dev', 'verify'],
];

describe('--help', () => {
  it.each(commands)('of %s has examples, and the global flags', async (command) => {
    const { exitCode, stdout, stderr } = await runProgram([command, '--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^EXAMPLES\\n(.*\\n)*?.*arke-tiff ${command}\\b`, 'm'));
    for (const flag of ['--json', '--quiet', '--no-color', '--env-file=FILE'])
      expect(stdout).toMatch(new RegExp(`^ +(-\\w, )?${flag} `, 'm'));
  });

  const storage = {
    bucket: 'R2_BUCKET',
    'account-id': 'R2_ACCOUNT_ID',
    endpoint: 'R2_ENDPOINT',
    jurisdiction: 'R2_JURISDICTION',
  };
  it.each([
    {
      command: 'convert',
      flags: {
        quality: 'JPEG_QUALITY',
        'chroma-subsampling': 'JPEG_CHROMA_SUBSAMPLING',
        background: 'JPEG_BACKGROUND',
      },
    },
    { command: 'batch', flags: { ...storage, quality: 'JPEG_QUALITY', page: 'TIFF_PAGES' } },
    { command: 'download', flags: storage },
    { command: 'upload', flags: storage },
    {
      command: 'callback',
      flags: { url: 'CALLBACK_URL', 'task-id': 'TASK_ID', 'batch-id': 'BATCH_ID' },
    },
  ])(
    'of $command names the environment variable of each flag that has one',
    async ({ command, flags }) => {
      const { stdout } = await runProgram([command, '--help']);
      for (const [flag, variable] of Object.entries(flags))
        expect(stdout).toMatch(new RegExp(`--${flag}=\\S+ +\\[[^\\]]*env: ${variable}\\]`));
    },
  );

  it.each([
    ['batch', ['R2_ACCESS_KEY_ID', 'R2_SECRET_ACCESS_KEY']],
    ['download', ['R2_ACCESS_KEY_ID', 'R2_SECRET_ACCESS_KEY']],
    ['upload', ['R2_ACCESS_KEY_ID', 'R2_SECRET_ACCESS_KEY']],
    ['callback', ['CALLBACK_SECRET']],
  ])(
    'of %s says where its secrets come from, and has no flag for them',
    async (command, secrets) => {
      const { stdout } = await runProgram([command, '--help']);
      for (const secret of secrets) expect(stdout).toContain(secret);
      expect(stdout).toMatch(/environment\s+or\s+--env-file/);
      expect(stdout).not.toMatch(/--\S*(secret|access-key)/);
    },
  );

  it('of run lists every variable with its meaning, as the table of variables has it', async () => {
    const { stdout } = await runProgram(['run', '--help']);
    const words = stdout.replace(/\s+/g, ' ');
    for (const name of knownVariables) {
      const { meaning, fallback } = variableText(name);
      const [, how = ''] = words.split(`- ${name}: ${meaning.replaceAll('`', '')} (`);
      const told = fallback === 'required' ? fallback : `default: ${fallback.replaceAll('`', '')}`;
      expect(how.slice(0, how.indexOf(')'))).toContain(told);
    }
    for (const [name, meaning] of Object.entries(foreignVariables))
      expect(words).toContain(`- ${name}: ${meaning.replaceAll('`', '')}`);
  });

  it('of the program lists all commands', async () => {
    const { stdout } = await runProgram(['--help']);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^ +${command} {2}`, 'm'));
  });
});
