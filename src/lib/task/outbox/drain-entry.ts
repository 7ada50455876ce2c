import { type Delivery, deliverCallback } from '../../callback/deliver.ts';
import { isMarkOf } from '../../callback/delivered-mark.ts';
import { isTaskUnknown, takenBefore } from '../../callback/failures.ts';
import type { WhyUndelivered } from '../../callback/outbox-entry.ts';
import type { CallbackPayload } from '../../callback/payload.ts';
import type { CallbackRequest, CallbackSettings } from '../../callback/request.ts';
import { CallbackError, messageOf } from '../../errors.ts';
import { shownUrl } from '../../http-url.ts';
import { createRedactor } from '../../redact.ts';
import type { RetryNotice, RetryPolicy } from '../../retry.ts';
import { shownAnswer } from '../../shown-answer.ts';
import { endSoonAfter } from '../../stop.ts';
import { jpegOfTask } from '../jpeg-of-task.ts';
import { type Claimed, type Claiming, claim, giveBack, type Pending } from './claim.ts';
import type { DrainEvent } from './drain-events.ts';
import { FINISHING_MS, finishing } from './finishing.ts';
import { deliveredAtText, findMark, type Outbox, removeEntries, settle } from './outbox.ts';

/** How an outbox is drained. */
export interface DrainOptions extends Claiming {
  /** Which callbacks are drained. */
  readonly wanted: (payload: CallbackPayload) => boolean;
  /** Where an entry is sent, or a text that says why it may not be sent. */
  readonly addressOf: (
    callback: Pending,
    severalTasks: boolean,
  ) => Pick<CallbackSettings, 'url' | 'urlName'> | string;
  /** Asked before a repeated delivery; `known` says how the first one is known. */
  readonly mayRepeat: (callback: Pending, known: string) => Promise<boolean>;
  /** Whether an error may follow a success. */
  readonly force: boolean;
  /** Whether to send entries without a valid seal too. */
  readonly unsigned: boolean;
  /** Whether to send and change nothing. */
  readonly dryRun: boolean;
  readonly secret: string | undefined;
  readonly userAgent: string;
  readonly policy: RetryPolicy;
  readonly onSending?: (request: CallbackRequest) => void;
  readonly onRetry?: (notice: RetryNotice) => void;
  /**
   * Called for an entry that stays claimed, with the reason; also after a stop, when no more events
   * follow.
   */
  readonly onStuck?: (key: string, reason: string) => void;
  /** Called after an attempt whose answer is lost. */
  readonly onLost?: () => void;
  /** Ends the drain before its next entry or attempt: what was begun has `FINISHING_MS`. */
  readonly signal: AbortSignal;
}

/**
 * Delivers one entry unless something forbids it; returns what became of it. Throws `StorageError`,
 * and the signal's reason if the stop left the entry without an answer.
 */
export async function drainEntry(
  outbox: Outbox,
  callback: Pending,
  options: DrainOptions,
  severalTasks: boolean,
): Promise<DrainEvent> {
  const { key, payload, entry } = callback;
  const of = { key, payload };
  const mark = await findMark(outbox, payload);
  if (mark?.isSealed && isMarkOf(mark, entry.body)) {
    if (!options.dryRun) await removeEntries(outbox, [payload]);
    return { kind: 'obsolete', ...of, reason: `it was delivered at ${mark.delivered_at}` };
  }
  const refused = options.force ? undefined : await errorAfterSuccess(outbox, callback);
  if (refused) return { kind: 'refused', ...of, reason: refused };
  const address = options.addressOf(callback, severalTasks);
  if (typeof address === 'string') return { kind: 'refused', ...of, reason: address };
  const request = requestOf(entry, address, options);
  if (options.dryRun) return { kind: 'pending', ...of, request };
  const known = `the same outcome of this task was delivered from the outbox ${mark ? deliveredAtText(mark) : ''}`;
  if (mark && !(await options.mayRepeat(callback, known)))
    return { kind: 'refused', ...of, reason: `${known}; --yes sends it again` };
  options.signal.throwIfAborted();
  const mine = await finishing(outbox, options.signal, (own) => claim(own, callback, options));
  if (!mine) return { kind: 'busy', ...of, reason: busyText(callback) };
  return send(outbox, mine, request, options);
}

async function errorAfterSuccess(
  outbox: Outbox,
  { payload, entry }: Pending,
): Promise<string | undefined> {
  if (payload.status === 'success') return undefined;
  const mark = await findMark(outbox, { ...payload, status: 'success' });
  const after = 'an error after it would lose the picture; --force sends it anyway';
  if (mark) return `the success of this task was delivered ${deliveredAtText(mark)}, and ${after}`;
  const inputKey = entry.input_r2_key;
  if (inputKey === undefined) return undefined;
  const jpeg = await jpegOfTask(outbox.storage, inputKey, payload, outbox.request);
  return (
    jpeg &&
    `the JPEG that this task has made is in R2 as "${jpeg.key}": "callback replay r2://${jpeg.key}" reports it, and ${after}`
  );
}

