import { exitCodes } from '../exit-codes.ts';
import { createTaskLog } from '../log.ts';
import { createRedactor } from '../redact.ts';
import type { Environment } from './environment.ts';
import { reportFailure, runTask, type TaskOptions, type TaskOutcome } from './run-task.ts';
import { readTaskSettings, secretsOf } from './settings.ts';

/** What a task from the environment needs besides the environment. */
export interface RunOptions extends Omit<TaskOptions, 'log'> {
  /** Takes the lines of the log. */
  readonly write: (line: string) => void;
}

/** How a task from the environment ended; without a payload when nobody could be told. */
export type RunOutcome =
  | TaskOutcome
  | (Omit<TaskOutcome, 'payload'> & { readonly payload: undefined; readonly error: string });

/**
 * Runs the task that an environment describes (contract: "Environment Variables"). An environment
 * that describes none is logged, and called back where it says whom to call.
 */
export async function runTaskFromEnvironment(
  environment: Environment,
  options: RunOptions,
): Promise<RunOutcome> {
  const read = readTaskSettings(environment);
  const redact = createRedactor(secretsOf(environment));
  const { write, ...rest } = options;
  const taskId = read.ok ? read.settings.taskId : (read.taskId ?? 'no TASK_ID');
  const format = read.ok ? read.settings.logFormat : read.logFormat;
  const taskOptions = { ...rest, log: createTaskLog({ taskId, format, redact, write }) };
  if (read.ok) return runTask(read.settings, taskOptions);
  if (read.target) return reportFailure(read.target, read.error, taskOptions);
  const error = redact(read.error.message);
  taskOptions.log({ event: 'task.failed', error });
  return { payload: undefined, error, delivered: false, exitCode: exitCodes.failed };
}
