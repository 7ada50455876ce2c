import { Command, Errors, Flags } from '@oclif/core';
import { ArkeError, SettingsError } from '../lib/errors.ts';
import { exitCodes, type StopSignal, stopSignals } from '../lib/exit-codes.ts';
import { escapeControls, type Redactor, redactValues } from '../lib/redact.ts';
import { InterruptedError, type StopSignalWatch, watchStopSignals } from '../lib/stop.ts';
import { unknownVariables } from '../lib/task/unknown-variables.ts';
import { programName } from '../lib/version.ts';
import { createReporter } from './create-reporter.ts';
import { flagsOf, processEnvironment } from './environment.ts';
import { prepareProcess, redactorOfProcess, summaryOf } from './program-process.ts';
import type { Reporter } from './reporter.ts';

/**
 * What all commands share: the global flags, one way to show results and errors, and exit codes.
 * Results go to stdout and everything else to stderr; with `--json` stdout carries exactly one
 * document, the result or the error.
 */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;

  static override baseFlags = {
    'env-file': Flags.file({
      summary:
        'Read variables that are not set from this file: one NAME=value a line, secrets included.',
      helpValue: 'FILE',
      helpGroup: 'GLOBAL',
    }),
    quiet: Flags.boolean({
      summary: 'No progress and no warnings; results, errors and a count of the warnings only.',
      helpGroup: 'GLOBAL',
    }),
    'no-color': Flags.boolean({ summary: 'No colours (as does NO_COLOR).', helpGroup: 'GLOBAL' }),
  };

  protected readonly stopWatch: StopSignalWatch = watchStopSignals(
    this.outputToWatch(),
    this.otherSignalMs(),
  );

  /** What a second stop signal does; without it, nothing: the first is being obeyed. */
  protected onSecondStop(act: (signal: StopSignal) => void): void {
    const { again } = this.stopWatch;
    again.addEventListener('abort', () => act((again.reason as InterruptedError).signal));
  }

  /** Whether variables come from `--env-file`; in `dev` it is the file that they are written to. */
  protected readonly readsEnvFile: boolean = true;

  /** Whether unknown variables are warned about on stderr; `run` does so in its log. */
  protected readonly warnsOfVariables: boolean = true;

  /** The exit code for wrong usage; `run` has only 0 and 1. */
  protected usageExitCode: number = exitCodes.usage;

  override async init(): Promise<void> {
    await super.init();
    prepareProcess(this.argv, { readsEnvFile: this.readsEnvFile });
    if (this.warnsOfVariables && !flagsOf(this.argv).includes('--quiet'))
      for (const text of unknownVariables(processEnvironment())) this.note(`Warning: ${text}`);
  }

  /** For how long another stop signal is the first one, passed on, in milliseconds. */
  protected otherSignalMs(): number {
    return 0;
  }

  /** The stream whose reader must stay: when it has left, as `head` does, the command stops. */
  protected outputToWatch(): NodeJS.EventEmitter | undefined {
    return process.stdout;
  }

  /**
   * Aborts on SIGINT and SIGTERM, which no longer kill the process by themselves, and when nobody reads the output
   * any more.
   */
  protected get stopSignal(): AbortSignal {
    return this.stopWatch.signal;
  }

  /** What the program calls itself towards servers and in provenance. */
  protected get program(): string {
    return programName();
  }

  protected reporter(flags: { quiet: boolean }): Promise<Reporter> {
    return createReporter({
      quiet: flags.quiet,
      json: this.jsonEnabled(),
      // Without a width, as in a pty that nobody has given one, the spinner would erase lines for ever.
      terminal: process.stderr.isTTY === true && process.stderr.columns > 0,
      clean: (text) => this.clean(text),
      write: (line) => process.stderr.write(`${line}\n`),
    });
  }

  /** One line for people, on stderr. */
  protected note(line: string): void {
    process.stderr.write(`${this.clean(line)}\n`);
  }

  /** A text as people may see it: no secrets, no control characters. */
  protected clean(text: string): string {
    return escapeControls(this.redact(text));
  }

  /** A part of the result, on stdout; left out under `--json`. */
  protected result(text: string): void {
    for (const line of this.redact(text).split(/\r?\n/)) this.log('%s', escapeControls(line));
  }

  /** Ends the command with a result that is not all good: shown under `--json` as any result is. */
  protected exitWith(code: number, result?: unknown): never {
    if (result !== undefined && this.jsonEnabled()) this.logJson(result);
    this.exit(code);
  }

  override logJson(json: unknown): void {
    process.stdout.write(`${JSON.stringify(redactValues(json, this.redact), null, 2)}\n`);
  }

  /** oclif would print the whole error, flags filled from the environment included. */
  override toErrorJson(error: unknown): { error: { code: string; message: string } } {
    return { error: errorSummary(error, this.redact) };
  }

  protected get redact(): Redactor {
    return redactorOfProcess();
  }

  protected override async catch(error: Error): Promise<void> {
    if (error instanceof Errors.ExitError) throw error;
    const code = this.#exitCodeOf(error);
    if (code === exitCodes.readerGone) this.exit(code);
    if (this.jsonEnabled()) this.logJson(this.toErrorJson(error));
    else this.note(`Error: ${errorSummary(error, this.redact).message}`);
    if (processEnvironment()['DEBUG'])
      for (const line of String(error.stack).split('\n')) this.note(line);
    this.exit(code);
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    this.stopWatch.dispose();
    await super.finally(error);
  }

  #exitCodeOf(error: Error): number {
    if (error instanceof InterruptedError) return stopSignals[error.signal];
    if (error instanceof Errors.CLIError || error instanceof SettingsError)
      return this.usageExitCode;
    return exitCodes.failed;
  }
}

/** An error as JSON and people may see it: its code and message, nothing else of it. */
export function errorSummary(error: unknown, redact: Redactor): { code: string; message: string } {
  return summaryOf(error instanceof Errors.CLIError ? usageError(error) : error, redact);
}

/** Wrong usage as oclif tells it, as an error of ours. */
export function usageError(error: Errors.CLIError): ArkeError {
  return new ArkeError('USAGE', usageMessage(error.message), { cause: error });
}

/** One line of oclif's several: `--quality: Expected …. See --help.` */
function usageMessage(message: string): string {
  const lines = message
    .replace(/^The following errors? occurred:$/m, '')
    .replace(/^Parsing (--\S+) *$/gm, '$1:')
    .replace(/^See more help with --help$/m, '')
    .split('\n')
    .map((line) => line.trim().replace(/ {2,}/, ': '))
    .filter(Boolean);
  const text = lines.reduce((all, line) => `${all}${all.endsWith(':') ? '' : ';'} ${line}`);
  return `${text.replace(/\.$/, '')}. See --help.`;
}
