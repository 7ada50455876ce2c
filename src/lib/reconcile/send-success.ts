import { addressOfTask } from '../callback/address.ts';
import { isProbablyTaken, isTooLate } from '../callback/failures.ts';
import { outboxEntry } from '../callback/outbox-entry.ts';
import { callbackId } from '../callback/request.ts';
import { CallbackError, messageOf } from '../errors.ts';
import { type RetryNotice, type RetryPolicy, retry } from '../retry.ts';
import type { ObjectInfo } from '../storage/objects.ts';
import { successFor } from '../task/jpeg-of-task.ts';
import type { Pending } from '../task/outbox/claim.ts';
import { busyText, type DrainOptions, drainEntry } from '../task/outbox/drain-entry.ts';
import type { DrainEvent } from '../task/outbox/drain-events.ts';
import { finishing } from '../task/outbox/finishing.ts';
import {
  deliveredAtText,
  findMark,
  type Outbox,
  obsoleteBy,
  removeEntries,
  storeEntry,
} from '../task/outbox/outbox.ts';
import { findJpeg } from './find-jpegs.ts';
import { isMadeByTask } from './name-tasks.ts';
import { bodyFor, isOfTiff, otherPicture, otherWaiting, waitingEntry } from './standing.ts';
import type { SurveyedTiff } from './survey.ts';

/** What became of the success of a TIFF. */
export type SentSuccess =
  | { readonly state: 'delivered'; readonly event: Extract<DrainEvent, { kind: 'delivered' }> }
  | NotSent;

/** Why the orchestrator has not accepted the success of a TIFF from this process. */
type NotSent =
  | { readonly state: 'already_delivered' | 'busy' | 'unknown' | 'held'; readonly reason: string }
  | {
      /**
       * `too_late`: the orchestrator no longer knows the task or batch. `not_confirmed`: the answer
       * was lost.
       */
      readonly state: 'too_late' | 'not_confirmed' | 'failed';
      readonly reason: string;
      readonly event?: Extract<DrainEvent, { kind: 'failed' }>;
    };

/** How successes are sent. */
export interface SuccessOptions {
  readonly outbox: Outbox;
  /** The address, with `{batch_id}` and `{task_id}`, and the user's name for it. */
  readonly url: string;
  readonly urlName: string;
  /** Also sends what may have been accepted. */
  readonly includeUnknown: boolean;
  readonly userAgent: string;
  /** Distinguishes the claims of this process from others. */
  readonly owner: string;
  /** Called after an attempt whose answer is lost. */
  readonly onLost?: (() => void) | undefined;
  /** Called after a refused attempt that will be retried. */
  readonly onRetry?: ((notice: RetryNotice) => void) | undefined;
  readonly onStuck?: ((key: string, reason: string) => void) | undefined;
  readonly signal: AbortSignal;
  /** Defaults to `REPORT_RETRY`. */
  readonly policy?: RetryPolicy | undefined;
}

/**
 * How often a success is sent to an orchestrator that is down: at most 15 s of waiting in total.
 */
const REPORT_RETRY: RetryPolicy = { attempts: 6, baseDelayMs: 500, maxDelayMs: 5_000 };

/** How long an entry is claimed, in milliseconds; half of it is for the single attempt. */
const LEASE_MS = 60_000;

/** Thrown if the orchestrator answered that it cannot accept a callback now. */
class NotNow extends Error {
  readonly retryable = true;
  /** The delay that the orchestrator asks for (`Retry-After`), in milliseconds. */
  readonly retryAfterMs: number | undefined;
  readonly event: Extract<DrainEvent, { kind: 'failed' }>;

