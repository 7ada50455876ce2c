import { readPayload } from '../../lib/callback/payload.ts';
import { SettingsError } from '../../lib/errors.ts';
import { readFile } from '../../lib/files.ts';
import { fileNameOf, lengthProblem } from '../../lib/keys.ts';
import { unreadableFile } from '../../lib/unreadable-file.ts';
import { decodeText, readStdinBytes, STANDARD_STREAM } from '../standard-streams.ts';
import type { BodyFlags } from './flags.ts';

/** The body described by flags. Throws `SettingsError` that names all missing ones. */
export function bodyOfFlags(flags: BodyFlags): string {
  const missing = (['task-id', 'batch-id'] as const).filter((name) => !flags[name]);
  const problems = missing.map((name) => `--${name} is missing`);
  const success = flags['output-key'] !== undefined;
  if (!success && flags.error === undefined)
    problems.push('one of --output-key, --error and --data is missing');
  if (success && flags['output-size'] === undefined) problems.push('--output-size is missing');
  for (const name of ['task-id', 'batch-id', 'output-key', 'error'] as const)
    if (flags[name]?.isWellFormed() === false) problems.push(`--${name} is not UTF-8`);
  for (const name of ['task-id', 'batch-id', 'output-key'] as const) {
    const problem = lengthProblem(flags[name] ?? '');
    if (problem) problems.push(`--${name} ${problem}`);
  }
  if (problems.length > 0) throw new SettingsError(problems);
  const task = { task_id: flags['task-id'], batch_id: flags['batch-id'] };
  if (!success) return JSON.stringify({ ...task, status: 'error', error: flags.error });
  return JSON.stringify({
    ...task,
    status: 'success',
    output_r2_key: flags['output-key'],
    output_file_name: fileNameOf(flags['output-key'] ?? ''),
    output_file_size: flags['output-size'],
  });
}

/** The bytes of a file, or of stdin for `-`. Throws `FileError`. */
async function readBytes(path: string, signal: AbortSignal): Promise<Buffer> {
  if (path === STANDARD_STREAM) return readStdinBytes(signal);
  return readFile(path).catch((error: unknown) => {
    throw unreadableFile(`"${path}"`, error);
  });
}

/** A file as text, or stdin for `-`. Throws `FileError`, and `SettingsError` if it is not UTF-8. */
export async function readText(path: string, signal: AbortSignal): Promise<string> {
  return decodeText(await readBytes(path, signal));
}

/** A log as text; invalid UTF-8 is accepted. Throws `FileError`. */
export async function readLog(path: string, signal: AbortSignal): Promise<string> {
  return (await readBytes(path, signal)).toString();
}

/** A body that is sent as it is. Throws as `readText`. */
export async function readData(path: string, signal: AbortSignal): Promise<string> {
  const text = await readText(path, signal);
  return path === STANDARD_STREAM ? text.replace(/\r?\n$/, '') : text;
}

/** Throws `SettingsError` if a body does not match the contract. */
export function refuseInvalid(body: string): void {
  const payload = readPayload(body);
  if (typeof payload === 'string')
    throw new SettingsError([`${payload} (--no-validate sends it anyway)`]);
}
