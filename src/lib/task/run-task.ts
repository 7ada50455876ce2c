import { prepareConnection } from '../callback/connection.ts';
import type { TaskFailure } from '../log.ts';
import { createRedactor } from '../redact.ts';
import { orAborted } from '../stop.ts';
import { callbackEnding } from './callback-ending.ts';
import type { TaskOutcome } from './outcome.ts';
import { processTiff } from './process-tiff.ts';
import { report, reportFailure, type TaskOptions } from './report.ts';
import type { TaskSettings } from './settings.ts';
import { failureOf } from './stages.ts';
import { openStopping } from './stopping.ts';

/**
 * Runs a whole task: download, convert, upload, callback. Never throws for what can happen to a task:
 * each failure becomes the one error callback. A success that cannot be delivered is not followed by
 * an error (it would turn a finished picture into a lost one); its body goes to the log.
 */
export async function runTask(settings: TaskSettings, options: TaskOptions): Promise<TaskOutcome> {
  const stopping = openStopping(options, options.patience?.stop);
  const ending = callbackEnding(settings, options);
  const connection = prepareConnection(settings.callback.url);
  const work = processTiff(settings, options, stopping, connection.open);
  const { signal } = stopping.deadline(stopping.times.workedMs);
  const way = { stopping: ending, connection };
  const outcome = await orAborted(work.payload, signal).then(
    (success) => report(settings, success, options, way),
    (error: unknown) =>
      reportFailure(settings, redacted(failureOf(error, work.stage()), settings), options, way),
  );
  connection.close();
  await work.cleared;
  return outcome;
}

function redacted(failure: TaskFailure, { callback, storage }: TaskSettings): TaskFailure {
  const secrets = [callback.secret, storage.accessKeyId, storage.secretAccessKey];
  return { ...failure, error: createRedactor(secrets, [callback.url])(failure.error) };
}
