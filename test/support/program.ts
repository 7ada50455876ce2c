import { join } from 'node:path';
import { execa } from 'execa';
import { inject } from 'vitest';
import { holdToSchema } from './json-documents.ts';

/** How a run of the program ended. */
export interface Run {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a run of the program is given. */
export interface RunSetup {
  /** All of its environment: nothing of the test's own leaks in. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
  /**
   * Where stdout goes instead of to the test: opened by a shell, with no pipe of execa's between.
   */
  readonly stdout?: { readonly file: string };
  /** Another Node.js than the one of the tests. */
  readonly node?: string;
  /** Makes another command of the one that starts the program. */
  readonly wrap?: ((command: readonly string[]) => readonly string[]) | undefined;
}

/** Starts the packed and installed program as a process of its own. */
export function startProgram(
  args: readonly string[],
  { env = {}, input, cwd, stdout, node, wrap = (command) => command }: RunSetup = {},
) {
  // What another Node.js writes of it cannot be added up with this one's.
  const coverage = node === undefined && inject('programCoverage');
  const program = wrap([node ?? process.execPath, join(inject('program'), 'bin/run.js'), ...args]);
  const [command = '', ...rest] = stdout
    ? ['sh', '-c', 'to=$1; shift; exec "$@" >"$to"', 'sh', stdout.file, ...program]
    : program;
  return execa(command, rest, {
    env: {
      PATH: process.env['PATH'] ?? '',
      ...(coverage ? { NODE_V8_COVERAGE: coverage } : {}),
      ...env,
    },
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    killSignal: 'SIGKILL',
    // A hang: nothing that it does here takes minutes, and a busy machine may be many times slower.
    timeout: 500_000,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    ...(cwd === undefined ? {} : { cwd }),
  });
}

/**
 * Runs the packed and installed program to its end. What it writes as JSON is held to its schema.
 */
export async function runProgram(args: readonly string[], setup: RunSetup = {}): Promise<Run> {
  const { exitCode, stdout, stderr } = await startProgram(args, setup);
  const run = { exitCode, stdout, stderr };
  holdToSchema(args, run);
  return run;
}
