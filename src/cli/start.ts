import { Config, Errors, flush, handle, run } from '@oclif/core';
import { exitCodes } from '../lib/exit-codes.ts';
import { programArguments } from './arguments.ts';

/**
 * Starts the program that the module at this address belongs to, with the process's arguments. Our
 * commands show their errors themselves; this shows those of the rest (no such command, wrong usage of
 * `help`, a flag where a command should be) in the same way, with `--json` as the one document.
 */
export async function start(moduleUrl: string): Promise<void> {
  const argv = programArguments();
  const end = argv.indexOf('--');
  const flags = end === -1 ? argv : argv.slice(0, end);
  const json = flags.includes('--json');
  try {
    const config = await Config.load(moduleUrl);
    if (!flags.some((flag) => ANSWERED.has(flag))) refuseUnknown(argv[0], json, config);
    await run(argv, config);
    await flush();
  } catch (error) {
    const own = error instanceof Errors.CLIError && !(error instanceof Errors.ExitError);
    const code = own ? error.oclif.exit : undefined;
    if (!own || (code === exitCodes.unknownCommand && !json)) return handle(error as Error);
    await show(error, json);
    process.exitCode = code === exitCodes.unknownCommand ? code : exitCodes.usage;
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

async function show(error: Error, json: boolean): Promise<void> {
  const { errorSummary } = await import('./base-command.ts');
  const { redactorOfProcess } = await import('./program-process.ts');
  const { escapeControls } = await import('../lib/redact.ts');
  const { stringifyWithPaths } = await import('../lib/path-json.ts');
  const summary = errorSummary(error, redactorOfProcess());
  if (json) process.stdout.write(`${stringifyWithPaths({ error: summary }, 2)}\n`);
  else process.stderr.write(`${escapeControls(`Error: ${summary.message}`)}\n`);
}
