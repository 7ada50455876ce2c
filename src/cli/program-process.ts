import { ArkeError, messageOf } from '../lib/errors.ts';
import { createRedactor, type Redactor } from '../lib/redact.ts';
import { secretsOf, urlsOf } from '../lib/task/settings.ts';
import { applyColourChoice, applyEnvFile, processEnvironment } from './environment.ts';

/**
 * Readies the process for a command that was called with these arguments. Throws `SettingsError` when the
 * file of `--env-file` cannot be read.
 */
export function prepareProcess(
  argv: readonly string[],
  { readsEnvFile = true }: { readonly readsEnvFile?: boolean } = {},
): void {
  applyColourChoice(argv);
  applyEnvFile(readsEnvFile ? argv : []);
}

/** Hides what the process's environment holds of secrets. */
export function redactorOfProcess(): Redactor {
  const environment = processEnvironment();
  return createRedactor(secretsOf(environment), urlsOf(environment));
}

/** An error as JSON and people may see it: its code and message, nothing else of it. */
export function summaryOf(error: unknown, redact: Redactor): { code: string; message: string } {
  if (error instanceof ArkeError) return { code: error.code, message: redact(error.message) };
  return {
    code: 'UNEXPECTED',
    message: redact(`${messageOf(error)} (unexpected; set DEBUG=1 to see where, and report it)`),
  };
}
