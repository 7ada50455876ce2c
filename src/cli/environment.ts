import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { SettingsError } from '../lib/errors.ts';
import { nativePath } from '../lib/path-bytes.ts';
import { type Environment, knownVariables } from '../lib/task/environment.ts';
import { whyUnreadable } from '../lib/unreadable-file.ts';

/**
 * The process's environment. The only place that looks at it: everything else is handed its values.
 */
export function processEnvironment(): Environment {
  return process.env;
}

/**
 * Makes `--no-color` and NO_COLOR hold for every library that colours: not all of them know both,
 * but all know FORCE_COLOR. To be called before one is loaded.
 */
export function applyColourChoice(argv: readonly string[]): void {
  if (!process.env['NO_COLOR'] && !flagsOf(argv).includes('--no-color')) return;
  process.env['FORCE_COLOR'] = '0';
  // Node warns of the one when the other is set, too.
  delete process.env['NO_COLOR'];
}

/**
 * Adds the variables of the file named by `--env-file` to the environment, before flags are parsed.
 * What is set already stays: the precedence is flag, environment, file, default. A blank variable
 * counts as not set: it shadows neither the file nor a default. Throws `SettingsError` when the
 * file cannot be read.
 */
export function applyEnvFile(argv: readonly string[]): void {
  dropBlanks();
  const path = envFileOf(argv);
  if (path === undefined) return;
  for (const [name, value] of Object.entries(parseEnv(readEnvFile(path))))
    process.env[name] ??= value;
  dropBlanks();
}

/** Not by `process.loadEnvFile`, which calls everything that it cannot read "not found". */
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

/** Only of ours: to other programs' variables a blank value may mean something. */
function dropBlanks(): void {
  for (const name of knownVariables) if (process.env[name]?.trim() === '') delete process.env[name];
}

function envFileOf(argv: readonly string[]): string | undefined {
  const flags = flagsOf(argv);
  const at = flags.findLastIndex((arg) => arg === '--env-file' || arg.startsWith('--env-file='));
  if (at === -1) return undefined;
  return flags[at] === '--env-file' ? flags[at + 1] : flags[at]?.slice('--env-file='.length);
}

/** The arguments that may be flags: those before `--`. */
export function flagsOf(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? argv : argv.slice(0, end);
}
