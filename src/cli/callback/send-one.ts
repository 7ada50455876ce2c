import { addressOfTask, isForAllTasks } from '../../lib/callback/address.ts';
import { type CallbackPayload, readPayload } from '../../lib/callback/payload.ts';
import { idOfBody } from '../../lib/callback/request.ts';
import { messageOf, SettingsError, StorageError } from '../../lib/errors.ts';
import { headObject } from '../../lib/storage/objects.ts';
import { successFor, taskOfJpeg } from '../../lib/task/jpeg-of-task.ts';
import { obsoleteBy, putMark, removeEntries } from '../../lib/task/outbox/outbox.ts';
import { NO_TASK } from '../../lib/task/provenance.ts';
import { readCallbackSettings } from '../../lib/task/settings.ts';
import { withSettingNames } from '../setting-names.ts';
import { bodyOfFlags, readData, refuseInvalid } from './body.ts';
import { NotSentError, outboxOf, refuseKnown } from './known.ts';
import { sendRequest } from './send-request.ts';
import {
  type CallbackResult,
  type CallbackSession,
  isAddressOfAnother,
  requestFor,
  urlFlag,
} from './session.ts';
import { showInsteadOfSending } from './show-request.ts';

/** Sends the one callback that flags, a file or a JPEG in R2 describe. Throws what speaks against it. */
export async function sendOne(session: CallbackSession): Promise<CallbackResult> {
  const { flags } = session;
  const body = await bodyFor(session);
  if (flags.validate) refuseInvalid(body);
  const request = requestFor(session, urlFor(session, body), { body, id: idOfBody(body) });
  if (flags['dry-run']) return { ok: true, document: showInsteadOfSending(request, session) };
  const payload = readPayload(body);
  if (typeof payload !== 'string') await refuseKnown(payload, session);
  const { delivered, document } = await sendRequest(request, session, { alone: true });
  if (delivered) await recordDelivery(body, session);
  return { ok: delivered, document };
}

function bodyFor(session: CallbackSession): Promise<string> | string {
  const { flags, signal } = session;
  if (flags.data !== undefined) return readData(flags.data, signal);
  if (flags['from-r2'] !== undefined) return bodyOfJpeg(flags['from-r2'], session);
  return bodyOfFlags(flags);
}

/**
 * The address for a body. Throws `SettingsError` when it is none, or needs a task that the body does not name, and
 * `NotSentError` when it is another task's.
 */
export function urlFor(session: CallbackSession, body: string): string {
  const { url } = session.flags;
  const payload = readPayload(body);
  if (typeof payload !== 'string') refuseOtherAddress(payload, session);
  const needsTask = url !== undefined && isForAllTasks(url);
  if (needsTask && typeof payload === 'string')
    throw new SettingsError([`--url has places for task and batch, and ${payload}`]);
  const address = needsTask && typeof payload !== 'string' ? addressOfTask(url, payload) : url;
  return withSettingNames(urlFlag({ url }), () => readCallbackSettings({ CALLBACK_URL: address }))
    .url;
}

function refuseOtherAddress(payload: CallbackPayload, session: CallbackSession): void {
  if (!isAddressOfAnother(payload, session)) return;
  const { taskId = payload.task_id, batchId = payload.batch_id } = session.addressOf ?? {};
  throw new NotSentError(
    `The ${payload.status} of ${payload.task_id} of the batch ${payload.batch_id} is not sent: CALLBACK_URL is set beside ` +
      `TASK_ID and BATCH_ID of another task, ${taskId} of ${batchId}. --url names the address that it shall go to.`,
  );
}

/** The success of a JPEG that is in R2, by its size and what its metadata say of the task that made it. */
async function bodyOfJpeg(key: string, session: CallbackSession): Promise<string> {
  const { flags, chosen, signal } = session;
  const storage = await session.storage();
  const jpeg = await headObject(storage, key, { signal });
  if (!jpeg)
    throw new StorageError(
      'OBJECT_NOT_FOUND',
      `There is no object "${key}" in the bucket "${storage.bucket}". Check the key of the JPEG.`,
    );
  if (jpeg.size === 0 || /\.tiff?$/i.test(key))
    throw new SettingsError([
      `"${key}" is ${jpeg.size === 0 ? 'empty' : 'a TIFF'}: --from-r2 needs the key of a JPEG`,
    ]);
  const made = taskOfJpeg(jpeg);
  const isOfNoTask = made?.task_id === NO_TASK;
  // A task in the environment is not meant: its orchestrator would count a picture that it never asked for.
  if (isOfNoTask && !(chosen.taskId && chosen.batchId))
    throw new NotSentError(
      `"${key}" was made by "batch", for no task. --task-id and --batch-id name the task that it shall count for.`,
    );
  const maker = isOfNoTask ? undefined : made;
  const task = {
    task_id: chosen.taskId ?? maker?.task_id ?? flags['task-id'],
    batch_id: chosen.batchId ?? maker?.batch_id ?? flags['batch-id'],
  };
  if (!task.task_id || !task.batch_id)
    throw new SettingsError([
      `"${key}" does not say which task has made it: --task-id and --batch-id are missing`,
    ]);
  if (maker && !flags.force && (maker.task_id !== task.task_id || maker.batch_id !== task.batch_id))
    throw new NotSentError(
      `"${key}" was made by the task ${maker.task_id} of the batch ${maker.batch_id}, not by ${task.task_id} of ${task.batch_id}. ` +
        'Leave out --task-id and --batch-id, or insist with --force.',
    );
  return JSON.stringify(successFor(jpeg, { task_id: task.task_id, batch_id: task.batch_id }));
}

/** Lets the outbox, if there is one, know: what it holds of the task need not be delivered any more. */
export async function recordDelivery(body: string, session: CallbackSession): Promise<void> {
  const payload = readPayload(body);
  if (typeof payload === 'string') return;
  try {
    const outbox = await outboxOf(session);
    if (!outbox) return;
    await putMark(outbox, payload, { id: idOfBody(body), body }, new Date());
    await removeEntries(outbox, obsoleteBy(payload));
  } catch (error) {
    session.signal.throwIfAborted();
    session.reporter.warn(
      `It was delivered, but the outbox could not be told: ${messageOf(error)}`,
    );
  }
}
