import { Config, Errors, type Interfaces, loadHelpClass, run } from '@oclif/core';
import { ArkeError } from '../lib/errors.ts';
import { exitCodes } from '../lib/exit-codes.ts';
import { stringifyWithPaths } from '../lib/path-json.ts';
import { escapeControls } from '../lib/redact.ts';
import { type StopSignalWatch, watchTaskStops } from '../lib/stop.ts';
import { programArguments } from './arguments.ts';
import type { WatchedConfig } from './base-command.ts';
import { outliveReaders } from './leave.ts';
import { redactorOfProcess } from './program-process.ts';
import { unknownCommand } from './unknown-command.ts';

/** For oclif, which loads it from here by the name in package.json. */
export { Help } from './help/help.ts';

/**
 * Starts the program that oclif finds here (the address of a module of it, or its own options),
 * with the process's arguments, and ends the process. Our commands show their own errors; this
 * shows the others (unknown command, wrong usage of `help`, a flag instead of a command) in the
 * same way, with `--json` as the one document.
 */
export async function start(program: Interfaces.LoadOptions): Promise<void> {
  const leave = outliveReaders();
  const argv = programArguments();
  // A task is brought to its end whether or not anybody reads its log, and then that is waited for
  // no longer than Fly leaves.
  const stops = argv[0] === 'run' ? watchTaskStops() : undefined;
  const exitCode = await runCommand(argv, program, stops);
  return stops ? leave.task(exitCode, stops) : leave.command(exitCode);
}

async function runCommand(
  argv: string[],
  program: Interfaces.LoadOptions,
  stops: StopSignalWatch | undefined,
): Promise<number> {
  const end = argv.indexOf('--');
  const flags = end === -1 ? argv : argv.slice(0, end);
  const json = flags.includes('--json');
  try {
    const watched: WatchedConfig = { stops };
    const config = Object.assign(await Config.load(program), watched);
    if (!isAnswered(argv, flags)) return await runNamed(argv, config, json);
    await run(argv, config);
    return Number(process.exitCode ?? exitCodes.ok);
  } catch (error) {
    const code = error instanceof Errors.CLIError ? error.oclif.exit : undefined;
    if (error instanceof Errors.ExitError) return code ?? exitCodes.failed;
    await show(error, json);
    return code === undefined && !(error instanceof ArkeError) ? exitCodes.failed : exitCodes.usage;
  }
}

/** Runs the command that the arguments begin with; returns the exit code. */
async function runNamed(argv: readonly string[], config: Config, json: boolean): Promise<number> {
  if (argv[0]?.startsWith('-')) throw new Errors.CLIError(`${argv[0]} must come after the command`);
  const unknown = await unknownCommand(argv, config);
  if (unknown) {
    await show(unknown, json);
    return exitCodes.unknownCommand;
  }
  const { id, rest } = commandOf(argv, config);
  if (rest.length === 0 && takesArguments(id, config)) return showUsage(id, config);
  await config.runCommand(id, rest);
  return Number(process.exitCode ?? exitCodes.ok);
}

/**
 * The command meant, such as `callback pending`. oclif would take anything after a command without
 * arguments as part of its name: `run extra` must reach `run`, which reports it.
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

/** What oclif answers itself: no arguments, help anywhere, the version. */
function isAnswered([first]: readonly string[], flags: readonly string[]): boolean {
  const isHelp = flags.some((flag) => flag === '--help' || flag === '-h');
  return first === undefined || isHelp || first === '--version' || first === '-v';
}

/** Whether a command does nothing without arguments. */
function takesArguments(id: string, config: Config): boolean {
  const own = config.findCommand(id);
  return own?.pluginName === config.name && Object.keys(own.args).length > 0;
}

/** Shows a command's help instead of its result, which is wrong usage in a script. */
async function showUsage(id: string, config: Config): Promise<number> {
  const Help = await loadHelpClass(config);
  await new Help(config, { sendToStderr: true }).showHelp([id]);
  return exitCodes.usage;
}

async function show(error: unknown, json: boolean): Promise<void> {
  const { errorSummary } = await import('./base-command.ts');
  const summary = errorSummary(error, redactorOfProcess());
  if (json) process.stdout.write(`${stringifyWithPaths({ error: summary }, 2)}\n`);
  else process.stderr.write(`${escapeControls(`Error: ${summary.message}`)}\n`);
}
