import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { makeFolder, type TestFolder } from '../support/folder.ts';
import { plainTiff } from '../support/pictures.ts';
import { decodeJpeg, type Picture, pixelAt } from '../support/pixels.ts';
import { runProgram } from '../support/program.ts';
import { makeTiff } from '../support/tiff-writer.ts';

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
  await folder.write('a.tif', await plainTiff());
});
afterAll(() => folder.remove());

const commands = ['run', 'convert', 'download', 'upload', 'callback'];

describe('--help', () => {
  it.each(commands)('of %s has examples, and the global flags', async (command) => {
    const { exitCode, stdout, stderr } = await runProgram([command, '--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^EXAMPLES\\n(.*\\n)*?.*arke-tiff ${command}\\b`, 'm'));
    for (const flag of ['--json', '--quiet', '--no-color', '--env-file=FILE'])
      expect(stdout).toMatch(new RegExp(`^ +${flag} `, 'm'));
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

  it('of the program lists all commands', async () => {
    const { stdout } = await runProgram(['--help']);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^ +${command} {2}`, 'm'));
  });
});

describe('wrong usage', () => {
  const wrong = [
    ['an unknown flag', ['convert', 'a.tif', '--nope'], 'Nonexistent flag: --nope'],
    ['an argument too many', ['callback', 'extra'], 'Unexpected argument: extra'],
    ['a missing argument', ['download'], 'Missing 1 required arg: key'],
    ['a number out of range', ['convert', 'a.tif', '--quality', '101'], '--quality: Expected'],
    ['a value that is none', ['convert', 'a.tif', '--background', 'x'], '--background: must be'],
    ['a choice that is none', ['upload', 'a', '--jurisdiction', 'x'], 'to be one of: eu, fedramp'],
    [
      'two flags that exclude each other',
      ['convert', 'a', '-o', 'b', '--out-dir', 'c'],
      '--out-dir=c',
    ],
    ['missing settings', ['upload', 'a.tif'], 'R2_BUCKET is missing'],
  ] as const;

  it.each(wrong)(
    'exits by 2 and says what is wrong in one line of stderr: %s',
    async (_, args, text) => {
      const { exitCode, stdout, stderr } = await runProgram(args, { cwd: folder.root });
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toMatch(/^Error: [^\n]*\n$/);
      expect(stderr).toContain(text);
      expect(stderr).not.toMatch(/\\[nt]|:\.|\.\./);
    },
  );

  it.each(wrong)('is one document on stdout with --json: %s', async (_, args, text) => {
    const { exitCode, stdout, stderr } = await runProgram([...args, '--json'], {
      cwd: folder.root,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      error: { code: expect.stringMatching(/^(USAGE|SETTINGS)$/), message: expect.any(String) },
    });
    expect(JSON.parse(stdout).error.message).toContain(text);
  });

  it('is an env file that is not there, when the program is started as it is installed', async () => {
    // Node.js itself looks for --env-file behind the script, too, unless -- stands before it.
    const start = (command: string) =>
      execa(join(inject('program'), 'bin/run.js'), [command, '--env-file', 'lost.env', '--json'], {
        env: { PATH: `${dirname(process.execPath)}:${process.env['PATH']}` },
        reject: false,
      });
    const { exitCode, stdout } = await start('callback');
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout).error.message).toContain('the file lost.env of --env-file');
    expect((await start('run')).exitCode).toBe(1);
  });

  it('exits by 1 from run, which knows no other failure', async () => {
    for (const args of [['run', '--nope'], ['run']])
      expect((await runProgram(args)).exitCode).toBe(1);
  });
});

describe('a setting', () => {
  const transparent = () =>
    makeTiff({
      width: 8,
      height: 8,
      samplesPerPixel: 2,
      photometric: 1,
      extraSamples: [2],
      data: new Uint8Array(128),
    });
  /** The grey that a transparent picture becomes. */
  async function background(args: readonly string[], env: Record<string, string>): Promise<number> {
    await folder.write('clear.tif', transparent());
    const { exitCode } = await runProgram(
      ['convert', 'clear.tif', '-o', 'clear.jpg', '-f', ...args],
      {
        cwd: folder.root,
        env,
      },
    );
    expect(exitCode).toBe(0);
    const picture: Picture = await decodeJpeg(folder.path('clear.jpg'));
    return pixelAt(picture, 4, 4)[0] ?? -1;
  }

  it('is taken from the flag, then the environment, then --env-file, then the default', async () => {
    await folder.write('settings.env', 'JPEG_BACKGROUND="#404040"\n');
    const file = ['--env-file', 'settings.env'];
    const env = { JPEG_BACKGROUND: '#808080' };
    const near = (level: number) => expect.closeTo(level, -0.5);
    expect(await background([...file, '--background', '#c0c0c0'], env)).toEqual(near(0xc0));
    expect(await background(file, env)).toEqual(near(0x80));
    expect(await background(file, {})).toEqual(near(0x40));
    expect(await background([], {})).toEqual(near(0xff));
  });

  it('that is empty in the environment counts as not set', async () => {
    expect(await background([], { JPEG_BACKGROUND: '', JPEG_QUALITY: '' })).toBeGreaterThan(250);
  });
});

describe('what is shown', () => {
  it('is the result on stdout and progress on stderr, which --quiet leaves out', async () => {
    const args = ['convert', 'a.tif', '--force'];
    const talkative = await runProgram(args, { cwd: folder.root });
    const quiet = await runProgram([...args, '--quiet'], { cwd: folder.root });
    expect(talkative.stderr).toBe('Converting a.tif …\n');
    expect(quiet.stderr).toBe('');
    for (const { stdout } of [talkative, quiet]) expect(stdout).toMatch(/^a\.tif → a\.jpg .*\n$/);
  });

  it('is, of errors, the same with --quiet', async () => {
    const { exitCode, stderr } = await runProgram(['convert', 'lost.tif', '--quiet']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^Error: lost\.tif: Could not read [^\n]*\n$/);
  });
});
