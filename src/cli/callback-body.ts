import { Flags } from '@oclif/core';
import { SettingsError } from '../lib/errors.ts';
import { fileNameOf } from '../lib/storage/keys.ts';

/** What a callback's body is built from. */
export const callbackFlags = {
  'task-id': Flags.string({ summary: 'Task of the callback.', env: 'TASK_ID', helpGroup: 'BODY' }),
  'batch-id': Flags.string({
    summary: 'Batch of the callback.',
    env: 'BATCH_ID',
    helpGroup: 'BODY',
  }),
  'output-key': Flags.string({
    summary: 'Report a success: the key of the JPEG.',
    helpGroup: 'BODY',
    exclusive: ['error'],
  }),
  'output-size': Flags.integer({
    summary: 'Report a success: the size of the JPEG in bytes.',
    min: 1,
    helpGroup: 'BODY',
    dependsOn: ['output-key'],
  }),
  error: Flags.string({ summary: 'Report a failure: what happened.', helpGroup: 'BODY' }),
};

/** The flags of `callbackFlags`, parsed. */
interface ParsedCallbackFlags {
  readonly 'task-id'?: string | undefined;
  readonly 'batch-id'?: string | undefined;
  readonly 'output-key'?: string | undefined;
  readonly 'output-size'?: number | undefined;
  readonly error?: string | undefined;
}

/** The body that the flags describe. Throws `SettingsError` naming all that is missing. */
export function callbackBodyOf(flags: ParsedCallbackFlags): string {
  const missing = (['task-id', 'batch-id'] as const).filter((name) => !flags[name]);
  const problems = missing.map((name) => `--${name} is missing`);
  const success = flags['output-key'] !== undefined;
  if (!success && flags.error === undefined)
    problems.push('one of --output-key, --error and --data is missing');
  if (success && flags['output-size'] === undefined) problems.push('--output-size is missing');
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
