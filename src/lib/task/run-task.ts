/*
 * Task: one TIFF in R2 becomes a JPEG beside it, and the orchestrator gets one callback. The room
 * is the worker behind `arke-tiff run`; everything it does must end before the task's deadline.
 *
 * Terms. A *stage* is download, convert, upload or callback; errors name it. The *outcome* is the
 * success or the error that is called back. An object is *ours* if its metadata name this TIFF as
 * their source, *current* if the TIFF's ETag, the settings and the versions agree too, and
 * otherwise *foreign*. A *workspace* is the private temporary folder.
 *
 * How data passes:
 *
 *   run-from-environment   reads all settings and reports every problem in one message
 *   run-task               processes the TIFF, then reports exactly one outcome
 *   process-tiff           the stages, timed; skips them if the JPEGs are current
 *   outputs/bucket         chooses a key for each page: free, ours or the next candidate
 *   page-stages            makes the missing pages, several at once if there is room; uploads the
 *                          first one last
 *   report                 delivers the callback; what is not delivered goes to log and outbox
 *
 * Outputs. `image.tif` becomes `image.jpg`, or `image.tif.jpg` if the first is foreign. An outdated
 * JPEG of ours is replaced if it has not changed since it was looked at. Metadata without a page
 * mean page 1. `arke-first-page` tells `first` from `1`, if that is another page, and
 * `arke-page-count` tells a later run, before it reads the TIFF, which pages to look for.
 *
 * Time. One deadline counts from the start of the process. Each stage ends early enough for the
 * ones after it (`budget.ts`). A stop signal moves all deadlines forward to what Fly leaves
 * (`stopping.ts`); a second one, or an uncaught error, ends the work at once. Once a callback is
 * being delivered, signals only shorten it (`callback-ending.ts`). Only a success may continue
 * after the deadline (`callback-times.ts`).
 *
 * Must never happen: two different outcomes of one run; an error after a success; a callback before
 * the JPEG is complete in R2; a foreign object or a TIFF overwritten; a secret in log or callback.
 */
import { prepareConnection } from '../callback/connection.ts';
import type { TaskFailure } from '../log.ts';
import { createRedactor } from '../redact.ts';
import { orAborted } from '../stop.ts';
import { callbackEnding } from './callback-ending.ts';
import type { TaskOutcome } from './outcome.ts';
import { processTiff } from './process-tiff.ts';
import { report, reportFailure, type TaskRunOptions } from './report.ts';
import type { TaskSettings } from './settings.ts';
import { taskFailureOf } from './stages.ts';
import { openStopping } from './stopping.ts';

/**
 * Runs a whole task: download, convert, upload, callback. Never throws for what happens to a task:
 * each failure becomes the one error callback. A success that cannot be delivered is not followed
 * by an error, which would lose the picture; its body goes to the log.
 */
export async function runTask(
  settings: TaskSettings,
  options: TaskRunOptions,
): Promise<TaskOutcome> {
  const stopping = openStopping(options, options.patience?.stop);
  const ending = callbackEnding(settings, options);
  const connection = prepareConnection(settings.callback.url);
  const work = processTiff(settings, options, stopping, connection.open);
  const { signal } = stopping.deadline(stopping.times.workedMs);
  const way = { stopping: ending, connection };
  const outcome = await orAborted(work.payload, signal).then(
    (success) => report(settings, success, options, way),
    (error: unknown) =>
      reportFailure(settings, redacted(taskFailureOf(error, work.stage()), settings), options, way),
  );
  connection.close();
  await work.cleared;
  return outcome;
}

function redacted(failure: TaskFailure, { callback, storage }: TaskSettings): TaskFailure {
  const secrets = [callback.secret, storage.accessKeyId, storage.secretAccessKey];
  return { ...failure, error: createRedactor(secrets, [callback.url])(failure.error) };
}
