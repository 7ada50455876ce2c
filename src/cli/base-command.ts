/*
 * CLI: what commands share between the command line and `lib`, which knows nothing of oclif. A
 * command parses flags, calls the library, and shows results.
 *
 * Terms. A *result* is what the user asked for. A *reporter* shows everything else: progress,
 * notes, warnings, errors. A *view* shows the events of a run over many TIFFs. A *document* is what
 * `--json` writes: one per command, the result or the error.
 *
 * How data passes:
 *
 *   start, start-run     start the program; a plain `run` does without oclif, to start fast,
 *   start-convert        and so does `convert`, whose conversion process is started first
 *   read-arguments       flags and any number of paths, from oclif's table of flags
 *   session              what a command needs of the process, with and without oclif
 *   environment, flags   environment and `--env-file`, flags; messages name what the user used
 *   base-command         runs a command, turns errors into exit codes, ends on signals
 *   help, unknown-command   help that begins with examples, its topics, what was meant
 *   reporter             spinners on a terminal, plain lines elsewhere, nothing with `--json`
 *   collection/          views of a run: lines, progress block, JSON; then the summary
 *   callback/, batch/    the parts of `callback`, and `batch --report-to`
 *   leave                ends the process once all output has arrived
 *
 * Results go to stdout, everything else to stderr (the log of `run` is its result). Each line
 * passes the redactor (secrets, queries of addresses) and the escaper (control characters), each
 * document the redactor. The events of a run (`lib/collection/events.ts`) are all that views see;
 * clock, timers and streams are passed to them.
 *
 * Must never happen: anything but one document on stdout with `--json`; output lost because the
 * process ended first; a secret as a flag, or in any output; a raw control character of a file's
 * name on a terminal.
 */
import { Command, Errors, type Interfaces } from '@oclif/core';
import { ArkeError } from '../lib/errors.ts';
import { exitCodes } from '../lib/exit-codes.ts';
import { type Redactor, redactValues } from '../lib/redact.ts';
import { type StopSignalWatch, watchStopSignals } from '../lib/stop.ts';
import { programName } from '../lib/version.ts';
import { programArguments } from './arguments.ts';
import { processEnvironment } from './environment.ts';
import { globalFlags, jsonFlag } from './global-flags.ts';
import {
  exitCodeOf,
  noteStack,
  prepareProcess,
  redactorOfProcess,
  summaryOf,
  warnOfVariables,
} from './program-process.ts';
import { type FlagTable, readArguments } from './read-arguments.ts';
import type { Reporter } from './reporter.ts';
import { createSession, type Session } from './session.ts';
import { withTypedName } from './setting-names.ts';
import { usageMessage } from './usage-message.ts';

/** What a command is started with, besides the data of oclif. */
export interface WatchedConfig {
  /** Listens for stop signals already. */
  readonly stops?: StopSignalWatch | undefined;
}

