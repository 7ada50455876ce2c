import fillRange from 'fill-range';
import picomatch from 'picomatch';

/** A path pattern as in shells. */
export interface Glob {
  /** The folder before the first wildcard; empty for the current one. */
  readonly base: string;
  /** Whether the pattern matches a path below `base`, with slashes. */
  matches(name: string): boolean;
  /** Whether a folder below `base` matches, or may contain matches. */
  leadsTo(folder: string): boolean;
}

/**
 * Options of all patterns: `posix` allows `[!a]`, the flag lets `**` match names with line breaks.
 */
const OPTIONS = { posix: true, flags: 's', nonegate: true, keepQuotes: true, expandRange };

/** Whether a path has wildcards; it may still be a file's name. */
export function hasWildcards(path: string): boolean {
  return scan(normalPattern(path)).isGlob;
}

/** Parses a pattern that `hasWildcards`. */
export function parseGlob(pattern: string): Glob {
  const normal = normalPattern(pattern);
  const { glob } = scan(normal);
  const matches = picomatch(glob, OPTIONS);
  return {
    // The folder's name must keep its Unicode form, unlike the pattern.
    base: scan(withLiteralParentheses(pattern)).base.replace(/\\(.)/gs, '$1'),
    matches: (name) => matches(name.normalize('NFC')),
    leadsTo: folderMatcher(glob),
  };
}

/** A matcher for names and paths below a folder, including hidden ones. */
export function nameMatcher(pattern: string): (name: string) => boolean {
  const matches = picomatch(normalPattern(pattern), { ...OPTIONS, dot: true });
  return (name) => matches(name.normalize('NFC'));
}

function scan(pattern: string) {
  return picomatch.scan(pattern, { nonegate: true, scanToEnd: true });
}

/** Unifies the forms of accented letters and of paths. */
function normalPattern(pattern: string): string {
  const path = pattern.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
  return withLiteralParentheses(path).normalize('NFC');
}

/**
 * In shells, parentheses group only after `?`, `*`, `+`, `@` or `!`; picomatch treats all as
 * groups, and `Scan (1)*.tif` would not match `Scan (1)a.tif`.
 */
function withLiteralParentheses(pattern: string): string {
  const groups: boolean[] = [];
  return pattern.replace(/\\.|[?*+@!]\(|[()]/gs, (token) => {
    if (token.endsWith('(') && token !== '\\(') {
      groups.push(token !== '(');
      return token === '(' ? '\\(' : token;
    }
    return token === ')' && !groups.pop() ? '\\)' : token;
  });
}

/**
 * Folders are entered by the parts of a pattern, one after the other; after `**`, all that are not
 * hidden.
 */
function folderMatcher(glob: string): (folder: string) => boolean {
  const { parts = [] } = picomatch.scan(glob, { nonegate: true, parts: true });
  const all = parts.length > 0 ? parts : [glob];
  const anywhere = all.findIndex((part) => part.includes('**') || part.includes('/'));
  const ordered = anywhere < 0 ? all : all.slice(0, anywhere);
  const matchers = ordered.map((part) => picomatch(part, OPTIONS));
  const mayBeHidden = /[/{(,|]\./.test(all.slice(ordered.length).join('/'));
  return (folder) =>
    folder
      .normalize('NFC')
      .split('/')
      .every((name, i) => {
        const matches = matchers[i];
        return matches ? matches(name) : anywhere >= 0 && (mayBeHidden || !name.startsWith('.'));
      });
}

/** As in shells: with leading zeros, and steps. An invalid range matches nothing. */
function expandRange(...range: readonly unknown[]): string {
  const [from = '', to = '', step] = range.filter((part) => typeof part === 'string');
  const options = { toRegex: true, relaxZeros: false, ...(step ? { step } : {}) } as const;
  return `(?:${fillRange(from, to, options).toString() || '(?!)'})`;
}
