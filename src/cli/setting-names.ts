import { SettingsError } from '../lib/errors.ts';
import type { VariableName } from '../lib/task/environment.ts';
import { processEnvironment } from './environment.ts';

/** Flags that settings can come from, by variable, each with its value. */
export type SettingFlags = Partial<
  Record<VariableName, { readonly flag: string; readonly value: string | undefined }>
>;

/**
 * What the user called a setting: its variable where the value comes from the environment, and else the
 * flag, also where the setting is missing.
 */
export function settingName(variable: VariableName, flags: SettingFlags): string {
  const given = flags[variable];
  if (!given) return variable;
  const fromEnvironment =
    given.value !== undefined && given.value === processEnvironment()[variable];
  return fromEnvironment ? variable : given.flag;
}

/** Reads settings, and throws their `SettingsError` with the names that the user gave or can give. */
export function withSettingNames<T>(flags: SettingFlags, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const problems = error.problems.map((problem) => {
      const missing = /^(\w+) is missing$/.exec(problem)?.[1];
      if (missing !== undefined && missing in flags)
        return `${settingName(missing as VariableName, flags)} is missing (or ${missing})`;
      return problem.replace(/\b[A-Z][A-Z0-9_]+\b/g, (word) =>
        word in flags ? settingName(word as VariableName, flags) : word,
      );
    });
    throw new SettingsError(problems, { cause: error });
  }
}
