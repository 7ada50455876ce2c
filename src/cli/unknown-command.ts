import { type Interfaces, toConfiguredId } from '@oclif/core';
import { ArkeError } from '../lib/errors.ts';
import { stat } from '../lib/files.ts';
import { typedPath } from '../lib/quote.ts';
import { TOPICS } from './help/topics.ts';
import { nearest } from './nearest.ts';

/** What is typed for a command and is none, or is none any more, with what it is now. */
const REPLACED = new Map([
  ['autocomplete', 'completion'],
  ['version', '--version'],
]);

/**
 * The error for an unknown command, or a subcommand that is mistyped: it says what was probably
 * meant, and starts nothing. Undefined for a known one.
 */
export async function unknownCommand(
  [first = '', second = '']: readonly string[],
  config: Interfaces.Config,
): Promise<ArkeError | undefined> {
  if (!config.findCommand(first)) return new ArkeError('USAGE', await whatWasMeant(first, config));
  const parts = partsOf(first, config);
  const isNamed = second.startsWith('-') || parts.includes(second);
  const near = isNamed ? undefined : nearest(second, parts);
  if (near === undefined) return undefined;
  const typed = `${first} ${second}`;
  return new ArkeError('USAGE', `${typed} is not a command. Did you mean ${first} ${near}?`);
}

async function whatWasMeant(word: string, config: Interfaces.Config): Promise<string> {
  const { bin } = config;
  const found = await stat(word).catch(() => undefined);
  if (found?.isDirectory())
    return `${word} is a folder. To convert the TIFFs in it: ${bin} convert ${typedPath(word)}`;
  if (found) return `${word} is a file. To convert it: ${bin} convert ${typedPath(word)}`;
  if (/\.tiff?$/i.test(word)) return `${word} is not a command, and there is no such file.`;
  const near = REPLACED.get(word) ?? nearest(word, commandNames(config));
  return `${word} is not an ${bin} command. ${near ? `Did you mean ${near}?` : `See ${bin} --help.`}`;
}

/** The error for help about something unknown. */
export function unknownSubject(subject: string, config: Interfaces.Config): ArkeError {
  const near = nearest(subject, [...commandNames(config), ...TOPICS.keys()]);
  const next = near ? `Did you mean ${config.bin} help ${near}?` : `See ${config.bin} --help.`;
  return new ArkeError('USAGE', `There is no help for ${subject}. ${next}`);
}

/** Whether a word that follows a command with parts is neither one of them nor a flag. */
export function isUnknownPart(command: string, word: string, config: Interfaces.Config): boolean {
  const parts = partsOf(command, config);
  return parts.length > 0 && !parts.includes(word) && !word.startsWith('-');
}

/** The parts of a command, such as `pending` of `callback`. */
function partsOf(command: string, config: Interfaces.Config): string[] {
  const beginning = `${command} `;
  const names = commandNames(config).filter((name) => name.startsWith(beginning));
  return names.map((name) => name.slice(beginning.length));
}

/** The commands as they are typed, such as `callback pending`. */
function commandNames(config: Interfaces.Config): string[] {
  const shown = config.commands.filter(({ hidden }) => !hidden);
  return shown.map(({ id }) => toConfiguredId(id, config));
}
