import { errorCodeOf, messageOf } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { createTaskLog, type LogFormat, type TaskFailure } from '../log.ts';
import type { Environment } from './environment.ts';
import type { RunOutcome } from './outcome.ts';
import { reportFailure, type TaskRunOptions } from './report.ts';
import { runTask } from './run-task.ts';
import { type CallbackTarget, readTaskSettings, redactorOf } from './settings.ts';
import { unknownVariables } from './unknown-variables.ts';

/** What a task from the environment needs besides the environment. */
export interface RunOptions extends Omit<TaskRunOptions, 'log'> {
  /** Takes the lines of the log. */
  readonly write: (line: string) => void;
}

/**
 * Runs the task that an environment describes (docs/policies.md, "Environment"). If it describes
 * none, logs why, and calls back if it says whom.
 */
export async function runTaskFromEnvironment(
  environment: Environment,
  options: RunOptions,
): Promise<RunOutcome> {
  const read = readTaskSettings(environment);
  const taskOptions = toTaskOptions(environment, read.ok ? read.settings : read, options);
  if (read.ok) return runTask(read.settings, taskOptions);
  return reportUnbegun(read.target, failureFor(environment, read.error), taskOptions);
}

/**
 * Reports that the task of an environment could not begin: to the log, and to the orchestrator if
 * task, batch and callback URL are known.
 */
export async function failTaskFromEnvironment(
  environment: Environment,
  error: unknown,
  options: RunOptions,
): Promise<RunOutcome> {
  const read = readTaskSettings(environment);
  const { target, known } = read.ok
    ? { target: read.settings, known: read.settings }
    : { target: read.target, known: read };
  const taskOptions = toTaskOptions(environment, known, options);
  return reportUnbegun(target, failureFor(environment, error), taskOptions);
}

/** The failure of a task that did not begin, without secrets. */
function failureFor(environment: Environment, error: unknown): TaskFailure {
  const message = redactorOf(environment)(messageOf(error));
  return { code: errorCodeOf(error), stage: 'settings', error: message };
}

async function reportUnbegun(
  target: CallbackTarget | undefined,
  failure: TaskFailure,
  options: TaskRunOptions,
): Promise<RunOutcome> {
  if (target) return reportFailure(target, failure, options);
  options.log({ event: 'task.failed', ...failure });
  return {
    payload: undefined,
    error: { code: failure.code, message: failure.error },
    delivered: false,
    exitCode: exitCodes.failed,
  };
}

/** What a task's log needs to know about it. */
interface TaskOfLog {
  readonly taskId: string | undefined;
  readonly batchId: string | undefined;
  readonly logFormat: LogFormat;
}

/** The options of a task, with its log. Logs a warning for each unknown variable. */
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