/** Why an entry could not be claimed. */
export function busyText({ entry }: Pending): string {
  return entry.lease
    ? `another process is delivering it, until ${entry.lease.until} at the latest`
    : 'another process was faster';
}

function requestOf(
  entry: Pending['entry'],
  address: Pick<CallbackSettings, 'url' | 'urlName'>,
  { secret, userAgent }: DrainOptions,
): CallbackRequest {
  return { settings: { ...address, secret }, body: entry.body, id: entry.webhook_id, userAgent };
}

/** What is recorded about an undelivered request. */
function whyOf(
  error: unknown,
  { settings: { url, secret } }: CallbackRequest,
  unconfirmed: boolean,
): WhyUndelivered {
  const answer = error instanceof CallbackError ? error.answer : undefined;
  const redact = createRedactor([secret], [url]);
  return {
    error: redact(messageOf(error)),
    answer: answer && shownAnswer(answer, redact),
    answerUrl: shownUrl(url),
    unconfirmed,
  };
}

/**
 * The share of a lease used for sending; the rest allows for clock differences and for what
 * follows.
 */
const SENDING_SHARE = 0.5;

async function send(
  outbox: Outbox,
  mine: Claimed,
  request: CallbackRequest,
  options: DrainOptions,
): Promise<DrainEvent> {
  const { now, onSending, signal } = options;
  const of = { key: mine.key, payload: mine.payload, request };
  const start = performance.now();
  const ms = () => Math.round(performance.now() - start);
  const course = { attempts: 0, isLost: false };
  let delivery: Delivery;
  try {
    signal.throwIfAborted();
    onSending?.(request);
    delivery = await deliverWithinLease(request, options, course);
  } catch (thrown) {
    const { attempts, isLost } = course;
    const error = mine.wasUnconfirmed && isTaskUnknown(thrown) ? takenBefore(thrown) : thrown;
    const why = whyOf(error, request, isLost);
    const leftover = await giveBack(outbox, { mine, why, signal });
    if (leftover !== undefined) options.onStuck?.(mine.key, leftover);
    // A refusal is told as one, even if a stop came meanwhile.
    if (!(error instanceof CallbackError)) signal.throwIfAborted();
    const failed = { kind: 'failed', ...of, error, attempts, ms: ms() } as const;
    return leftover === undefined ? failed : { ...failed, leftover };
  }
  const delivered = { kind: 'delivered', ...of, delivery, ms: ms() } as const;
  try {
    const { entry, payload } = mine;
    const sent = { id: entry.webhook_id, body: entry.body, at: now() };
    // Report an error of the same task before it is removed.
    await finishing(outbox, signal, (own) => settle(own, payload, sent, [payload]));
    return delivered;
  } catch (error) {
    return { ...delivered, leftover: messageOf(error) };
  }
}

/** The state of one delivery. */
interface LeaseAttempts {
  attempts: number;
  /** Whether an attempt was sent and its answer was lost. */
  isLost: boolean;
}

async function deliverWithinLease(
  request: CallbackRequest,
  { signal, leaseMs, policy, onRetry, onLost }: DrainOptions,
  course: LeaseAttempts,
): Promise<Delivery> {
  const start = performance.now();
  const sendingMs = leaseMs * SENDING_SHARE;
  const end = AbortSignal.timeout(sendingMs);
  const ending = endSoonAfter(signal, FINISHING_MS);
  try {
    return await deliverCallback(request, {
      policy,
      onAttempt: (number) => {
        course.attempts = number;
      },
      onLost: () => {
        course.isLost = true;
        onLost?.();
      },
      onRetry: (notice) => onRetry?.(notice),
      signal: AbortSignal.any([ending.signal, end]),
      // A stop ends a wait, and the attempt under way is the last one.
      hurry: signal,
      mayRepeat: async () => signal.throwIfAborted(),
      msLeft: () => (signal.aborted ? 0 : sendingMs - (performance.now() - start)),
    });
  } catch (error) {
    if (error !== end.reason) throw error;
    throw new CallbackError(
      `The callback to ${shownUrl(request.settings.url)} was not answered within the ${sendingMs / 1000} s ` +
        'that one of the outbox has. Check that the orchestrator is up.',
      { cause: error, ambiguous: course.isLost },
    );
  } finally {
    ending.dispose();
  }
}
