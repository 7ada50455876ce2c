import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { SettingsError } from '../lib/errors.ts';
import { nativePath } from '../lib/path-bytes.ts';
import { type Environment, knownVariables } from '../lib/task/environment.ts';
import { whyUnreadable } from '../lib/unreadable-file.ts';

/**
 * The process's environment. Only this file reads it; everything else gets values passed in.
 */
export function processEnvironment(): Environment {
  return process.env;
}

/** Whether lines on a stream can be drawn again; `TERM=dumb` is a terminal that cannot. */
export function canRedraw({ isTTY }: { readonly isTTY?: boolean }): boolean {
  return isTTY === true && process.env['TERM'] !== 'dumb';
}

/**
 * Applies `--no-color` and NO_COLOR to all libraries: not all of them know both, but all know
 * FORCE_COLOR. Must be called before one is loaded.
 */
export function applyColourChoice(argv: readonly string[]): void {
  if (!process.env['NO_COLOR'] && !flagsOf(argv).includes('--no-color')) return;
  process.env['FORCE_COLOR'] = '0';
  // Node warns if both are set.
  delete process.env['NO_COLOR'];
}

/**
 * Adds the variables of the file named by `--env-file` to the environment, before flags are parsed.
 * The precedence is flag, environment, file, default. A blank variable counts as not set. Throws
 * `SettingsError` if the file cannot be read.
 */
export function applyEnvFile(argv: readonly string[]): void {
  dropBlanks();
  const path = envFileOf(argv);
  if (path === undefined) return;
  for (const [name, value] of Object.entries(parseEnv(readEnvFile(path))))
    process.env[name] ??= value;
  dropBlanks();
}

/** `process.loadEnvFile` would report every error as "not found". */
function readEnvFile(path: string): string {
  try {
    return readFileSync(nativePath(path), 'utf8');
  } catch (error) {
    const why = whyUnreadable(error).replace(/\.$/, '');
    throw new SettingsError([`cannot read --env-file ${path}: ${why}`], {
      cause: error,
    });
  }
}

/** Only our variables: for those of other programs, a blank value may have a meaning. */
function dropBlanks(): void {
  for (const name of knownVariables) if (process.env[name]?.trim() === '') delete process.env[name];
}

function envFileOf(argv: readonly string[]): string | undefined {
  const flags = flagsOf(argv);
  const at = flags.findLastIndex((arg) => arg === '--env-file' || arg.startsWith('--env-file='));
  if (at === -1) return undefined;
  return flags[at] === '--env-file' ? flags[at + 1] : flags[at]?.slice('--env-file='.length);
}

/** The letters of flags without a value; in other groups, what follows a letter is its value. */
const LETTERS = '[fnqrv]*';

/** Whether the arguments contain a flag without a value: its name, or its letter among others. */
export function hasFlag(argv: readonly string[], name: string, letter: string): boolean {
  const isLetter = new RegExp(`^-${LETTERS}${letter}${LETTERS}$`);
  return flagsOf(argv).some((arg) => arg === `--${name}` || isLetter.test(arg));
}

/** The arguments that may be flags: those before `--`. */
export function flagsOf(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? argv : argv.slice(0, end);
}
