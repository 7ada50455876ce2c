import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../../support/program.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();

/** What bash offers for the last of these words, without bash-completion. */
async function offered(...words: string[]): Promise<string[]> {
  const { stdout: script } = await runProgram(['completion', 'bash']);
  const path = await folder.write('completion.bash', script);
  const code = `source "$0"; COMP_WORDS=(arke-tiff "$@"); COMP_CWORD=$#; _arke_tiff; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await execa('bash', ['--norc', '-c', code, path, ...words]);
  return stdout.split('\n').filter(Boolean);
}

describe('completion in bash', () => {
  it.each([
    ['commands', ['con'], ['convert']],
    ['flags', ['convert', 'scan.tif', '--eff'], ['--effort']],
    ['values of a flag', ['convert', '--effort', ''], ['auto', 'max', 'balanced', 'fast']],
    ['values behind =', ['convert', '--effort', '=', 'm'], ['max']],
    [
      'values with colons, at which bash splits words',
      ['convert', '--chroma-subsampling', '4'],
      ['4:2:0', '4:4:4'],
    ],
    ['what follows a colon', ['convert', '--chroma-subsampling', '4', ':'], ['2:0', '4:4']],
    [
      'what follows the last colon',
      ['convert', '--chroma-subsampling', '=', '4', ':', '2', ':'],
      ['0'],
    ],
    ['help for a command', ['convert', '--he'], ['--help']],
    ['flags of the program', ['--'], ['--help', '--version']],
    ['words of a value that may be anything', ['batch', 'p/', '--page', ''], ['first', 'all']],
    ['subcommands', ['callback', 'pe'], ['pending']],
    ['flags of a subcommand', ['callback', 'pending', '--lea'], ['--lease']],
    ['topics of help', ['help', 'ex'], ['exit-codes']],
    ['nothing of its own for a path, which bash then completes', ['convert', 'sc'], []],
  ])('offers %s: %j', async (_, words, offers) => {
    expect(await offered(...words)).toEqual(offers);
  });
});

describe('completion in other shells', () => {
  it.each([
    ['zsh', /^#compdef arke-tiff\n/, /'\*--effort=\[[^\]]*\]:value:\(auto max balanced fast\)'/],
    ['fish', /^complete -c arke-tiff /, /-l effort -x -a 'auto max balanced fast'/],
  ])('is a script of %s with the same flags and values', async (shell, start, flag) => {
    const { exitCode, stdout } = await runProgram(['completion', shell]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(start);
    expect(stdout).toMatch(flag);
  });
});
