import { beforeAll, describe, expect, it } from 'vitest';
import { exitCodeRows } from '../../../src/cli/help/topics.ts';
import { knownVariables } from '../../../src/lib/task/environment.ts';
import { pagedTiff, plainTiff } from '../../support/pictures.ts';
import { runProgram } from '../../support/program.ts';
import { answerOnTerminal, hasTerminal } from '../../support/terminal.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();
beforeAll(async () => {
  await folder.write('a b.tif', await plainTiff());
  await folder.write('scan.tif', pagedTiff(1));
  await folder.make('scans');
});

const run = (...args: string[]) => runProgram(args, { cwd: folder.root });

describe('help', () => {
  it('begins with examples, names exit codes, topics and the documentation, without arguments', async () => {
    const { exitCode, stdout, stderr } = await run();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.indexOf('EXAMPLES')).toBeLessThan(stdout.indexOf('COMMANDS'));
    expect(stdout).toContain('  $ arke-tiff convert scan.tif\n');
    expect(stdout).toContain('Exit codes: 0 success, 1 failure, 2 wrong usage');
    expect(stdout).toMatch(/^Documentation: \/.*\/docs\/commands\.md$/m);
    expect(stdout).toContain('arke-tiff help exit-codes');
  });

  it.each([['convert'], ['inspect'], ['batch'], ['callback replay']])(
    'is shown for wrong usage by "%s" alone, which does nothing without arguments',
    async (command) => {
      const { exitCode, stdout, stderr } = await run(...command.split(' '));
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toMatch(/^[^\n]+\n\n(EXAMPLES|USAGE)\n/);
      expect(stderr).toMatch(/\nExit codes: .*\nDocumentation: .*\.md\n$/);
    },
  );

  it('tells of the environment and of exit codes on pages of their own', async () => {
    const environment = await run('help', 'environment');
    expect(environment.exitCode).toBe(0);
    for (const name of knownVariables)
      expect(environment.stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    const { stdout } = await run('help', 'exit-codes');
    for (const [code, meaning] of exitCodeRows)
      expect(stdout).toMatch(new RegExp(`^ +${code} +${meaning.replace(/[()]/g, '.')}$`, 'm'));
  });
});

describe('what was meant', () => {
  it.each([
    ['a file', ['a b.tif'], "a b.tif is a file. To convert it: arke-tiff convert 'a b.tif'"],
    ['a folder', ['scans'], 'To convert the TIFFs in it: arke-tiff convert scans'],
    ['a TIFF that is not there', ['no.tif'], 'no.tif is not a command, and there is no such file.'],
    ['a mistyped command', ['convrt'], 'convrt is not an arke-tiff command. Did you mean convert?'],
    ['nothing near', ['ls'], 'ls is not an arke-tiff command. See arke-tiff --help.'],
    ['the version', ['version'], 'Did you mean --version?'],
    ['a mistyped part', ['callback', 'repaly', 'x'], 'Did you mean callback replay?'],
    ['swapped letters', ['callback', 'sned'], 'Did you mean callback send?'],
  ])('is said for %s, and nothing is started', async (_, args, text) => {
    const { exitCode, stdout, stderr } = await run(...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 127, stdout: '' });
    expect(stderr).toMatch(/^Error: [^\n]*\n$/);
    expect(stderr).toContain(text);
    const json = await run(...args, '--json');
    expect(JSON.parse(json.stdout).error.message).toContain(text);
  });

  it('is said for help, too', async () => {
    const { exitCode, stderr } = await run('help', 'exit-code');
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      'Error: There is no help for exit-code. Did you mean arke-tiff help exit-codes?\n',
    );
    const part = await run('help', 'callback', 'snd');
    expect(part.exitCode).toBe(2);
    expect(part.stderr).toBe(
      'Error: There is no help for callback snd. Did you mean arke-tiff help callback send?\n',
    );
    expect((await run('help', 'callback', 'send')).exitCode).toBe(0);
    expect((await run('callback', '--error', 'x', '--help')).exitCode).toBe(0);
  });

  it.skipIf(!hasTerminal)('is not started by Enter on a terminal', async () => {
    const { stdout } = await answerOnTerminal('convrt', '\n');
    expect(stdout).toContain('Did you mean convert?');
    expect(stdout).not.toMatch(/\[y\/N\]|\(Y\/n\)|USAGE/);
  });

  it.each([
    [
      'r2://b/a.tif',
      'arke-tiff batch r2://b/a.tif, or to download it: arke-tiff download r2://b/a.tif',
    ],
    ['r2://b/', 'To convert r2://b/ in R2: arke-tiff batch r2://b/\n'],
  ])('is said for %s, which is in R2', async (path, text) => {
    const { exitCode, stdout, stderr } = await run('convert', path);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(text);
  });

  it('is said where the second path is to be the JPEG', async () => {
    const { exitCode, stderr } = await run('convert', 'scan.tif', 'x.jpg');
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      'x.jpg does not exist. To name the JPEG: arke-tiff convert scan.tif --output x.jpg',
    );
    const several = await run('convert', 'scan.tif', 'x.jpg', 'y.jpg');
    expect(several.exitCode).toBe(2);
    expect(several.stderr).toContain(
      'x.jpg does not exist. To name a JPEG, convert one TIFF at a time: arke-tiff convert scan.tif --output x.jpg',
    );
    expect((await run('convert', 'scan.tif', '-o', 'x.jpg')).exitCode).toBe(0);
  });
});
