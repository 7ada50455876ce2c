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
  return Object.entries(variables).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  );
}
