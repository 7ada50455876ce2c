import fillRange from 'fill-range';
import picomatch from 'picomatch';

/** A pattern for paths, as shells have them. */
export interface Glob {
  /** The folder before the first part with a wildcard; empty for the one we are in. */
  readonly base: string;
  /** Whether the pattern matches a path below `base`, written with slashes. */
  matches(name: string): boolean;
  /** Whether a folder below `base` is matched, or may hold what is. */
  leadsTo(folder: string): boolean;
}

/** What goes for all patterns: `posix` is for `[!a]`, the flag lets `**` match names with line breaks. */
const OPTIONS = { posix: true, flags: 's', nonegate: true, keepQuotes: true, expandRange };

/** Whether a path has wildcards; it may be the name of a file nevertheless. */
export function hasWildcards(path: string): boolean {
  return scan(normalPattern(path)).isGlob;
}

/** Reads a pattern that `hasWildcards`. */
export function parseGlob(pattern: string): Glob {
  const normal = normalPattern(pattern);
  const { glob } = scan(normal);
  const matches = picomatch(glob, OPTIONS);
  return {
    // Of a folder's name, unlike of a pattern, we must keep how it is composed.
    base: scan(withLiteralParentheses(pattern)).base.replace(/\\(.)/gs, '$1'),
    matches: (name) => matches(name.normalize('NFC')),
    leadsTo: folderMatcher(glob),
  };
}

/** A matcher for names and paths below a folder, which also finds those that begin with a dot. */
export function nameMatcher(pattern: string): (name: string) => boolean {
  const matches = picomatch(normalPattern(pattern), { ...OPTIONS, dot: true });
  return (name) => matches(name.normalize('NFC'));
}

function scan(pattern: string) {
  return picomatch.scan(pattern, { nonegate: true, scanToEnd: true });
}

/** Two ways to write an accented letter are one, and so are two ways to write a path. */
function normalPattern(pattern: string): string {
  const path = pattern.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
  return withLiteralParentheses(path).normalize('NFC');
}

/**
 * In shells parentheses group only behind `?`, `*`, `+`, `@` or `!`; picomatch takes all for groups, and
 * `Scan (1)*.tif` would not find `Scan (1)a.tif`.
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

/** Folders are entered by the parts of a pattern, one after the other; behind `**` any is that is not hidden. */
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

/** As shells do: with the zeros that are written, and steps. What is no range matches nothing. */
function expandRange(...range: readonly unknown[]): string {
  const [from = '', to = '', step] = range.filter((part) => typeof part === 'string');
  const options = { toRegex: true, relaxZeros: false, ...(step ? { step } : {}) } as const;
  return `(?:${fillRange(from, to, options).toString() || '(?!)'})`;
}