  constructor(event: NotNow['event'], { retryAfterMs }: CallbackError) {
    super(messageOf(event.error), { cause: event.error });
    this.event = event;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Reports the success of a TIFF that has a JPEG, through the outbox: the callback is stored,
 * claimed, sent, marked as delivered and removed. So two processes never both send it, and one that
 * dies leaves a trace. If the answer is lost, it is not sent again and stays there. Throws
 * `StorageError` and the signal's reason.
 */
export async function sendSuccess(
  tiff: SurveyedTiff,
  options: SuccessOptions,
): Promise<SentSuccess> {
  try {
    const { policy = REPORT_RETRY, signal, onRetry } = options;
    return await retry(() => attempt(tiff, options), { policy, signal, onRetry });
  } catch (error) {
    if (!(error instanceof NotNow)) throw error;
    return { state: 'failed', reason: error.message, event: error.event };
  }
}

/**
 * Stores the success of a TIFF that has a JPEG in the outbox for `sendSuccess`, of this process or
 * a later one. Leaves out what `sendSuccess` would not send, and what may have been accepted: the
 * next process would not know that. Returns whether it is stored. Throws `StorageError` and the
 * signal's reason.
 */
export async function keepSuccess(tiff: SurveyedTiff, options: SuccessOptions): Promise<boolean> {
  return tiff.standing.kind !== 'unknown' && 'entry' in (await kept(tiff, options));
}

async function attempt(tiff: SurveyedTiff, options: SuccessOptions): Promise<SentSuccess> {
  const found = await kept(tiff, options);
  if ('state' in found) return found;
  const { entry, jpeg, isMarked } = found;
  const { outbox, signal } = options;
  const event = await drainEntry(outbox, entry, drainOptions(options, isMarked), true);
  return finishing(outbox, signal, (own) => reportedAs(event, entry, { tiff, jpeg }, own));
}

/** A success waiting in the outbox. */
interface KeptSuccess {
  readonly entry: Pending;
  readonly jpeg: ObjectInfo;
  /** Whether there is a mark without a valid seal. */
  readonly isMarked: boolean;
}

async function kept(tiff: SurveyedTiff, options: SuccessOptions): Promise<KeptSuccess | NotSent> {
  const { outbox, includeUnknown } = options;
  const { task, standing } = tiff;
  const success = { ...task, status: 'success' } as const;
  const jpeg = await findJpeg(outbox.storage, tiff.key, outbox.request);
  if (!jpeg || !isOfTiff(jpeg, tiff))
    return { state: 'failed', reason: 'its JPEG is gone, or its TIFF was replaced meanwhile' };
  // Nobody has asked for what became unknown after the plan.
  if (standing.kind !== 'unknown' && isMadeByTask(jpeg) && jpeg.etag !== tiff.jpeg?.etag)
    return {
      state: 'unknown',
      reason: 'a task has made its JPEG meanwhile, and most likely reported it',
    };
  const other = await otherPicture(tiff, jpeg, outbox);
  if (other !== undefined) return { state: 'held', reason: other };
  const mark = await findMark(outbox, success);
  if (mark) {
    const reason = `its success was delivered ${deliveredAtText(mark)}`;
    if (mark.isSealed) return { state: 'already_delivered', reason };
    if (!includeUnknown) return { state: 'unknown', reason };
  }
  const entry = await entryFor(jpeg, tiff, options);
  if (!('entry' in entry)) return entry;
  if (entry.entry.unconfirmed && standing.kind !== 'unknown')
    return {
      state: 'not_confirmed',
      reason: 'another process has sent it, and the answer was lost',
    };
  return { entry, jpeg, isMarked: mark !== undefined };
}

/** Why a callback of ours is not in the outbox. */
interface NotStored {
  readonly state: 'busy' | 'held';
  readonly reason: string;
}

/** The waiting callback: the entry of the task that made the JPEG, if there is one, else ours. */
async function entryFor(
  jpeg: ObjectInfo,
  { key, task }: SurveyedTiff,
  { outbox, url, userAgent }: SuccessOptions,
): Promise<Pending | NotStored> {
  const waiting = await waitingEntry(task, outbox);
  if (waiting && isOf(waiting, jpeg)) return waiting;
  const other = waiting && otherWaiting(waiting, [jpeg.key]);
  if (other !== undefined) return { state: 'held', reason: other };
  const body = bodyFor(jpeg, task);
  const payload = successFor(jpeg, task);
  const settings = { url: addressOfTask(url, task), secret: outbox.secret };
  const request = { settings, body, id: callbackId(payload), userAgent };
  const now = new Date();
  const entry = outboxEntry(request, { error: 'not sent yet', inputKey: key, at: now });
  await storeEntry(outbox, entry, payload, { now });
  const stored = await waitingEntry(task, outbox);
  if (!stored) return { state: 'busy', reason: 'another process was faster' };
  return isOf(stored, jpeg) ? stored : { state: 'busy', reason: busyText(stored) };
}

function isOf({ payload }: Pending, { key, size }: ObjectInfo): boolean {
  return (
    payload.status === 'success' &&
    payload.output_r2_key === key &&
    payload.output_file_size === size
  );
}

function drainOptions(
  { outbox, url, urlName, userAgent, owner, onLost, onStuck, signal }: SuccessOptions,
  mayRepeat: boolean,
): DrainOptions {
  return {
    owner,
    leaseMs: LEASE_MS,
    now: () => new Date(),
    wanted: () => true,
    addressOf: ({ payload }) => ({ url: addressOfTask(url, payload), urlName }),
    // Only an unsealed mark gets here, and only if unknown deliveries were to be included.
    mayRepeat: async () => mayRepeat,
    force: false,
    unsigned: false,
    dryRun: false,
    secret: outbox.secret,
    userAgent,
    signal,
    policy: { attempts: 1, baseDelayMs: 0, maxDelayMs: 0 },
    ...(onLost && { onLost }),
    ...(onStuck && { onStuck }),
  };
}

async function reportedAs(
  event: DrainEvent,
  { entry, payload }: Pending,
  { tiff, jpeg }: { readonly tiff: SurveyedTiff; readonly jpeg: ObjectInfo },
  outbox: Outbox,
): Promise<SentSuccess> {
  if (event.kind === 'delivered') {
    // A waiting error of the task must not follow.
    const problem = await removeEntries(outbox, obsoleteBy(payload)).then(
      () => undefined,
      messageOf,
    );
    const leftover = event.leftover ?? problem;
    return { state: 'delivered', event: leftover === undefined ? event : { ...event, leftover } };
  }
  if (event.kind === 'busy') return { state: 'busy', reason: event.reason };
  if (event.kind !== 'failed') {
    if (event.kind === 'refused' && !(await findMark(outbox, payload))?.isSealed)
      return { state: 'unknown', reason: event.reason };
    const isOurs = entry.body === bodyFor(jpeg, payload);
    if (event.kind === 'refused' && isOurs) await removeEntries(outbox, [payload]);
    const other = event.kind === 'refused' && (await otherPicture(tiff, jpeg, outbox));
    if (other) return { state: 'held', reason: other };
    return { state: 'already_delivered', reason: 'reason' in event ? event.reason : event.kind };
  }
  const { error } = event;
  const before =
    entry.unconfirmed && !isProbablyTaken(error)
      ? ' It was sent before, and that answer was lost: it was probably taken then.'
      : '';
  const reason = messageOf(error) + before;
  if (!(error instanceof CallbackError)) return { state: 'failed', reason, event };
  if (error.ambiguous) return { state: 'not_confirmed', reason, event };
  if (error.answer && isTooLate(error.answer)) {
    // It will never be accepted: keep a task's entry for its operator, and remove ours, which is in
    // the way.
    if (entry.body === bodyFor(jpeg, payload)) await removeEntries(outbox, [payload]);
    return { state: 'too_late', reason, event };
  }
  if (error.retryable) throw new NotNow(event, error);
  return { state: 'failed', reason, event };
}
