import { errorCodeOf, messageOf } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { createTaskLog, type LogFormat } from '../log.ts';
import type { Environment } from './environment.ts';
import type { RunOutcome } from './outcome.ts';
import { reportFailure, type TaskRunOptions } from './report.ts';
import { runTask } from './run-task.ts';
import { readTaskSettings, redactorOf } from './settings.ts';
import { unknownVariables } from './unknown-variables.ts';

/** What a task from the environment needs besides the environment. */
export interface RunOptions extends Omit<TaskRunOptions, 'log'> {
  /** Takes the lines of the log. */
  readonly write: (line: string) => void;
}

/**
 * Runs the task that an environment describes (docs/policies.md, "Environment"). An environment
 * that describes none is logged, and called back where it says whom to call.
 */
export async function runTaskFromEnvironment(
  environment: Environment,
  options: RunOptions,
): Promise<RunOutcome> {
  const read = readTaskSettings(environment);
  if (!read.ok) return failTaskFromEnvironment(environment, read.error, options);
  return runTask(read.settings, toTaskOptions(environment, read.settings, options));
}

/**
 * Reports that the task of an environment could not even begin: to the log, and to the orchestrator
 * where task, batch and callback URL are known.
 */
export async function failTaskFromEnvironment(
  environment: Environment,
  error: unknown,
  options: RunOptions,
): Promise<RunOutcome> {
  const read = readTaskSettings(environment);
  const known = read.ok ? { ...read.settings, target: read.settings } : read;
  const taskOptions = toTaskOptions(environment, known, options);
  const message = redactorOf(environment)(messageOf(error));
  const code = errorCodeOf(error);
  const failure = { code, stage: 'settings', error: message } as const;
  if (known.target) return reportFailure(known.target, failure, taskOptions);
  taskOptions.log({ event: 'task.failed', ...failure });
  return {
    payload: undefined,
    error: { code, message },
    delivered: false,
    exitCode: exitCodes.failed,
  };
}

/** What the log of a task is told of it. */
interface TaskOfLog {
  readonly taskId: string | undefined;
  readonly batchId: string | undefined;
  readonly logFormat: LogFormat;
}

/** The options of a task, with its log, in which unknown variables are warned about. */
function toTaskOptions(
  environment: Environment,
  { taskId, batchId, logFormat }: TaskOfLog,
  { write, ...rest }: RunOptions,
): TaskRunOptions {
  const log = createTaskLog({
    taskId: taskId ?? 'no TASK_ID',
    batchId: batchId ?? 'no BATCH_ID',
    format: logFormat,
    redact: redactorOf(environment),
    write,
  });
  for (const message of unknownVariables(environment))
    log({ event: 'warning', code: 'UNKNOWN_VARIABLE', message });
  return { ...rest, log };
}
