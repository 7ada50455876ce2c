import type { FoundCallback, LogFindings } from '../../lib/callback/log-search.ts';
import type { CallbackPayload } from '../../lib/callback/payload.ts';
import { ArkeError, messageOf, SettingsError } from '../../lib/errors.ts';
import { jpegOfTask } from '../../lib/task/jpeg-of-task.ts';
import { type KnownDelivery, knownDelivery } from '../../lib/task/known-delivery.ts';
import type { Outbox } from '../../lib/task/outbox/outbox.ts';
import { missingSetting } from '../setting-names.ts';
import type { CallbackSession } from './session.ts';

/** Thrown if a callback must not be sent, or not without consent. */
export class NotSentError extends ArkeError {
  constructor(message: string) {
    super('NOT_SENT', message);
  }
}

/** What is known about a task besides its callback. */
export interface About {
  readonly log?: LogFindings | undefined;
  readonly inputKey?: FoundCallback['inputKey'];
}

/**
 * Refuses an error after a success, and asks before a known delivery is repeated: the orchestrator
 * would count it twice, and an error would lose the picture. Throws `NotSentError`.
 */
export async function refuseKnown(
  payload: CallbackPayload,
  session: CallbackSession,
  about: About = {},
): Promise<void> {
  const { same, success } = await lookUp(payload, session, about);
  if (payload.status === 'error' && success && !session.flags.force)
    throw errorAfter(payload, success);
  if (same && !(await mayRepeat(same, session)))
    throw new NotSentError(
      `The ${payload.status} of ${payload.task_id} is not sent again: ${same}, and the orchestrator would count it twice. ` +
        'Check the orchestrator first; --yes sends it again.',
    );
}

/** Why an error is not sent after, or before, a success. */
export function errorAfter({ task_id: taskId }: CallbackPayload, success: string): NotSentError {
  return new NotSentError(
    `The error of ${taskId} is not sent: ${success}, and an error after it would lose the picture. --force sends it anyway.`,
  );
}

/** Whether a callback may be sent again: with `--yes` or consent at the terminal. */
export async function mayRepeat(known: string, session: CallbackSession): Promise<boolean> {
  if (session.flags.yes) return true;
  if (!session.ask) return false;
  session.reporter.warn(`${known}. The orchestrator would count it twice.`);
  return agrees('Send it again?', session);
}

/** Whether the person at the terminal agrees; false if there is nobody. */
export async function agrees(question: string, { ask }: CallbackSession): Promise<boolean> {
  if (!ask) return false;
  return /^y(es)?$/i.test((await ask(`${question} [y/N] `)).trim());
}

/** How an earlier delivery is known: sentences without a full stop. */
type KnownText = { readonly [of in keyof KnownDelivery]: string | undefined };

async function lookUp(
  payload: CallbackPayload,
  session: CallbackSession,
  { log, inputKey = session.inputKeyOf(payload.task_id) }: About,
): Promise<KnownText> {
  try {
    const outbox = await outboxOf(session);
    const known = said(await knownDelivery(payload, { log, outbox, inputKey }));
    if (payload.status === 'success' || known.success) return known;
    return { ...known, success: await jpegInR2(payload, inputKey, session) };
  } catch (error) {
    session.signal.throwIfAborted();
    session.reporter.warn(`Could not check R2 for an earlier delivery: ${messageOf(error)}`);
    return said(await knownDelivery(payload, { log, inputKey }));
  }
}

function said({ same, success }: KnownDelivery): KnownText {
  return { same: same?.says, success: success?.says };
}

async function jpegInR2(
  payload: CallbackPayload,
  inputKey: string | undefined,
  session: CallbackSession,
): Promise<string | undefined> {
  if (!session.storageSettings || inputKey === undefined) return undefined;
  const { signal } = session;
  const jpeg = await jpegOfTask(await session.storage(), inputKey, payload, { signal });
  return jpeg && `its JPEG is in R2, and "callback replay r2://${jpeg.key}" reports it`;
}

/** The outbox, if its place is known. Throws `StorageError`. */
export async function outboxOf(session: CallbackSession): Promise<Outbox | undefined> {
  const prefix = session.flags['outbox-prefix'];
  if (prefix === undefined || !session.storageSettings) return undefined;
  const { secret, signal } = session;
  return { storage: await session.storage(), prefix, secret, request: { signal } };
}

/** The outbox for a command that needs one. Throws `SettingsError` if its place is not known. */
export async function neededOutbox(session: CallbackSession): Promise<Outbox> {
  const { secret, signal, flags } = session;
  const { 'outbox-prefix': prefix } = flags;
  if (prefix === undefined) throw new SettingsError([missingSetting('CALLBACK_OUTBOX_PREFIX')]);
  return { storage: await session.storage(), prefix, secret, request: { signal } };
}
