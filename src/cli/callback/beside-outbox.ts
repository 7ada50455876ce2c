import { randomUUID } from 'node:crypto';
import { type CallbackPayload, readPayload } from '../../lib/callback/payload.ts';
import { type CallbackRequest, idOfBody } from '../../lib/callback/request.ts';
import { CallbackError, messageOf } from '../../lib/errors.ts';
import { shownUrl } from '../../lib/http-url.ts';
import { createRedactor } from '../../lib/redact.ts';
import { shownAnswer } from '../../lib/shown-answer.ts';
import { type Hold, holdCallback } from '../../lib/task/outbox/hold.ts';
import { type Outbox, obsoleteBy, putMark, removeEntries } from '../../lib/task/outbox/outbox.ts';
import { type About, errorAfter, NotSentError, outboxOf, refuseKnown } from './known.ts';
import { type Sent, sendRequest } from './send-request.ts';
import type { CallbackSession } from './session.ts';

/** Longer than the most `--attempts` take, with a wait after each, in milliseconds. */
const HOLD_MS = 240_000;

/** How a callback is sent, and what is known of its task. */
export interface SendOptions extends About {
  /** Whether the answer is the result of the command. */
  readonly alone: boolean;
}

/**
 * Sends a callback unless something speaks against it, while no drain of the outbox has it; what is delivered is
 * marked there. Throws `NotSentError`.
 */
export async function sendBesideOutbox(
  request: CallbackRequest,
  session: CallbackSession,
  { alone, ...about }: SendOptions,
): Promise<Sent> {
  const payload = readPayload(request.body);
  if (typeof payload === 'string') return sendRequest(request, session, { alone });
  await refuseKnown(payload, session, about);
  const hold = await holdIn(payload, session);
  try {
    const sent = await sendRequest(request, session, { alone });
    if (sent.delivered) await recordDelivery(payload, request.body, session);
    else
      await hold?.release({
        error: sent.document.error?.message ?? sent.summary,
        answer: sent.answer && shownAnswer(sent.answer, createRedactor([session.secret])),
        answerUrl: shownUrl(request.settings.url),
        unconfirmed: sent.unconfirmed,
      });
    return sent;
  } catch (error) {
    const unconfirmed = !(error instanceof CallbackError) || error.ambiguous;
    await hold?.release({ error: messageOf(error), unconfirmed });
    throw error;
  }
}

async function holdIn(
  payload: CallbackPayload,
  session: CallbackSession,
): Promise<(Hold & { readonly kind: 'held' }) | undefined> {
  const hold = await heldByOutbox(payload, session);
  if (hold?.kind === 'busy')
    throw new NotSentError(
      `The ${payload.status} of ${payload.task_id} is not sent: ${hold.reason}.`,
    );
  if (hold?.kind !== 'success-waits') return hold;
  if (session.flags.force) return undefined;
  throw errorAfter(payload, hold.reason);
}

async function heldByOutbox(
  payload: CallbackPayload,
  session: CallbackSession,
): Promise<Hold | undefined> {
  try {
    const outbox = await outboxOf(session);
    const claiming = { owner: randomUUID(), leaseMs: HOLD_MS, now: () => new Date() };
    return outbox && (await holdCallback(outbox, payload, claiming));
  } catch (error) {
    session.signal.throwIfAborted();
    session.reporter.warn(
      `Could not look in the outbox whether it is being delivered: ${messageOf(error)}`,
    );
    return undefined;
  }
}

/** Lets the outbox, if there is one, know: what it holds of the task need not be delivered any more. */
async function recordDelivery(
  payload: CallbackPayload,
  body: string,
  session: CallbackSession,
): Promise<void> {
  try {
    const outbox = await outboxOf(session);
    if (outbox) await markDelivered(outbox, payload, body);
  } catch (error) {
    session.signal.throwIfAborted();
    session.reporter.warn(
      `It was delivered, but the outbox could not be told: ${messageOf(error)}`,
    );
  }
}

async function markDelivered(
  outbox: Outbox,
  payload: CallbackPayload,
  body: string,
): Promise<void> {
  await putMark(outbox, payload, { id: idOfBody(body), body }, new Date());
  await removeEntries(outbox, obsoleteBy(payload));
}
