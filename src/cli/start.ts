import { Config, Errors, type Interfaces, run } from '@oclif/core';
import { exitCodes } from '../lib/exit-codes.ts';
import { stringifyWithPaths } from '../lib/path-json.ts';
import { escapeControls } from '../lib/redact.ts';
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
  return argv[0] === 'run' ? leave.task(exitCode) : leave.command(exitCode);
}

async function runCommand(argv: string[], program: Interfaces.LoadOptions): Promise<number> {
  const end = argv.indexOf('--');
  const flags = end === -1 ? argv : argv.slice(0, end);
  const json = flags.includes('--json');
  try {
    const config = await Config.load(program);
    if (!flags.some((flag) => ANSWERED.has(flag))) refuseUnknown(argv[0], json, config);
    await run(argv, config);
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

/** oclif answers these before it looks for a command. */
const ANSWERED: ReadonlySet<string> = new Set(['--help', '-h', '--version', '-v']);

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
