import { isProbablyTaken } from '../callback/failures.ts';
import type { WhyUndelivered } from '../callback/outbox-entry.ts';
import { createDeadline } from '../deadline.ts';
import { CallbackError, messageOf } from '../errors.ts';
import { createRedactor } from '../redact.ts';
import { shownAnswer } from '../shown-answer.ts';
import { type RequestOptions, STORAGE_RETRY } from '../storage/objects.ts';
import { outboxEnding } from './callback-ending.ts';
import type { CallbackTimes } from './callback-times.ts';
import type { ProcessOptions } from './job.ts';
import type { HeldCallback } from './outbox/held-callback.ts';
import type { KeptCallback, OutboxSettings, OutboxUse, TaskOutbox } from './outbox/task-outbox.ts';
import type { CallbackTarget } from './settings.ts';
import { anyOf, type StopWishes } from './stopping.ts';

/**
 * What is kept of the time for a callback so that it can be stored in the outbox when it is not delivered, in
 * milliseconds: a PUT takes some 50 ms.
 */
export const OUTBOX_RESERVE_MS = 1_500;

/** How much longer than the attempts a lease lasts, in milliseconds: the entry is given back, and clocks differ. */
const LEASE_MARGIN_MS = 10_000;

/** What keeping needs of a task. */
interface KeepingOptions extends ProcessOptions, StopWishes {}

/** Keeps a callback that is not delivered, in the log and in the outbox: when attempts have ended, or while they go on. */
export interface Keeping {
  /** Tells of an attempt that has failed, with its error. */
  failed(error: unknown): void;
  /** Tells that an attempt was sent, and that nobody knows what became of it. */
  readonly answerLost: () => void;
  /** Throws `CallbackError` when somebody else delivers the callback by now; `signal` ends the asking. */
  refuseIfLost(signal: AbortSignal): Promise<void>;
  /** It was delivered. */
  taken(): Promise<void>;
  /** It is sent no more. */
  notTaken(error: unknown): Promise<void>;
}

/** Keeps a callback from `keepAt` on, unless its end was told before. */
export function keepInTime(
  target: CallbackTarget,
  callback: KeptCallback,
  options: KeepingOptions,
  { keepAt, endsAt }: CallbackTimes,
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
    // Then attempts do not go on for long, and what becomes of them is told at their end.
    if (wish.aborted) return;
    isLogged = true;
    const continuesMs = Math.round(endsAt - sinceStart());
    const why = whyOf(lastError);
    const { body } = request;
    log({ event: 'callback.undelivered', body, reason: why.error, continues_ms: continuesMs });
    if (!outbox) return;
    const until = new Date(Date.now() + continuesMs + LEASE_MARGIN_MS);
    const use = { log, request: requestOptions(options) };
    held = import('./outbox/held-callback.ts').then(({ holdCallback }) =>
      // Whoever finds it while attempts go on, or were killed, cannot know what became of them.
      holdCallback(outbox, callback, { ...use, why: { ...why, unconfirmed: true }, until }),
    );
  };
  const timer = endsAt > keepAt ? setTimeout(begin, Math.max(0, keepAt - sinceStart())) : undefined;

  return {
    failed: (error) => {
      lastError = error;
    },
    answerLost: () => {
      isUnconfirmed = true;
    },
    refuseIfLost: async (signal) => (await held)?.refuseIfLost(signal),
    async taken() {
      clearTimeout(timer);
      // No later than need be: nobody is waiting for it.
      await withinReserve(options, 0, async (use) => {
        if (held) await (await held).taken(use);
        else if (outbox) await (await taskOutbox(outbox, use)).forget(payload);
      });
    },
    async notTaken(error) {
      clearTimeout(timer);
      const why = whyOf(error);
      const taken = isProbablyTaken(error) ? { probably_taken: true } : undefined;
      // What was said while attempts went on was not that.
      if (!isLogged || taken)
        log({ event: 'callback.undelivered', body: request.body, reason: why.error, ...taken });
      await withinReserve(options, target.budget.timeoutMs, async (use) => {
        if (held) await (await held).notTaken(why, use);
        else if (outbox) await (await taskOutbox(outbox, use)).keep(callback, why);
      });
    },
  };
}

/** Few tasks need it, and none before its first request. */
async function taskOutbox(settings: OutboxSettings, use: OutboxUse): Promise<TaskOutbox> {
  const outbox = await import('./outbox/task-outbox.ts');
  return outbox.taskOutbox(settings, use);
}

/** Uses the outbox until then, but as long as is kept for it. */
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
