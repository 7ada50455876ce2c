import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { execa } from 'execa';
import { inject } from 'vitest';

/** util-linux's script gives a program a terminal; without it there is none to be had here. */
export const hasTerminal = spawnSync('script', ['--version']).status === 0;

/** How the program is run on a terminal. */
export interface TerminalSetup {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
}

/** Runs the program on a terminal; gives what it shows there, stdout and stderr as they come. */
export async function onTerminal(args: string, setup: TerminalSetup): Promise<string> {
  const { cwd, env = {}, columns = 80 } = setup;
  const program = join(inject('program'), 'bin/run.js');
  const coverage = inject('programCoverage');
  const { stdout } = await execa(
    'script',
    ['-qec', `stty cols ${columns} rows 24; ${process.execPath} ${program} ${args}`, '/dev/null'],
    {
      cwd,
      env: {
        PATH: process.env['PATH'],
        TERM: 'xterm-256color',
        ...(coverage ? { NODE_V8_COVERAGE: coverage } : {}),
        ...env,
      },
      extendEnv: false,
      reject: false,
      timeout: 500_000,
    },
  );
  return stdout;
}

/** Runs the program on a terminal, and types something there once it is asked (`[y/N]`). */
export async function answerOnTerminal(
  args: string,
  typed: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly stdout: string; readonly exitCode?: number | undefined }> {
  const program = join(inject('program'), 'bin/run.js');
  const terminal = execa(
    'script',
    ['-qec', `${process.execPath} ${program} ${args}`, '/dev/null'],
    {
      env: { PATH: process.env['PATH'], TERM: 'xterm-256color', ...env },
      extendEnv: false,
      reject: false,
      stdin: 'pipe',
      timeout: 500_000,
    },
  );
  let shown = '';
  terminal.stdout.on('data', (piece) => {
    const before = shown.includes('[y/N]');
    shown += piece;
    if (!before && shown.includes('[y/N]')) terminal.stdin.write(typed);
  });
  return terminal;
}
