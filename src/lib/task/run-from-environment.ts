import { ArkeError, messageOf } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { createTaskLog, type LogFormat, type TaskLog } from '../log.ts';
import { createRedactor, type Redactor } from '../redact.ts';
import type { Environment } from './environment.ts';
import type { RunOutcome } from './outcome.ts';
import { reportFailure, runTask, type TaskOptions } from './run-task.ts';
import { readTaskSettings, secretsOf, urlsOf } from './settings.ts';

/** What a task from the environment needs besides the environment. */
export interface RunOptions extends Omit<TaskOptions, 'log'> {
  /** Takes the lines of the log. */
  readonly write: (line: string) => void;
}

/**
 * Runs the task that an environment describes (contract: "Environment Variables"). An environment
 * that describes none is logged, and called back where it says whom to call.
 */
export async function runTaskFromEnvironment(
  environment: Environment,
  options: RunOptions,
): Promise<RunOutcome> {
  const read = readTaskSettings(environment);
  if (!read.ok) return failTaskFromEnvironment(environment, read.error, options);
  const { taskId, logFormat } = read.settings;
  return runTask(read.settings, toTaskOptions(environment, taskId, logFormat, options));
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
  const taskId = known.taskId ?? 'no TASK_ID';
  const taskOptions = toTaskOptions(environment, taskId, known.logFormat, options);
  const message = redactorOf(environment)(messageOf(error));
  if (known.target) return reportFailure(known.target, message, taskOptions);
  taskOptions.log({ event: 'task.failed', error: message });
  const code = error instanceof ArkeError ? error.code : 'UNEXPECTED';
  return {
    payload: undefined,
    error: { code, message },
    delivered: false,
    exitCode: exitCodes.failed,
  };
}

function toTaskOptions(
  environment: Environment,
  taskId: string,
  format: LogFormat,
  { write, ...rest }: RunOptions,
): TaskOptions {
  const log: TaskLog = createTaskLog({ taskId, format, redact: redactorOf(environment), write });
  return { ...rest, log };
}

function redactorOf(environment: Environment): Redactor {
  return createRedactor(secretsOf(environment), urlsOf(environment));
}
