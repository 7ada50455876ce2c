import { randomUUID } from 'node:crypto';
import type { WhyUndelivered } from '../../lib/callback/outbox-entry.ts';
import { type CallbackPayload, readPayload } from '../../lib/callback/payload.ts';
import { type CallbackRequest, idOfBody } from '../../lib/callback/request.ts';
import { CallbackError, messageOf } from '../../lib/errors.ts';
import { shownUrl } from '../../lib/http-url.ts';
import { createRedactor } from '../../lib/redact.ts';
import { shownAnswer } from '../../lib/shown-answer.ts';
import { finishing } from '../../lib/task/outbox/finishing.ts';
import { claimCallback, type Hold } from '../../lib/task/outbox/hold.ts';
import { settle } from '../../lib/task/outbox/outbox.ts';
import { type About, errorAfter, NotSentError, outboxOf, refuseKnown } from './known.ts';
import { type Sent, sendRequest } from './send-request.ts';
import type { CallbackSession } from './session.ts';

/** Longer than the most `--attempts` with the waits between them, in milliseconds. */
const HOLD_MS = 240_000;

/** How a callback is sent, and what is known about its task. */
export interface SendOptions extends About {
  /** Whether the answer is the result of the command. */
  readonly alone: boolean;
}

/**
 * Sends a callback unless something forbids it, while keeping drains of the outbox from it, and
 * marks a delivery there. Throws `NotSentError`.
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
  const release = async (why: WhyUndelivered) => {
    const stuck = await hold?.release(why);
    if (stuck !== undefined) session.reporter.warn(stuck);
  };
  let isBegun = false;
  try {
    session.signal.throwIfAborted();
    isBegun = true;
    const sent = await sendRequest(request, session, { alone });
    if (sent.delivered) await recordDelivery(payload, request.body, session);
    else
      await release({
        error: sent.document.error?.message ?? sent.summary,
        answer: sent.answer && shownAnswer(sent.answer, createRedactor([session.secret])),
        answerUrl: shownUrl(request.settings.url),
        unconfirmed: sent.unconfirmed,
      });
    return sent;
  } catch (error) {
    const unconfirmed = isBegun && (!(error instanceof CallbackError) || error.ambiguous);
    await release({ error: messageOf(error), unconfirmed });
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
    return outbox && (await claimCallback(outbox, payload, claiming));
  } catch (error) {
    session.signal.throwIfAborted();
    session.reporter.warn(
      `Could not check the outbox for a delivery in progress: ${messageOf(error)}`,
    );
    return undefined;
  }
}

/**
 * Records the delivery in the outbox, if there is one: its entries for the task are no longer
 * needed.
 */
async function recordDelivery(
  payload: CallbackPayload,
  body: string,
  session: CallbackSession,
): Promise<void> {
  try {
    const outbox = await outboxOf(session);
    const sent = { id: idOfBody(body), body, at: new Date() };
    if (outbox) await finishing(outbox, session.signal, (own) => settle(own, payload, sent));
  } catch (error) {
    session.reporter.warn(
      `It was delivered, but the outbox could not be updated: ${messageOf(error)}`,
    );
  }
}
