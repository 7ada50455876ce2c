import { basename, normalize } from 'node:path';
import { SettingsError } from '../../errors.ts';
import { nameMatcher } from './globs.ts';

/** A file or folder as patterns see it. */
export interface NamedPath {
  /** As given or found. */
  readonly path: string;
  /**
   * Path below the folder or pattern that found it, with slashes; its own name if it was named
   * explicitly.
   */
  readonly name: string;
}

/** Applies `--include` and `--exclude`. */
export interface PathFilter {
  takes(file: NamedPath): boolean;
  enters(folder: NamedPath): boolean;
}

/**
 * A file passes if a pattern of `include` matches it, or there are none, and no pattern of
 * `exclude` does: its name, its path below the searched folder, or its path as given. A folder that
 * `exclude` matches is not searched. A pattern after `!` matches what the rest does not. Throws
 * `SettingsError` if a pattern is empty.
 */
export function createPathFilter(
  include: readonly string[],
  exclude: readonly string[],
): PathFilter {
  const included = include.map((pattern) => matcherOf(pattern, '--include'));
  const excluded = exclude.map((pattern) => matcherOf(pattern, '--exclude'));
  // Otherwise `!a*` would exclude every folder that contains files to keep.
  const forbidden = excluded.filter((_, i) => !isNegated(exclude[i] ?? ''));
  return {
    takes: (file) =>
      (included.length === 0 || included.some((matches) => matches(file))) &&
      !excluded.some((matches) => matches(file)),
    enters: (folder) => !forbidden.some((matches) => matches(folder)),
  };
}

/** Whether a pattern begins with `!`, but not with the `!(` of a group. */
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
