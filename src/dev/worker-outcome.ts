import type { TaskSummary } from './api.ts';

/** The outcome of a task, from a body or a log. */
export type ReportedOutcome = Pick<TaskSummary, 'output_key' | 'jpeg_bytes' | 'error'>;

/** The outcome in a callback; undefined if it does not follow the contract. */
export function outcomeOfBody(body: string): ReportedOutcome | undefined {
  let fields: Readonly<Record<string, unknown>>;
  try {
    fields = JSON.parse(body) ?? {};
  } catch {
    return undefined;
  }
  const { status, output_r2_key, output_file_size, error } = fields;
  if (status === 'error')
    return { output_key: null, jpeg_bytes: null, error: typeof error === 'string' ? error : '' };
  if (status !== 'success') return undefined;
  return {
    output_key: typeof output_r2_key === 'string' ? output_r2_key : null,
    jpeg_bytes: typeof output_file_size === 'number' ? output_file_size : null,
    error: null,
  };
}

/**
 * The outcome in a worker's log: the undelivered payload, and its last error. A task with its JPEG
 * in R2 and a callback that was not accepted has both an output and an error.
 */
export function outcomeOfLog(lines: readonly string[]): ReportedOutcome | undefined {
  const undelivered = lines.findLast((line) => line.startsWith('{"task_id":'));
  const error = lines
    .map((line) => /^\[[^\]]*\] ✗ Error: (.*)$/.exec(line)?.[1])
    .findLast((text) => text !== undefined);
  const told = undelivered === undefined ? undefined : outcomeOfBody(undelivered);
  if (told === undefined && error === undefined) return undefined;
  const { output_key = null, jpeg_bytes = null } = told ?? {};
  return { output_key, jpeg_bytes, error: error ?? told?.error ?? null };
}
