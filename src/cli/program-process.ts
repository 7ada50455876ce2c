import { ArkeError, messageOf } from '../lib/errors.ts';
import type { Redactor } from '../lib/redact.ts';
import { redactorOf } from '../lib/task/settings.ts';
import { applyColourChoice, applyEnvFile, processEnvironment } from './environment.ts';

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

/** An error for JSON and people: its code and message only. */
export function summaryOf(error: unknown, redact: Redactor): { code: string; message: string } {
  if (error instanceof ArkeError) return { code: error.code, message: redact(error.message) };
  return {
    code: 'UNEXPECTED',
    message: redact(`${messageOf(error)} (unexpected; set DEBUG=1 to see where, and report it)`),
  };
}
