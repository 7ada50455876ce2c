import { SettingsError } from '../lib/errors.ts';
import { knownVariables, type VariableName } from '../lib/task/environment.ts';
import { processEnvironment } from './environment.ts';
import { flagName } from './setting-flags.ts';

/** Values of flags that settings can come from, by variable; undefined if a flag is not given. */
export type SettingFlags = Partial<Record<VariableName, string | undefined>>;

/**
 * The user's name for a setting: its variable if the value comes from the environment, else the
 * flag, also if the setting is missing.
 */
export function settingName(variable: VariableName, flags: SettingFlags): string {
  if (!(variable in flags)) return variable;
  const value = flags[variable];
  const fromEnvironment = value !== undefined && value === processEnvironment()[variable];
  return fromEnvironment ? variable : flagName(variable);
}

/**
 * What is wrong with the value of a flag (`--quality must be …`), by the name of its variable if
 * the flag is not among the arguments and the value thus comes from the environment.
 */
export function withTypedName(problem: string, argv: readonly string[]): string {
  return problem.replace(/^--\S+(?= must )/, (flag) => {
    const isTyped = argv.some((arg) => arg === flag || arg.startsWith(`${flag}=`));
    return (isTyped ? undefined : knownVariables.find((name) => flagName(name) === flag)) ?? flag;
  });
}

/** The problem of a setting that has neither flag nor variable. */
export function missingSetting(variable: VariableName): string {
  return `${flagName(variable)} is missing (or ${variable})`;
}

/** Reads settings; rethrows their `SettingsError` with the names that the user gave or can give. */
export function withSettingNames<T>(flags: SettingFlags, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const problems = error.problems.map((problem) => {
      const missing = /^(\w+) is missing$/.exec(problem)?.[1];
      if (missing !== undefined && missing in flags) return missingSetting(missing as VariableName);
      return problem.replace(/\b[A-Z][A-Z0-9_]+\b/g, (word) =>
        word in flags ? settingName(word as VariableName, flags) : word,
      );
    });
    throw new SettingsError(problems, { cause: error });
  }
}
