import { type Connection, prepareConnection } from '../callback/connection.ts';
import { deliverCallback } from '../callback/deliver.ts';
import { type CallbackPayload, toErrorText } from '../callback/payload.ts';
import { callbackId } from '../callback/request.ts';
import { createDeadline, TimedOutError } from '../deadline.ts';
import { CallbackError, errorCodeOf, messageOf } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { shownUrl } from '../http-url.ts';
import type { TaskFailure } from '../log.ts';
import { createRedactor, escapeControls } from '../redact.ts';
import { type Ending, endSoonAfter, InterruptedError, orAborted } from '../stop.ts';
import { STORAGE_RETRY } from '../storage/objects.ts';
import { taskDeadlines } from './budget.ts';
import type { ProcessOptions } from './job.ts';
import type { TaskOutbox } from './outbox/task-outbox.ts';
import type { TaskOutcome } from './outcome.ts';
import { processTiff } from './process-tiff.ts';
import type { CallbackTarget, TaskSettings } from './settings.ts';
import { failureOf } from './stages.ts';

/** What a task needs besides its settings. */
export interface TaskOptions extends ProcessOptions {
  /** Ends the task: its reason becomes the error callback. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * How long a callback may take however late it is, in milliseconds: the orchestrator waits 10 s longer
 * than a task is told to take, and a machine that was paused may be past its deadline with a finished
 * JPEG.
 */
const LATE_CALLBACK_MS = 3_000;

/** When after a stop signal a callback is given up, in milliseconds: Fly kills after 5 s. */
const INTERRUPTED_CALLBACK_MS = 3_000;
/** The same where it has to be stored in the outbox within that time, too. */
const INTERRUPTED_CALLBACK_WITH_OUTBOX_MS = 2_000;

/**
 * What is kept of the time for a callback so that it can be stored in the outbox when it is not delivered, in
 * milliseconds: a PUT takes some 50 ms, and after a stop signal both have to be done within Fly's 5 s.
 */
const OUTBOX_RESERVE_MS = 1_500;

/**
 * Runs a whole task: download, convert, upload, callback. Never throws for what can happen to a task:
 * each failure becomes the one error callback. A success that cannot be delivered is not followed by
 * an error (it would turn a finished picture into a lost one); its body goes to the log.
 */
export async function runTask(settings: TaskSettings, options: TaskOptions): Promise<TaskOutcome> {
  const deadlines = taskDeadlines(settings.budget, options.sinceStart, options.signal);
  const stopping = callbackEnding(settings, options);
  const connection = prepareConnection(settings.callback.url);
  const work = processTiff(settings, options, deadlines, connection.open);
  const outcome = await orAborted(work.payload, options.signal).then(
    (success) => report(settings, success, options, { stopping, connection }),
    (error: unknown) =>
      reportFailure(settings, redacted(failureOf(error, work.stage()), settings), options, {
        stopping,
        connection,
      }),
  );
  connection.close();
  await work.cleared;
  return outcome;
}

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

/** Until when after a stop signal the callback of a task is tried. */
function callbackEnding(target: CallbackTarget, options: TaskOptions): Ending {
  return endSoonAfter(options.signal, msAfterStop(target, options));
}

function msAfterStop({ outbox }: CallbackTarget, { patience }: TaskOptions): number {
  if (patience?.lastCallbackMs !== undefined) return patience.lastCallbackMs;
  return outbox ? INTERRUPTED_CALLBACK_WITH_OUTBOX_MS : INTERRUPTED_CALLBACK_MS;
}

/** Why a callback was not delivered: a stop signal or a deadline, which may have ended the task, too, as what it was here. */
function givenUp(target: CallbackTarget, options: TaskOptions, error: unknown): unknown {
  const what = `The callback to ${shownUrl(target.callback.url)} was not taken`;
  const by = { cause: error };
  if (error instanceof InterruptedError)
    return new CallbackError(
      `${what} within ${msAfterStop(target, options) / 1000} s after ${error.signal}.`,
      by,
    );
  if (error instanceof TimedOutError)
    return new CallbackError(`${what} in the time that the task had.`, by);
  return error;
}

function redacted(failure: TaskFailure, { callback, storage }: TaskSettings): TaskFailure {
  const secrets = [callback.secret, storage.accessKeyId, storage.secretAccessKey];
  return { ...failure, error: createRedactor(secrets, [callback.url])(failure.error) };
}

async function report(
  target: CallbackTarget,
  payload: CallbackPayload,
  options: TaskOptions,
  { stopping, connection }: Way,
): Promise<TaskOutcome> {
  const request = {
    settings: target.callback,
    // Escaped as the log is, so that a body in the log is the very body that was sent.
    body: escapeControls(JSON.stringify(payload)),
    id: callbackId(payload),
    userAgent: options.program,
  };
  // Not ended by a stop signal at once, as the stages are: what was begun is brought to its end.
  const lateMs = options.patience?.lastCallbackMs ?? LATE_CALLBACK_MS;
  const endsAt = Math.max(target.budget.timeoutMs, options.sinceStart() + lateMs);
  const reserveMs = target.outbox ? OUTBOX_RESERVE_MS : 0;
  const deadline = createDeadline(endsAt - reserveMs, { now: options.sinceStart });
  try {
    await deliverCallback(request, {
      policy: options.patience?.callbackRetry,
      attemptTimeoutMs: options.patience?.callbackMs,
      signal: AbortSignal.any([stopping.signal, deadline.signal]),
      msLeft: deadline.msLeft,
      connection,
      onRetry: ({ attempt, delayMs, error }) =>
        options.log({
          event: 'retry',
          stage: 'callback',
          attempt,
          delay_ms: delayMs,
          reason: messageOf(error),
        }),
    });
  } catch (error) {
    const failure = givenUp(target, options, error);
    const [reason, code] = [messageOf(failure), errorCodeOf(failure)];
    options.log({ event: 'task.failed', code, stage: 'callback', error: reason });
    options.log({ event: 'callback.undelivered', body: request.body, reason });
    await withOutbox(target, options, endsAt, (outbox) =>
      outbox.keep(request, { payload, reason }),
    );
    return { payload, delivered: false, exitCode: exitCodes.failed };
  } finally {
    stopping.dispose();
  }
  if (payload.status === 'success') {
    const ms = payload.performance?.total_time_ms ?? 0;
    options.log({ event: 'task.succeeded', ms });
  }
  // No later than need be: nobody is waiting for it.
  await withOutbox(target, options, 0, (outbox) => outbox.forget(payload));
  const exitCode = payload.status === 'success' ? exitCodes.ok : exitCodes.failed;
  return { payload, delivered: true, exitCode };
}

/** Uses the outbox, where there is one, until then, but as long as is kept for it. */
async function withOutbox(
  { outbox: settings }: CallbackTarget,
  { log, sinceStart, signal: stop, patience }: TaskOptions,
  endsAt: number,
  work: (outbox: TaskOutbox) => Promise<void>,
): Promise<void> {
  if (!settings) return;
  // Few tasks need it, and none before its first request.
  const { taskOutbox } = await import('./outbox/task-outbox.ts');
  const deadline = createDeadline(Math.max(endsAt, sinceStart() + OUTBOX_RESERVE_MS), {
    now: sinceStart,
  });
  const stopping = endSoonAfter(stop, OUTBOX_RESERVE_MS);
  const signal = AbortSignal.any([stopping.signal, deadline.signal]);
  const policy = patience?.storageRetry ?? STORAGE_RETRY;
  try {
    const request = { signal, policy, patience: patience?.storage };
    await work(taskOutbox(settings, { log, request }));
  } finally {
    stopping.dispose();
  }
}
