import * as v from 'valibot';
import { SettingsError } from '../lib/errors.ts';
import { knownVariables, type VariableName, variableOf } from '../lib/task/environment.ts';
import { choicesOf, numberRange, variableText } from '../lib/task/environment-text.ts';
import type { SettingField, TaskSummary } from './api.ts';
import { RefusedRequest } from './refused-request.ts';

/** How a TIFF is converted, and how long its task may take: all such variables of the table. */
const CHOSEN_HERE: readonly VariableName[] = [
  ...knownVariables.filter((name) => /^(JPEG|TIFF)_/.test(name)),
  'TASK_TIMEOUT_MS',
];

/** What may be chosen for a dropped TIFF, from the table of variables. */
export function settingFields(): SettingField[] {
  return CHOSEN_HERE.map((name) => {
    const { meaning, fallback } = variableText(name);
    const [choices, range] = [choicesOf(name) ?? null, numberRange(name) ?? null];
    return { name, meaning, fallback, choices, range };
  });
}

/**
 * The settings of a task, without blank ones. Throws `RefusedRequest` (400) that names all that are
 * unknown or malformed, in the words of `run`.
 */
export function chosenSettings(
  entries: Iterable<readonly [string, string]>,
): TaskSummary['settings'] {
  const chosen = [...entries].filter(([, value]) => value.trim() !== '');
  const problems = chosen.flatMap(([name, value]) => problemsOf(name, value));
  if (problems.length > 0) throw new RefusedRequest(400, new SettingsError(problems).message);
  return Object.fromEntries(chosen);
}

function problemsOf(name: string, value: string): string[] {
  const known = CHOSEN_HERE.find((one) => one === name);
  if (known === undefined) return [`${name} cannot be chosen here`];
  const { issues = [] } = v.safeParse(variableOf(known).schema, value);
  return issues.map(({ message }) => `${name} ${message}`);
}
