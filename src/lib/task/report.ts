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
import type { ReceiverAnswer } from '../shown-answer.ts';
import { type Ending, InterruptedError } from '../stop.ts';
import { callbackEnding, msAfterStop } from './callback-ending.ts';
import { callbackTimes } from './callback-times.ts';
import { keepInTime, OUTBOX_RESERVE_MS } from './keeping.ts';
import type { TaskOutcome } from './outcome.ts';
import type { ProcessOptions } from './running-task.ts';
import type { CallbackTarget } from './settings.ts';
import { anyOf, type StopWishes } from './stopping.ts';

/** What a task needs besides its settings. */
export interface TaskRunOptions extends ProcessOptions, StopWishes {}

/**
 * The least time for a callback, however late it is, in milliseconds: the orchestrator waits 10 s
 * longer than a task may take, and a paused machine may have a finished JPEG after its deadline.
 */
const LATE_CALLBACK_MS = 3_000;

/** Reports a failed task. The error must contain no secrets. */
export function reportFailure(
  target: CallbackTarget,
  failure: TaskFailure,
  options: TaskRunOptions,
  way: CallbackTools = { stopping: callbackEnding(target, options) },
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

/** How a callback is sent. */
interface CallbackTools {
  readonly stopping: Ending;
  readonly connection?: Connection;
}

/**
 * Why a callback was not delivered: a stop signal or a deadline (perhaps the one that ended the
 * task), with the last answer.
 */
function givenUp(
  target: CallbackTarget,
  options: TaskRunOptions,
  error: unknown,
  last: unknown,
): unknown {
  const what = `The callback to ${shownUrl(target.callback.url)} was not accepted`;
  const by = { cause: error, answer: answerOf(last) };
  if (error instanceof InterruptedError)
    return new CallbackError(
      `${what} within ${msAfterStop(target, options, error) / 1000} s after ${error.signal}.`,
      by,
    );
  if (error instanceof TimedOutError)
    return new CallbackError(`${what} before the task's deadline.`, by);
  return error;
}

function answerOf(error: unknown): ReceiverAnswer | undefined {
  return error instanceof CallbackError ? error.answer : undefined;
}

/**
 * Calls the orchestrator back with a task's outcome until it is accepted or the time is over
 * (`callbackTimes`). An undelivered callback is kept in log and outbox. Never throws for what
 * happens to a callback.
 */
export async function report(
  target: CallbackTarget,
  payload: CallbackPayload,
  options: TaskRunOptions,
  { stopping, connection }: CallbackTools,
): Promise<TaskOutcome> {
  const { log, patience, sinceStart: now } = options;
  const request = {
    settings: target.callback,
    // Escaped like the log, so that the body in the log is identical to the one sent.
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
  // A stop signal does not end it at once, unlike the stages.
  const deadline = createDeadline(times.endsAt, { now });
  const signal = AbortSignal.any([stopping.signal, deadline.signal]);
  let last: unknown;
  try {
    await deliverCallback(request, {
      policy: patience?.callbackRetry,
      attemptTimeoutMs: patience?.callbackMs,
      signal,
      hurry: anyOf(options),
      // An attempt cut off at the end of a stop may have been accepted: nobody would know.
      msLeft: () => Math.min(deadline.msLeft(), stopping.msLeft()),
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
