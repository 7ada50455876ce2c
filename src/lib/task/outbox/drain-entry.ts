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
import { jpegOfTask } from '../jpeg-of-task.ts';
import { type Claimed, type Claiming, claim, type Pending, release, settle } from './claim.ts';
import type { DrainEvent } from './drain-events.ts';
import { deliveredAtText, findMark, type Outbox, removeEntries } from './outbox.ts';

/** How an outbox is drained. */
export interface DrainOptions extends Claiming {
  /** Which callbacks are looked at. */
  readonly wanted: (payload: CallbackPayload) => boolean;
  /** Where an entry may be sent, or a text that says why nowhere. */
  readonly addressOf: (
    callback: Pending,
    severalTasks: boolean,
  ) => Pick<CallbackSettings, 'url' | 'urlName'> | string;
  /** Asked before something is delivered a second time, with how that is known. */
  readonly mayRepeat: (callback: Pending, known: string) => Promise<boolean>;
  /** Whether an error may follow a success. */
  readonly force: boolean;
  /** Whether entries are sent, too, that nobody who knows the secret has written. */
  readonly unsigned: boolean;
  /** Whether nothing is sent and nothing changed. */
  readonly dryRun: boolean;
  readonly secret: string | undefined;
  readonly userAgent: string;
  readonly policy: RetryPolicy;
  readonly onSending?: (request: CallbackRequest) => void;
  readonly onRetry?: (notice: RetryNotice) => void;
  /** Told of an entry that stays claimed, with the reason; also when the drain is stopped, and tells nothing else any more. */
  readonly onStuck?: (key: string, reason: string) => void;
  readonly signal: AbortSignal;
}

/** Delivers one entry, unless something speaks against it; tells what became of it. Throws `StorageError`. */
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
  const mine = await claim(outbox, callback, options);
  if (!mine) return { kind: 'busy', ...of, reason: busyText(callback) };
  return send(outbox, mine, request, options);
}

async function errorAfterSuccess(
  outbox: Outbox,
  { payload, entry }: Pending,
): Promise<string | undefined> {
  if (payload.status === 'success') return undefined;
  const mark = await findMark(outbox, { ...payload, status: 'success' });
  const after = 'an error after it would lose the picture; --force sends it all the same';
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

/** What is kept of a request that was not delivered. */
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

/** What of a lease is for sending: the rest is for clocks that go differently, and for what follows. */
const SENDING_SHARE = 0.5;
/** How long an entry may take to be given back when the drain is stopped, in milliseconds. */
const RELEASE_MS = 2_000;

async function send(
  outbox: Outbox,
  mine: Claimed,
  request: CallbackRequest,
  options: DrainOptions,
): Promise<DrainEvent> {
  const { now, onSending } = options;
  const of = { key: mine.key, payload: mine.payload, request };
  const start = performance.now();
  const ms = () => Math.round(performance.now() - start);
  onSending?.(request);
  const course = { attempts: 0, isLost: false };
  let delivery: Delivery;
  try {
    delivery = await deliverWithinLease(request, options, course);
  } catch (thrown) {
    const { attempts, isLost } = course;
    const error = mine.wasUnconfirmed && isTaskUnknown(thrown) ? takenBefore(thrown) : thrown;
    const leftover = await giveBack(outbox, mine, whyOf(error, request, isLost), options);
    const failed = { kind: 'failed', ...of, error, attempts, ms: ms() } as const;
    return leftover === undefined ? failed : { ...failed, leftover };
  }
  const delivered = { kind: 'delivered', ...of, delivery, ms: ms() } as const;
  try {
    await settle(outbox, mine, now());
    return delivered;
  } catch (error) {
    return { ...delivered, leftover: messageOf(error) };
  }
}

/** How a delivery goes. */
interface Course {
  attempts: number;
  /** Whether an attempt was sent that nobody knows the fate of. */
  isLost: boolean;
}

async function deliverWithinLease(
  request: CallbackRequest,
  { signal, leaseMs, policy, onRetry }: DrainOptions,
  course: Course,
): Promise<Delivery> {
  const start = performance.now();
  const sendingMs = leaseMs * SENDING_SHARE;
  const end = AbortSignal.timeout(sendingMs);
  try {
    return await deliverCallback(request, {
      policy,
      onAttempt: (number) => {
        course.attempts = number;
      },
      onLost: () => {
        course.isLost = true;
      },
      onRetry: (notice) => onRetry?.(notice),
      signal: AbortSignal.any([signal, end]),
      msLeft: () => sendingMs - (performance.now() - start),
    });
  } catch (error) {
    if (error !== end.reason) throw error;
    throw new CallbackError(
      `The callback to ${shownUrl(request.settings.url)} was not answered within the ${sendingMs / 1000} s ` +
        'that one of the outbox has. Check that the orchestrator is up.',
      { cause: error, ambiguous: course.isLost },
    );
  }
}

/**
 * Lets others have the entry; a stopped drain as well, before it throws the signal's reason. Where that fails, the lease runs
 * out: gives, or tells, until when, and why.
 */
async function giveBack(
  outbox: Outbox,
  mine: Claimed,
  why: WhyUndelivered,
  { signal, onStuck }: DrainOptions,
): Promise<string | undefined> {
  const request = signal.aborted
    ? { ...outbox.request, signal: AbortSignal.timeout(RELEASE_MS) }
    : outbox.request;
  const stuck = await release({ ...outbox, request }, mine, why).then(
    () => undefined,
    (problem: unknown) =>
      `it could not be given back, and no other drain has it before ${mine.entry.lease?.until}: ${messageOf(problem)}`,
  );
  if (stuck !== undefined) onStuck?.(mine.key, stuck);
  signal.throwIfAborted();
  return stuck;
}
