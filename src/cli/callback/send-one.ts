import { addressOfTask, isForAllTasks } from '../../lib/callback/address.ts';
import { type CallbackPayload, readPayload } from '../../lib/callback/payload.ts';
import { type CallbackRequest, idOfBody } from '../../lib/callback/request.ts';
import { SettingsError } from '../../lib/errors.ts';
import { readVariable } from '../../lib/task/settings.ts';
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

/** Sends the callback described by flags or a file. Throws the reason if it may not be sent. */
export async function sendBody(
  flags: BodyFlags,
  session: CallbackSession,
): Promise<CallbackResult> {
  const { data } = flags;
  const body = data === undefined ? bodyOfFlags(flags) : await readData(data, session.signal);
  if (flags.validate) refuseInvalid(body);
  return sendOne(body, session);
}

/**
 * Sends one callback and shows its answer as the result. Throws the reason if it may not be sent.
 */
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

/** The request for a body, to its own address. Throws as `urlFor`. */
export function requestOf(body: string, session: CallbackSession): CallbackRequest {
  return requestFor(session, urlFor(session, body), { body, id: idOfBody(body) });
}

/**
 * The address for a body. Throws `SettingsError` if it is invalid, or needs a task that the body
 * does not name, and `NotSentError` if it belongs to another task.
 */
function urlFor(session: CallbackSession, body: string): string {
  const { url } = session.flags;
  const payload = readPayload(body);
  if (typeof payload !== 'string') refuseOtherAddress(payload, session);
  const needsTask = url !== undefined && isForAllTasks(url);
  if (needsTask && typeof payload === 'string')
    throw new SettingsError([`--url contains {batch_id} and {task_id}, but ${payload}`]);
  const address = needsTask && typeof payload !== 'string' ? addressOfTask(url, payload) : url;
  return withSettingNames(urlFlag({ url }), () =>
    readVariable('CALLBACK_URL', { CALLBACK_URL: address }),
  );
}

function refuseOtherAddress(payload: CallbackPayload, session: CallbackSession): void {
  if (!isAddressOfAnother(payload, session)) return;
  const { taskId = payload.task_id, batchId = payload.batch_id } = session.addressOf ?? {};
  throw new NotSentError(
    `The ${payload.status} of ${payload.task_id} of the batch ${payload.batch_id} is not sent: CALLBACK_URL belongs to ` +
      `another task, ${taskId} of ${batchId} (TASK_ID and BATCH_ID). Set --url to the address for this one.`,
  );
}
