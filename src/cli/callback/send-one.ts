import { addressOfTask, isForAllTasks } from '../../lib/callback/address.ts';
import { type CallbackPayload, readPayload } from '../../lib/callback/payload.ts';
import { type CallbackRequest, idOfBody } from '../../lib/callback/request.ts';
import { SettingsError } from '../../lib/errors.ts';
import { readCallbackSettings } from '../../lib/task/settings.ts';
import { withSettingNames } from '../setting-names.ts';
import { sendBesideOutbox } from './beside-outbox.ts';
import { bodyOfFlags, readData, refuseInvalid } from './body.ts';
import type { BodyFlags } from './flags.ts';
import { type About, NotSentError } from './known.ts';
import {
  type CallbackResult,
  type CallbackSession,
  isAddressOfAnother,
  requestFor,
  urlFlag,
} from './session.ts';
import { showInsteadOfSending } from './show-request.ts';

/** Sends the callback that flags or a file describe. Throws what speaks against it. */
export async function sendBody(
  flags: BodyFlags,
  session: CallbackSession,
): Promise<CallbackResult> {
  const { data } = flags;
  const body = data === undefined ? bodyOfFlags(flags) : await readData(data, session.signal);
  if (flags.validate) refuseInvalid(body);
  return sendOne(body, session);
}

/** Sends one callback, and shows its answer as the result. Throws what speaks against it. */
export async function sendOne(
  body: string,
  session: CallbackSession,
  about: About = {},
): Promise<CallbackResult> {
  const request = requestOf(body, session);
  if (session.flags['dry-run'])
    return { ok: true, document: showInsteadOfSending(request, session) };
  const { delivered, document } = await sendBesideOutbox(request, session, {
    alone: true,
    ...about,
  });
  return { ok: delivered, document };
}

/** The request for a body, to the address that is its own. Throws as `urlFor`. */
export function requestOf(body: string, session: CallbackSession): CallbackRequest {
  return requestFor(session, urlFor(session, body), { body, id: idOfBody(body) });
}

/**
 * The address for a body. Throws `SettingsError` when it is none, or needs a task that the body does not name, and
 * `NotSentError` when it is another task's.
 */
function urlFor(session: CallbackSession, body: string): string {
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
