/** Variables that are not shown where the rest is. */
const SECRETS: readonly string[] = ['R2_ACCESS_KEY_ID', 'R2_SECRET_ACCESS_KEY'];

/** The variables without what is secret. */
export function maskedVariables(
  variables: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      SECRETS.includes(name) ? '••••••••' : value,
    ]),
  );
}

/** Lines that set the variables in any POSIX shell. */
export function exportLines(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  );
}
