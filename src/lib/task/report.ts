import type { Connection } from '../callback/connection.ts';
import { deliverCallback } from '../callback/deliver.ts';
import { type CallbackPayload, toErrorText } from '../callback/payload.ts';
import { callbackId } from '../callback/request.ts';
import { createDeadline, TimedOutError } from '../deadline.ts';
import { CallbackError, errorCodeOf, messageOf } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { shownUrl } from '../http-url.ts';
import type { TaskFailure } from '../log.ts';
import { escapeControls } from '../redact.ts';
import type { Answer } from '../shown-answer.ts';
import { type Ending, InterruptedError } from '../stop.ts';
import { callbackEnding, msAfterStop } from './callback-ending.ts';
import { callbackTimes } from './callback-times.ts';
import type { ProcessOptions } from './job.ts';
import { keepInTime, OUTBOX_RESERVE_MS } from './keeping.ts';
import type { TaskOutcome } from './outcome.ts';
import type { CallbackTarget } from './settings.ts';
import { anyOf, type StopWishes } from './stopping.ts';

/** What a task needs besides its settings. */
export interface TaskOptions extends ProcessOptions, StopWishes {}

/**
 * How long a callback may take however late it is, in milliseconds: the orchestrator waits 10 s longer
 * than a task is told to take, and a machine that was paused may be past its deadline with a finished
 * JPEG.
 */
const LATE_CALLBACK_MS = 3_000;

/** Reports a task that failed, before or after it could begin. The error must hold no secrets. */
export function reportFailure(
  target: CallbackTarget,
  failure: TaskFailure,
  options: TaskOptions,
  way: Way = { stopping: callbackEnding(target, options) },
): Promise<TaskOutcome> {
  const payload: CallbackPayload = {
    task_id: target.taskId,
    batch_id: target.batchId,
    status: 'error',
    error: toErrorText(failure.error),
  };
  options.log({ event: 'task.failed', ...failure, error: payload.error });
  return report(target, payload, options, way);
}

/** What a callback is sent by. */
interface Way {
  readonly stopping: Ending;
  readonly connection?: Connection;
}

/**
 * Why a callback was not delivered: a stop signal or a deadline, which may have ended the task, too, as what it was here; with
 * what was last answered.
 */
function givenUp(
  target: CallbackTarget,
  options: TaskOptions,
  error: unknown,
  last: unknown,
): unknown {
  const what = `The callback to ${shownUrl(target.callback.url)} was not taken`;
  const by = { cause: error, answer: answerOf(last) };
  if (error instanceof InterruptedError)
    return new CallbackError(
      `${what} within ${msAfterStop(target, options, error) / 1000} s after ${error.signal}.`,
      by,
    );
  if (error instanceof TimedOutError)
    return new CallbackError(`${what} in the time that the task had.`, by);
  return error;
}

function answerOf(error: unknown): Answer | undefined {
  return error instanceof CallbackError ? error.answer : undefined;
}

/**
 * Calls the orchestrator back with how a task ended, until it is taken or the time is over (`callbackTimes`). What is not
 * taken is kept in the log and in the outbox. Never throws for what can happen to a callback.
 */
export async function report(
  target: CallbackTarget,
  payload: CallbackPayload,
  options: TaskOptions,
  { stopping, connection }: Way,
): Promise<TaskOutcome> {
  const { log, patience, sinceStart: now } = options;
  const request = {
    settings: target.callback,
    // Escaped as the log is, so that a body in the log is the very body that was sent.
    body: escapeControls(JSON.stringify(payload)),
    id: callbackId(payload),
    userAgent: options.program,
  };
  const times = callbackTimes({
    budget: target.budget,
    status: payload.status,
    now: now(),
    lateMs: patience?.lastCallbackMs ?? LATE_CALLBACK_MS,
    outboxMs: target.outbox ? OUTBOX_RESERVE_MS : 0,
  });
  const keeping = keepInTime(target, { request, payload }, options, times);
  // Not ended by a stop signal at once, as the stages are: what was begun is brought to its end.
  const deadline = createDeadline(times.endsAt, { now });
  const signal = AbortSignal.any([stopping.signal, deadline.signal]);
  let last: unknown;
  try {
    await deliverCallback(request, {
      policy: patience?.callbackRetry,
      attemptTimeoutMs: patience?.callbackMs,
      signal,
      hurry: anyOf(options),
      msLeft: deadline.msLeft,
      connection,
      mayRepeat: () => keeping.refuseIfLost(signal),
      onLost: keeping.answerLost,
      onRetry: ({ attempt, delayMs, error }) => {
        last = error;
        keeping.failed(error);
        const [reason, answer] = [messageOf(error), answerOf(error)];
        log({ event: 'retry', stage: 'callback', attempt, delay_ms: delayMs, reason, answer });
      },
    });
  } catch (error) {
    const failure = givenUp(target, options, error, last);
    const [code, reason, answer] = [errorCodeOf(failure), messageOf(failure), answerOf(failure)];
    log({ event: 'task.failed', code, stage: 'callback', error: reason, answer });
    await keeping.notTaken(failure);
    return { payload, delivered: false, exitCode: exitCodes.failed };
  } finally {
    stopping.dispose();
  }
  if (payload.status === 'success') {
    const ms = payload.performance?.total_time_ms ?? 0;
    log({ event: 'task.succeeded', ms });
  }
  await keeping.taken();
  const exitCode = payload.status === 'success' ? exitCodes.ok : exitCodes.failed;
  return { payload, delivered: true, exitCode };
}
