import { TimedOutError } from '../deadline.ts';
import { ConversionError, errorCodeOf, messageOf, TaskError } from '../errors.ts';
import type { TaskFailure, WorkStage } from '../log.ts';
import type { RunningTask } from './running-task.ts';

/** How the beginning of an error names the stage (docs/contract.md, "Error scenarios"). */
const failures = {
  download: 'Failed to download TIFF',
  convert: 'Failed to convert TIFF',
  upload: 'Failed to upload JPEG',
} as const satisfies Record<WorkStage, string>;

/** What a stage was doing when its time was up. */
const doings = {
  download: 'downloading the TIFF',
  convert: 'converting the TIFF',
  upload: 'uploading the JPEG',
} as const satisfies Record<WorkStage, string>;

/** Why a task failed, for its log: the error's own stage, or the current one. */
export function taskFailureOf(error: unknown, underWay: WorkStage): TaskFailure {
  const stage = error instanceof TaskError ? error.stage : underWay;
  return { code: errorCodeOf(error), stage, error: messageOf(error) };
}

/** Assigns an error to a stage other than the one in which it occurred. */
export class StageError extends Error {
  readonly stage: WorkStage;

  constructor(stage: WorkStage, cause: unknown) {
    super(messageOf(cause), { cause });
    this.stage = stage;
  }
}

/**
 * Runs a stage within its deadline, measures it in whole milliseconds, and rewords its errors for
 * the callback (`TaskError`). A stop signal's reason is thrown unchanged.
 */
export async function runStage<T>(
  { options: { sinceStart }, deadlines, onStage }: RunningTask,
  stage: WorkStage,
  work: () => Promise<T>,
): Promise<{ result: T; ms: number }> {
  const { signal } = stage === 'upload' ? deadlines.upload : deadlines.conversion;
  const start = sinceStart();
  onStage(stage);
  try {
    const result = await work();
    return { result, ms: Math.round(sinceStart() - start) };
  } catch (error) {
    if (!signal.aborted) throw failed(error, stage);
    const { reason } = signal;
    throw reason instanceof TimedOutError ? late(reason, stage) : reason;
  }
}

function failed(error: unknown, stage: WorkStage): TaskError {
  if (error instanceof StageError) return failed(error.cause, error.stage);
  const options = { cause: error };
  // Its message already says what happened to which file.
  if (error instanceof ConversionError && error.code === 'OUT_OF_MEMORY')
    return new TaskError(stage, error.message, options);
  return new TaskError(stage, `${failures[stage]}: ${messageOf(error)}`, options);
}

function late(reason: TimedOutError, stage: WorkStage): TaskError {
  return new TaskError(
    stage,
    `${reason.message} while ${doings[stage]}: the rest of the task's time is reserved for the steps that follow. ` +
      'The log shows what was slow; raise TASK_TIMEOUT_MS for more time.',
    { cause: reason },
  );
}
