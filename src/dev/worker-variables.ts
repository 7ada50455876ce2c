import { quote, typedPath } from '../lib/quote.ts';
import { secretVariables } from '../lib/task/environment.ts';

/** The variables with secrets masked. */
export function maskedVariables(
  variables: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      secretVariables.includes(name) ? '••••••••' : value,
    ]),
  );
}

/** Lines that set the variables in any POSIX shell. */
export function exportLines(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).map(([name, value]) => `export ${name}=${quote(value)}`);
}

/**
 * A line for any POSIX shell that runs a worker with these variables: those that are in the file
 * are read from there, and secrets in any case.
 */
export function workerCommand(
  envFile: string,
  inFile: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>>,
): string {
  const own = Object.entries(variables)
    .filter(([name, value]) => inFile[name] !== value && !secretVariables.includes(name))
    .map(([name, value]) => `${name}=${typedPath(value)} `);
  return `${own.join('')}arke-tiff run --env-file ${typedPath(envFile)}`;
}
