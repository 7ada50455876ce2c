import { ArkeError, messageOf, SettingsError } from '../lib/errors.ts';
import { exitCodes, stopSignals } from '../lib/exit-codes.ts';
import type { Redactor } from '../lib/redact.ts';
import { InterruptedError } from '../lib/stop.ts';
import { redactorOf } from '../lib/task/settings.ts';
import { unknownVariables } from '../lib/task/unknown-variables.ts';
import { applyColourChoice, applyEnvFile, hasFlag, processEnvironment } from './environment.ts';
import type { Session } from './session.ts';

/**
 * Prepares the process for a command with these arguments. Throws `SettingsError` if `--env-file`
 * cannot be read.
 */
export function prepareProcess(
  argv: readonly string[],
  { readsEnvFile = true }: { readonly readsEnvFile?: boolean } = {},
): void {
  applyColourChoice(argv);
  applyEnvFile(readsEnvFile ? argv : []);
}

/** Hides what the process's environment holds of secrets, and the queries of other addresses. */
export function redactorOfProcess(otherUrls: readonly string[] = []): Redactor {
  return redactorOf(processEnvironment(), otherUrls);
}

/** Warns of unknown variables that look like ours, except with `--quiet`. */
export function warnOfVariables(argv: readonly string[], { note }: Pick<Session, 'note'>): void {
  if (hasFlag(argv, 'quiet', 'q')) return;
  for (const text of unknownVariables(processEnvironment())) note(`Warning: ${text}`);
}

/** With DEBUG, says where in the program an error comes from. */
export function noteStack(error: unknown, { note }: Pick<Session, 'note'>): void {
  if (!processEnvironment()['DEBUG'] || !(error instanceof Error)) return;
  for (const line of String(error.stack).split('\n')) note(line);
}

/** The exit code for an error that ends a command. */
export function exitCodeOf(error: unknown, usage: number = exitCodes.usage): number {
  if (error instanceof InterruptedError) return stopSignals[error.signal];
  return error instanceof SettingsError ? usage : exitCodes.failed;
}

/** An error for JSON and people: its code and message only. */
export function summaryOf(error: unknown, redact: Redactor): { code: string; message: string } {
  if (error instanceof ArkeError) return { code: error.code, message: redact(error.message) };
  return {
    code: 'UNEXPECTED',
    message: redact(`${messageOf(error)} (unexpected; set DEBUG=1 to see where, and report it)`),
  };
}
