import { Config, Errors, type Interfaces, run } from '@oclif/core';
import { exitCodes } from '../lib/exit-codes.ts';
import { stringifyWithPaths } from '../lib/path-json.ts';
import { escapeControls } from '../lib/redact.ts';
import { watchStopSignals } from '../lib/stop.ts';
import { programArguments } from './arguments.ts';
import { outliveReaders } from './leave.ts';
import { redactorOfProcess } from './program-process.ts';

/**
 * Starts the program that oclif finds here (the address of a module of it, or its own options), with the process's
 * arguments, and ends the process. Our commands show their errors themselves; this shows those of the rest (no such
 * command, wrong usage of `help`, a flag where a command should be) in the same way, with `--json` as the one document.
 */
export async function start(program: Interfaces.LoadOptions): Promise<void> {
  const leave = outliveReaders();
  const argv = programArguments();
  const exitCode = await runCommand(argv, program);
  if (argv[0] !== 'run') return leave.command(exitCode);
  // The command's own listens no more.
  return leave.task(exitCode, watchStopSignals());
}

async function runCommand(argv: string[], program: Interfaces.LoadOptions): Promise<number> {
  const end = argv.indexOf('--');
  const flags = end === -1 ? argv : argv.slice(0, end);
  const json = flags.includes('--json');
  try {
    const config = await Config.load(program);
    if (isAnswered(argv, flags)) await run(argv, config);
    else {
      refuseUnknown(argv[0], json, config);
      const { id, rest } = commandOf(argv, config);
      await config.runCommand(id, rest);
    }
    return Number(process.exitCode ?? exitCodes.ok);
  } catch (error) {
    const code = error instanceof Errors.CLIError ? error.oclif.exit : undefined;
    if (error instanceof Errors.ExitError) return code ?? exitCodes.failed;
    const isUnknown = code === exitCodes.unknownCommand;
    // As @oclif/plugin-not-found has it, in colours.
    if (isUnknown && !json) process.stderr.write(`${(error as Errors.CLIError).render()}\n`);
    else await show(error, json);
    if (code === undefined) return exitCodes.failed;
    return isUnknown ? code : exitCodes.usage;
  }
}

/**
 * The command that is meant: `callback pending`, say. Not as oclif does it, which takes whatever follows a command without
 * arguments as a part of its name, and then knows none such: `run extra` must reach `run`, which reports it.
 */
function commandOf(
  [first = '', second, ...others]: readonly string[],
  config: Config,
): { readonly id: string; readonly rest: string[] } {
  if (second === undefined) return { id: first, rest: [] };
  const id = `${first}:${second}`;
  if (config.findCommand(id)) return { id, rest: others };
  return { id: first, rest: [second, ...others] };
}

/** What oclif answers before it looks for a command: no arguments, help wherever it is asked for, the version. */
function isAnswered([first]: readonly string[], flags: readonly string[]): boolean {
  const isHelp = flags.some((flag) => flag === '--help' || flag === '-h');
  return first === undefined || isHelp || first === '--version' || first === '-v';
}

/** Throws where oclif would take a flag for a command, or would ask somebody who reads JSON. */
function refuseUnknown(first: string | undefined, json: boolean, config: Config): void {
  if (first === undefined) return;
  if (first.startsWith('-'))
    throw new Errors.CLIError(`${first} stands where a command should: the command comes first`);
  if (json && !config.findCommand(first))
    throw new Errors.CLIError(`${first} is not an ${config.bin} command`, {
      exit: exitCodes.unknownCommand,
    });
}

async function show(error: unknown, json: boolean): Promise<void> {
  const { errorSummary } = await import('./base-command.ts');
  const summary = errorSummary(error, redactorOfProcess());
  if (json) process.stdout.write(`${stringifyWithPaths({ error: summary }, 2)}\n`);
  else process.stderr.write(`${escapeControls(`Error: ${summary.message}`)}\n`);
}
