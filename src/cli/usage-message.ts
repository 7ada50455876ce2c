import { nearest } from './nearest.ts';

/** Flags of earlier versions, with what they are now. */
const REPLACED = new Map([
  ['--fail-on-loss', '--fail-on pages,profile,transparency,depth,metadata'],
  ['--warnings-as-errors', '--fail-on warning'],
]);

/** oclif's words for wrong usage, and ours. */
const REWORDED: readonly (readonly [RegExp, string | ((...found: string[]) => string)])[] = [
  [/^Flag (--\S+) expects a value$/, '$1 needs a value'],
  [/^(--\S+?)=.* cannot also be provided when using (--\S+)$/, '$1 cannot be combined with $2'],
  [
    /^Expected (--\S+?)=(.*) to be one of: (.*)$/,
    (_, flag = '', value = '', options = '') => `${flag} must be ${orOf(options)}, not ${value}`,
  ],
  [
    /^(--\S+): Expected an integer (less|greater) than or equal to (\S+) but received: (.*)$/,
    (_, flag = '', than = '', bound = '', value = '') =>
      `${flag} must be at ${than === 'less' ? 'most' : 'least'} ${bound}, not ${value}`,
  ],
  [/^(--\S+): Expected an integer but received: (.*)$/, '$1 must be an integer, not $2'],
  [/^(--\S+): must /, '$1 must '],
  [/^All of the following must be provided when using (--\S+): (--\S+)$/, '$1 needs $2'],
];

/**
 * One line for what oclif says about wrong usage in several, such as `Unknown flag --qualty. Did
 * you mean --quality?`. `flags` are the names that the command knows.
 */
export function usageMessage(message: string, flags: readonly string[]): string {
  const unknown = /^Nonexistent flags?: (.*)$/m.exec(message)?.[1];
  if (unknown !== undefined) return unknownFlags(unknown.split(', '), flags);
  const [, missing] = /^Missing \d+ required args?:\n(.*?)(?:\n\n|\nSee more)/s.exec(message) ?? [];
  return `${missing === undefined ? reworded(message) : missingArguments(missing)}. See --help.`;
}

function unknownFlags(unknown: readonly string[], flags: readonly string[]): string {
  const words = `Unknown ${unknown.length === 1 ? 'flag' : 'flags'} ${unknown.join(', ')}.`;
  const now = unknown.flatMap((flag) => REPLACED.get(flag) ?? []);
  if (now.length === unknown.length) return `${words} Use ${now.join(' and ')}.`;
  const [first = '', ...others] = unknown;
  const near = others.length > 0 ? undefined : nearest(first.replace(/^--/, ''), flags);
  return `${words} ${near ? `Did you mean --${near}?` : 'See --help.'}`;
}

function missingArguments(table: string): string {
  return table
    .split('\n')
    .map((line) => /^ *(\S+) +(.*?)\.?$/.exec(line) ?? [])
    .map(([, name = '', what = '']) => `${name.toUpperCase()} is missing: ${lowerFirst(what)}`)
    .join('; ');
}

function reworded(message: string): string {
  const lines = message
    .replace(/^The following errors? occurred:$/m, '')
    .replace(/^Parsing (--\S+) *\n\s*/gm, '$1: ')
    .replace(/^See more help with --help$/m, '')
    .split('\n')
    .map((line) => line.trim().replace(/ {2,}/, ': '))
    .filter(Boolean)
    .map((line) =>
      REWORDED.reduce((text, [words, ours]) => text.replace(words, ours as string), line),
    );
  return lines.join('; ').replace(/\.$/, '');
}

const orOf = (options: string) => options.replace(/, ([^,]*)$/, ' or $1');

const lowerFirst = (text: string) =>
  text.replace(/^[A-Z](?=[a-z ])/, (first) => first.toLowerCase());
