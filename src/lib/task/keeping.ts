import { isProbablyTaken } from '../callback/failures.ts';
import type { WhyUndelivered } from '../callback/outbox-entry.ts';
import { createDeadline } from '../deadline.ts';
import { CallbackError, messageOf } from '../errors.ts';
import { createRedactor } from '../redact.ts';
import { shownAnswer } from '../shown-answer.ts';
import { type RequestOptions, STORAGE_RETRY } from '../storage/objects.ts';
import { outboxEnding } from './callback-ending.ts';
import type { CallbackTimes } from './callback-times.ts';
import type { HeldCallback } from './outbox/held-callback.ts';
import type { KeptCallback, OutboxSettings, OutboxUse, TaskOutbox } from './outbox/task-outbox.ts';
import type { ProcessOptions } from './running-task.ts';
import type { CallbackTarget } from './settings.ts';
import { anyOf, type StopWishes } from './stopping.ts';

/**
 * The part of the callback's time reserved for storing it in the outbox, in milliseconds: a PUT
 * takes about 50 ms.
 */
export const OUTBOX_RESERVE_MS = 1_500;

/**
 * How much longer than the attempts a lease lasts, in milliseconds: the entry must be released, and
 * clocks differ.
 */
const LEASE_MARGIN_MS = 10_000;

/** What keeping needs of a task. */
interface KeepingOptions extends ProcessOptions, StopWishes {}

/** Keeps an undelivered callback in log and outbox: after the attempts, or while they continue. */
export interface Keeping {
  /** Reports a failed attempt. */
  failed(error: unknown): void;
  /** Reports an attempt that was sent and whose answer was lost. */
  readonly answerLost: () => void;
  /**
   * Throws `CallbackError` if another process now delivers the callback; `signal` aborts the check.
   */
  refuseIfLost(signal: AbortSignal): Promise<void>;
  /** It was delivered. */
  taken(): Promise<void>;
  /** It will not be sent any more. */
  notTaken(error: unknown): Promise<void>;
}

/** Keeps a callback from `keepAt` on, unless its end was reported before. */
export function keepInTime(
  target: CallbackTarget,
  callback: KeptCallback,
  options: KeepingOptions,
  { keepAt, dueAt, endsAt }: CallbackTimes,
): Keeping {
  const { request, payload } = callback;
  const { log, sinceStart } = options;
  const { outbox, callback: settings } = target;
  let lastError: unknown = new CallbackError('No attempt was answered yet.');
  const wish = anyOf(options);
  let isLogged = false;
  let isUnconfirmed = false;
  let held: Promise<HeldCallback> | undefined;

  const whyOf = (error: unknown): WhyUndelivered => {
    const answer = error instanceof CallbackError ? error.answer : undefined;
    const keys = [outbox?.storage.accessKeyId, outbox?.storage.secretAccessKey];
    const redact = createRedactor([settings.secret, ...keys], [settings.url]);
    return {
      error: redact(messageOf(error)),
      answer: answer && shownAnswer(answer, redact),
      unconfirmed: isUnconfirmed,
    };
  };
  const begin = () => {
    // Then attempts end soon, and their end is reported.
    if (wish.aborted || isLogged) return;
    isLogged = true;
    const continuesMs = Math.round(endsAt - sinceStart());
    const why = whyOf(lastError);
    const { body } = request;
    log({ event: 'callback.undelivered', body, reason: why.error, continues_ms: continuesMs });
    if (!outbox) return;
    const until = new Date(Date.now() + continuesMs + LEASE_MARGIN_MS);
    const use = { log, request: requestOptions(options) };
    held = import('./outbox/held-callback.ts').then(({ holdCallback }) =>
      // Another process that finds it, during the attempts or after a kill, cannot know their
      // result.
      holdCallback(outbox, callback, { ...use, why: { ...why, unconfirmed: true }, until }),
    );
  };
  const timer = endsAt > keepAt ? setTimeout(begin, Math.max(0, keepAt - sinceStart())) : undefined;

  return {
    failed: (error) => {
      lastError = error;
      if (timer && sinceStart() >= dueAt) begin();
    },
    answerLost: () => {
      isUnconfirmed = true;
    },
    refuseIfLost: async (signal) => (await held)?.refuseIfLost(signal),
    async taken() {
      clearTimeout(timer);
      // No longer than necessary: nobody waits for it.
      await withinReserve(options, 0, async (use) => {
        if (held) await (await held).taken(use);
        else if (outbox) await (await taskOutbox(outbox, use)).forget(payload);
      });
    },
    async notTaken(error) {
      clearTimeout(timer);
      const why = whyOf(error);
      const taken = isProbablyTaken(error) ? { probably_taken: true } : undefined;
      // The line logged during the attempts did not say this.
      if (!isLogged || taken)
        log({ event: 'callback.undelivered', body: request.body, reason: why.error, ...taken });
      await withinReserve(options, target.budget.timeoutMs, async (use) => {
        if (held) await (await held).notTaken(why, use);
        else if (outbox) await (await taskOutbox(outbox, use)).keep(callback, why);
      });
    },
  };
}

/** Loaded on demand: few tasks need it. */
async function taskOutbox(settings: OutboxSettings, use: OutboxUse): Promise<TaskOutbox> {
  const outbox = await import('./outbox/task-outbox.ts');
  return outbox.taskOutbox(settings, use);
}

/** Uses the outbox within the time reserved for it. */
async function withinReserve(
  options: KeepingOptions,
  endsAt: number,
  work: (use: OutboxUse) => Promise<void>,
): Promise<void> {
  const { log, sinceStart: now } = options;
  const deadline = createDeadline(Math.max(endsAt, now() + OUTBOX_RESERVE_MS), { now });
  const stopping = outboxEnding(options);
  const signal = AbortSignal.any([stopping.signal, deadline.signal]);
  try {
    await work({ log, request: { ...requestOptions(options), signal } });
  } finally {
    stopping.dispose();
  }
}

function requestOptions({ patience }: KeepingOptions): RequestOptions {
  return { policy: patience?.storageRetry ?? STORAGE_RETRY, patience: patience?.storage };
}
