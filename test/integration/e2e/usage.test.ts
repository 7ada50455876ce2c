import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { plainTiff } from '../../support/pictures.ts';
import { decodeJpeg, type Picture, pixelAt } from '../../support/pixels.ts';
import { runProgram } from '../../support/program.ts';
import { makeTiff } from '../../support/tiff-writer.ts';

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
  await folder.write('a.tif', await plainTiff());
});
afterAll(() => folder.remove());

describe('wrong usage', () => {
  const wrong = [
    ['an unknown flag', ['convert', 'a.tif', '--nope'], 'Unknown flag --nope. See --help.'],
    ['an argument too many', ['callback', 'extra'], 'Unexpected argument: extra'],
    ['a missing argument', ['download', '--force'], 'KEY is missing'],
    [
      'a number out of range',
      ['convert', 'a.tif', '--quality', '101'],
      '--quality must be a whole number from 1 to 100, not 101',
    ],
    ['a value that is none', ['convert', 'a.tif', '--background', 'x'], '--background must be'],
    [
      'a choice that is none',
      ['upload', 'a', '--jurisdiction', 'x'],
      '--jurisdiction must be eu or fedramp, not x',
    ],
    [
      'two flags that exclude each other',
      ['convert', 'a', '-o', 'b', '--out-dir', 'c'],
      '--out-dir cannot be combined with --output',
    ],
    ['a JPEG that is no key', ['callback', 'replay', 'x.jpg'], 'for a JPEG in R2, use r2://x.jpg'],
    ['missing settings', ['upload', 'a.tif'], '--bucket is missing (or R2_BUCKET)'],
  ] as const;

  it.each(wrong)(
    'exits with 2 and says what is wrong in one line of stderr: %s',
    async (_, args, text) => {
      const { exitCode, stdout, stderr } = await runProgram(args, { cwd: folder.root });
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toMatch(/^Error: [^\n]*\n$/);
      expect(stderr).toContain(text);
      expect(stderr).not.toMatch(/\\[nt]|:\.|\.\./);
    },
  );

  it('is a missing argument, whatever is piped into the command', async () => {
    const run = await runProgram(['download', '--force'], { input: 'scan.tif\n' });
    expect(run.stderr).toContain('KEY is missing');
    expect(run.exitCode).toBe(2);
  });

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

  it.each([
    [{ TIFF_PAGES: '0' }, 'TIFF_PAGES must be first, all, the number of a page, or a list'],
    [{ JPEG_QUALITY: '0' }, 'JPEG_QUALITY must be a whole number from 1 to 100, not 0'],
    [{ JPEG_EFFORT: 'quick' }, 'JPEG_EFFORT must be auto, max, balanced or fast, not quick'],
  ])('is told by the name of the variable that it comes from: %j', async (env, text) => {
    const { exitCode, stderr } = await runProgram(['convert', 'a.tif'], { cwd: folder.root, env });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`Error: ${text}`);
  });

  it('is a missing env file, also for the installed program', async () => {
    // Node.js itself looks for --env-file behind the script, too, unless -- stands before it.
    const start = (command: string, file = 'lost.env') =>
      execa(join(inject('program'), 'bin/run.js'), [command, '--env-file', file, '--json'], {
        cwd: folder.root,
        env: { PATH: `${dirname(process.execPath)}:${process.env['PATH']}` },
        reject: false,
      });
    const { exitCode, stdout } = await start('callback');
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout).error.message).toContain('cannot read --env-file lost.env: ');
    expect((await start('run')).exitCode).toBe(1);
    const message = async (file: string) =>
      JSON.parse((await start('upload', file)).stdout).error.message;
    expect(await message('.')).toBe(
      'Invalid settings: cannot read --env-file .: illegal operation on a directory (EISDIR). It is a folder: name a file in it',
    );
    expect(await message('a.tif/x')).toContain('not a directory (ENOTDIR). Check the path');
    expect(await message('x'.repeat(300))).toContain(
      'name too long (ENAMETOOLONG). Check the path:',
    );
  });

  it.each([
    ['a command that is none', ['nosuch'], 127],
    ['a flag in its place', ['--nope', 'run'], 2],
    ['no command', [], 2],
    ['help for a command that is none', ['help', 'nosuch'], 2],
    ['a command of earlier versions', ['autocomplete', 'bash'], 127],
  ])('is one document and no stack, also for an unknown command: %s', async (_, args, code) => {
    const { exitCode, stdout, stderr } = await runProgram([...args, '--json']);
    expect({ exitCode, stderr }).toEqual({ exitCode: code, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ error: { code: 'USAGE', message: expect.any(String) } });
    if (args.length === 0) return;
    const plain = await runProgram(args);
    expect({ exitCode: plain.exitCode, stdout: plain.stdout }).toEqual({
      exitCode: code,
      stdout: '',
    });
    expect(plain.stderr).toContain('Error: ');
    expect(plain.stderr).not.toContain('    at ');
  });

  it('exits with 1 from run, which has no other failure, with an error of the same shape', async () => {
    for (const args of [['run', '--nope'], ['run', 'extra'], ['run']]) {
      expect((await runProgram(args)).exitCode).toBe(1);
      const { exitCode, stdout } = await runProgram([...args, '--json']);
      expect(exitCode).toBe(1);
      expect(JSON.parse(stdout).error).toEqual({
        code: expect.stringMatching(/^(USAGE|SETTINGS)$/),
        message: expect.any(String),
      });
    }
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

  it('comes from the flag, else the environment, else --env-file, else the default', async () => {
    await folder.write('settings.env', 'JPEG_BACKGROUND="#404040"\n');
    const file = ['--env-file', 'settings.env'];
    const env = { JPEG_BACKGROUND: '#808080' };
    const near = (level: number) => expect.closeTo(level, -0.5);
    expect(await background([...file, '--background', '#c0c0c0'], env)).toEqual(near(0xc0));
    expect(await background(file, env)).toEqual(near(0x80));
    expect(await background(file, {})).toEqual(near(0x40));
    expect(await background([], {})).toEqual(near(0xff));
  });

  it.each(['', ' '])(
    'that is blank counts as not set, wherever it comes from: "%s"',
    async (blank) => {
      const env = { JPEG_BACKGROUND: blank, JPEG_QUALITY: blank };
      expect(await background([], env)).toBeGreaterThan(250);
      await folder.write('settings.env', 'JPEG_BACKGROUND="#404040"\n');
      expect(await background(['--env-file', 'settings.env'], env)).toBeLessThan(0x50);
      await folder.write('blank.env', `JPEG_BACKGROUND="${blank}"\nJPEG_QUALITY="${blank}"\n`);
      expect(await background(['--env-file', 'blank.env'], {})).toBeGreaterThan(250);
    },
  );
});

