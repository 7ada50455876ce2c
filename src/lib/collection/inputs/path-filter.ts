import { basename, normalize } from 'node:path';
import { SettingsError } from '../../errors.ts';
import { nameMatcher } from './globs.ts';

/** A file or folder as patterns see it. */
export interface NamedPath {
  /** As it is given or found. */
  readonly path: string;
  /** Below the folder or pattern that it is found by, with slashes; its own name if it is named itself. */
  readonly name: string;
}

/** What `--include` and `--exclude` leave of what is found. */
export interface PathFilter {
  takes(file: NamedPath): boolean;
  enters(folder: NamedPath): boolean;
}

/**
 * A file is taken if a pattern of `include` matches it, or there are none, and none of `exclude` does: its
 * own name, its path below the folder it is found in, or its path as given. A folder that `exclude`
 * matches is not searched. A pattern behind `!` matches what the rest of it does not. Throws
 * `SettingsError` when a pattern is empty.
 */
export function createPathFilter(
  include: readonly string[],
  exclude: readonly string[],
): PathFilter {
  const included = include.map((pattern) => matcherOf(pattern, '--include'));
  const excluded = exclude.map((pattern) => matcherOf(pattern, '--exclude'));
  // Else `!a*` would keep us out of every folder that holds what is to be kept.
  const forbidden = excluded.filter((_, i) => !isNegated(exclude[i] ?? ''));
  return {
    takes: (file) =>
      (included.length === 0 || included.some((matches) => matches(file))) &&
      !excluded.some((matches) => matches(file)),
    enters: (folder) => !forbidden.some((matches) => matches(folder)),
  };
}

/** Whether a pattern begins with `!`, and not with the `!(` of a group. */
export function isNegated(pattern: string): boolean {
  return /^!(?!\()/.test(pattern);
}

function matcherOf(pattern: string, flag: string): (named: NamedPath) => boolean {
  const negated = isNegated(pattern);
  const positive = negated ? pattern.slice(1) : pattern;
  if (positive === '') throw new SettingsError([`${flag} has an empty pattern`]);
  const matches = nameMatcher(positive);
  return ({ path, name }) =>
    [basename(name), name, normalize(path)].some((form) => matches(form)) !== negated;
}