/**
 * What all commands share: global flags, the output of results and errors, and exit codes. Results
 * go to stdout and everything else to stderr; with `--json`, stdout has exactly one document, the
 * result or the error.
 */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;

  static override baseFlags = globalFlags;

  /**
   * A given watch also hears signals after the command has ended. Without one, results
   * must have a reader.
   */
  protected readonly stopWatch: StopSignalWatch =
    (this.config as WatchedConfig).stops ?? watchStopSignals(process.stdout);

  /** Its streams, and what stops it. */
  protected readonly session: Session = createSession({
    stopWatch: this.stopWatch,
    endWatch: () => this.#endWatch(),
    jsonEnabled: () => this.jsonEnabled(),
    redactor: () => this.redactor,
  });

  /** Whether variables are read from `--env-file`; `dev` writes them to it. */
  protected readonly readsEnvFile: boolean = true;

  /** Whether unknown variables are warned about on stderr; `run` does so in its log. */
  protected readonly warnsOfVariables: boolean = true;

  /** The exit code for wrong usage; `run` has only 0 and 1. */
  protected usageExitCode: number = exitCodes.usage;

  override async init(): Promise<void> {
    await super.init();
    prepareProcess(this.argv, { readsEnvFile: this.readsEnvFile });
    if (this.warnsOfVariables) warnOfVariables(this.argv, this.session);
  }

  /**
   * oclif's parser is quadratic in the number of paths, so it has them only if they are wrong. It
   * would take what is piped into the command for a missing argument.
   */
  protected override async parse<
    F extends Record<string, unknown>,
    B extends Record<string, unknown>,
    A extends Record<string, unknown>,
  >(options: Interfaces.Input<F, B, A>): Promise<Interfaces.ParserOutput<F, B, A>> {
    const defined: readonly { ignoreStdin?: boolean }[] = Object.values(options.args ?? {});
    for (const arg of defined) arg.ignoreStdin = true;
    const [first, ...others] = Object.entries(options.args ?? {});
    if (!first?.[1].multiple || others.length > 0) return super.parse(options);
    const table = { json: jsonFlag, ...options.baseFlags, ...options.flags } as FlagTable;
    const read = await readArguments(this.argv, table, processEnvironment());
    if (!read || (first[1].required && read.paths.length === 0)) return super.parse(options);
    this.parsed = true;
    const { flags, paths } = read;
    const args = paths.length > 0 ? { [first[0]]: paths } : {};
    const rest = { argv: [...paths], raw: [], metadata: { flags: {} }, nonExistentFlags: [] };
    return { flags, args, ...rest } as unknown as Interfaces.ParserOutput<F, B, A>;
  }

  /** Asked for each line: oclif searches all arguments. */
  override jsonEnabled(): boolean {
    this.#json ??= super.jsonEnabled();
    return this.#json;
  }
  #json: boolean | undefined;

  /**
   * Aborts on SIGINT and SIGTERM, which no longer kill the process by themselves, and when the
   * output is no longer read.
   */
  protected get stopSignal(): AbortSignal {
    return this.stopWatch.signal;
  }

  /** The program's name and version for servers and provenance. */
  protected get program(): string {
    return programName();
  }

  protected reporter(flags: { quiet: boolean }): Promise<Reporter> {
    return this.session.reporter(flags);
  }

  /** One line for people, on stderr. */
  protected note(line: string): void {
    this.session.note(line);
  }

  /** A text for people: no secrets, no control characters. */
  protected clean(text: string): string {
    return this.session.clean(text);
  }

  /** A part of the result, on stdout; omitted with `--json`. */
  protected result(text: string): void {
    this.session.result(text);
  }

  /**
   * Ends the command with a result that is not entirely good; `--json` shows it like any result.
   */
  protected exitWith(code: number, result?: unknown): never {
    if (result !== undefined && this.jsonEnabled()) this.logJson(result);
    this.exit(code);
  }

  override logJson(json: unknown): void {
    process.stdout.write(`${JSON.stringify(redactValues(json, this.redactor), null, 2)}\n`);
  }

  /** oclif would print the whole error, including flags filled from the environment. */
  override toErrorJson(error: unknown): { error: { code: string; message: string } } {
    return { error: errorSummary(error, this.redactor) };
  }

  /** Hides secrets. */
  protected get redactor(): Redactor {
    return redactorOfProcess();
  }

  protected override async catch(error: Error): Promise<void> {
    if (error instanceof Errors.ExitError) throw error;
    const code = this.#exitCodeOf(error);
    if (code === exitCodes.readerGone) this.exit(code);
    if (this.jsonEnabled()) this.logJson(this.toErrorJson(error));
    else this.note(`Error: ${errorSummary(error, this.redactor).message}`);
    noteStack(error, this.session);
    this.exit(code);
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    this.#endWatch();
    await super.finally(error);
  }

  #endWatch(): void {
    if (!(this.config as WatchedConfig).stops) this.stopWatch.dispose();
  }

  #exitCodeOf(error: Error): number {
    return error instanceof Errors.CLIError
      ? this.usageExitCode
      : exitCodeOf(error, this.usageExitCode);
  }
}

/** An error for JSON and people: its code and message only. */
export function errorSummary(error: unknown, redact: Redactor): { code: string; message: string } {
  return summaryOf(error instanceof Errors.CLIError ? usageError(error) : error, redact);
}

/** Wrong usage as oclif reports it, as an error of ours. */
export function usageError(error: Errors.CLIError): ArkeError {
  const { parse } = error as { parse?: { input?: { flags?: object } } };
  const flags = Object.keys(parse?.input?.flags ?? {});
  const message = withTypedName(usageMessage(error.message, flags), programArguments());
  return new ArkeError('USAGE', message, { cause: error });
}