describe('a variable that looks like ours but is unknown', () => {
  const env = { JPEG_QUALTY: 'secret', HOME: '/' };
  const warning =
    'Warning: Unknown variable JPEG_QUALTY has no effect. Did you mean JPEG_QUALITY?\n';
  const inspect = (...args: string[]) =>
    runProgram(['inspect', 'a.tif', ...args], { cwd: folder.root, env });

  it('is warned about once, on stderr', async () => {
    const { exitCode, stderr } = await inspect();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: warning });
  });

  it('is not on stdout with --json, and not warned about with --quiet', async () => {
    const json = await inspect('--json');
    expect(json.stderr).toBe(warning);
    expect(JSON.parse(json.stdout)).toBeDefined();
    expect(json.stdout).not.toContain('QUALTY');
    expect((await inspect('--quiet')).stderr).toBe('');
  });

  it('is warned about when it is in the file of --env-file', async () => {
    const path = await folder.write('typo.env', 'JPEG_QUALTY=1');
    const { stderr } = await runProgram(['inspect', 'a.tif', '--env-file', path], {
      cwd: folder.root,
    });
    expect(stderr).toBe(warning);
  });

  it('is in the log of run, once, whether or not the task can start', async () => {
    for (const args of [[], ['--quiet'], ['extra']]) {
      const { stdout, stderr } = await runProgram(['run', ...args], { env });
      const lines = stdout.split('\n').filter((line) => line.includes('JPEG_QUALTY'));
      expect(lines).toEqual([`[no TASK_ID] ${warning.trim()}`]);
      expect(stderr).not.toContain('JPEG_QUALTY');
    }
  });
});

describe('what is shown', () => {
  it('is the result on stdout and progress on stderr, which --quiet omits', async () => {
    const args = ['convert', 'a.tif', '--force'];
    const talkative = await runProgram(args, { cwd: folder.root });
    const quiet = await runProgram([...args, '--quiet'], { cwd: folder.root });
    expect(talkative.stderr).toBe('Converting a.tif …\n');
    expect(quiet.stderr).toBe('');
    for (const { stdout } of [talkative, quiet]) expect(stdout).toMatch(/^a\.tif → a\.jpg .*\n$/);
  });

  it('is the same for errors with --quiet', async () => {
    const { exitCode, stderr } = await runProgram(['convert', 'lost.tif', '--quiet']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^Error: Could not read "lost\.tif": [^\n]*\n$/);
  });
});
