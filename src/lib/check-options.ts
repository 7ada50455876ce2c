import { inspect } from 'node:util';
import * as v from 'valibot';
import { OptionsError } from './errors.ts';

/** An option that passes a test; `must` completes a sentence that begins with its name. */
export function option<T>(test: (value: unknown) => boolean, must: string): v.GenericSchema<T> {
  return v.custom<T>(test, must);
}

/** An option with one of several values. */
export function oneOf<const T extends readonly string[]>(texts: T): v.GenericSchema<T[number]> {
  return option((value) => texts.includes(value as string), `must be ${texts.join(' or ')}`);
}

/** A whole number in a range. */
export function wholeNumber(least: number, most: number): v.GenericSchema<number> {
  const test = (value: unknown) =>
    Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
  return option(test, `must be a whole number from ${least} to ${most}`);
}

/** `true` or `false`. */
export const flag: v.GenericSchema<boolean> = option(
  (value) => typeof value === 'boolean',
  'must be true or false',
);

/** A path or a name. */
export const text: v.GenericSchema<string> = option(
  (value) => typeof value === 'string' && value !== '' && !value.includes('\0'),
  'must be a non-empty text',
);

/** Patterns for paths. */
export const texts: v.GenericSchema<readonly string[]> = option(
  (value) => Array.isArray(value) && value.every((one) => typeof one === 'string' && one !== ''),
  'must be a list of non-empty texts',
);

/** An abort signal. */
export const abortSignal: v.GenericSchema<AbortSignal> = option(
  (value) => value instanceof AbortSignal,
  'must be an AbortSignal',
);

/** A callback function. */
export const listener: v.GenericSchema<(...args: never[]) => void> = option(
  (value) => typeof value === 'function',
  'must be a function',
);

/**
 * Throws `OptionsError` with every problem if options do not match a schema, or contain unknown
 * ones.
 */
export function checkOptions(schema: v.GenericSchema, options: unknown): void {
  const problems = optionProblems(schema, options);
  if (problems.length > 0) throw new OptionsError(problems);
}

/** What is wrong with options; each problem begins with the option's name. */
export function optionProblems(schema: v.GenericSchema, options: unknown): string[] {
  return (v.safeParse(schema, options).issues ?? []).map(problemOf);
}

function problemOf(issue: v.BaseIssue<unknown>): string {
  const name = v.getDotPath(issue);
  if (name === null) return `the options must be an object, not ${shown(issue.input)}`;
  if (issue.type === 'strict_object') {
    if (issue.expected === 'never') return `${name} is not an option`;
    return `${name} ${issue.input === undefined ? 'is missing' : `must be an object, not ${shown(issue.input)}`}`;
  }
  return `${name} ${issue.message}, not ${shown(issue.input)}`;
}

/** A value in a form for messages. */
export function shown(value: unknown): string {
  const all = inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY });
  return all.length > 60 ? `${all.slice(0, 59)}…` : all;
}
