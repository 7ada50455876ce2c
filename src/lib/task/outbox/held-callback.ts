import { randomUUID } from 'node:crypto';
import { leased, outboxEntry, type WhyUndelivered } from '../../callback/outbox-entry.ts';
import { CallbackError, StorageError } from '../../errors.ts';
import { type RetryPolicy, retry } from '../../retry.ts';
import { isSameEtag } from '../../storage/etags.ts';
import { headObject } from '../../storage/objects.ts';
import { release } from './claim.ts';
import {
  isPreconditionFailure,
  type Outbox,
  type StoredEntry,
  settle,
  storeEntry,
} from './outbox.ts';
import {
  type KeptCallback,
  nextStep,
  type OutboxSettings,
  type OutboxUse,
  taskOutbox,
  warn,
  withOutbox,
} from './task-outbox.ts';

/**
 * A callback stored in the outbox while this process still sends it: leased, so that no drain sends
 * it too.
 */
export interface HeldCallback {
  /**
   * Throws `CallbackError` if another process has the entry now, or has removed it: one of them
   * must stop.
   */
  refuseIfLost(signal: AbortSignal): Promise<void>;
  /** After delivery: stores the mark and removes the entry. Never throws; problems are logged. */
  taken(use: OutboxUse): Promise<void>;
  /** After giving up: releases the entry for drains, or stores it now. Never throws either. */
  notTaken(why: WhyUndelivered, use: OutboxUse): Promise<void>;
}

/** How a callback is held. */
interface HoldOptions extends OutboxUse {
  /** What is known when it is stored. */
  readonly why: WhyUndelivered;
  /**
   * When the lease ends: until then nobody else sends the callback, whatever happens to this
   * process.
   */
  readonly until: Date;
}

/** How often storing it is tried: only the end of the delivery ends it. */
const STORING_RETRY: RetryPolicy = {
  attempts: Number.POSITIVE_INFINITY,
  baseDelayMs: 500,
  maxDelayMs: 5_000,
};

/**
 * Time limit for checking that the entry is still ours, in milliseconds; R2 answers in about 100.
 */
const LOOK_MS = 2_000;

/**
 * Starts to store a callback in the outbox; retries until it is stored or the delivery has ended.
 */
export function holdCallback(
  settings: OutboxSettings,
  callback: KeptCallback,
  { why, until, ...use }: HoldOptions,
): HeldCallback {
  const { request, payload } = callback;
  const owner = randomUUID();
  const ended = new AbortController();
  let stored: StoredEntry | undefined;

  const inOutbox = <T>(way: OutboxUse, work: (outbox: Outbox) => Promise<T>) =>
    withOutbox(settings, way, (outbox) => work({ ...outbox, secret: request.settings.secret }));

  async function store(): Promise<void> {
    const now = new Date();
    const entry = outboxEntry(request, { ...why, inputKey: settings.inputKey, at: now });
    const way = { ...use, request: { ...use.request, signal: ended.signal } };
    stored = await inOutbox(way, (outbox) =>
      storeEntry(outbox, leased(entry, owner, until), payload, { now, owner }),
    );
    const message = stored.mine
      ? `the callback is kept in the outbox as ${stored.key}; this process sends it until ${until.toISOString()} at the latest, then "arke-tiff callback pending" does`
      : `another process is delivering the callback, from ${stored.key} in the outbox`;
    use.log({ event: 'note', code: 'OUTBOX', message });
  }

  const storing = retry(store, {
    policy: STORING_RETRY,
    isRetryable: (error) => error instanceof StorageError,
    signal: ended.signal,
    onRetry: ({ attempt, error }) => {
      const what =
        'the callback could not be kept in the outbox yet, and storing it is tried again';
      if (attempt === 1) warn(use, 'OUTBOX_FAILED', what, error);
    },
  }).catch(() => {
    // Problems are reported when the delivery has ended.
  });
  const settled = () => {
    ended.abort();
    return storing;
  };

  return {
    async refuseIfLost(signal) {
      if (!stored) return;
      const { key, mine } = stored;
      const looking = {
        policy: { ...STORING_RETRY, attempts: 1 },
        patience: use.request.patience,
        signal: AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)]),
      };
      const way = { ...use, request: looking };
      // If R2 does not answer us, nobody else can claim the entry either.
      const there = inOutbox(way, ({ storage, request }) => headObject(storage, key, request));
      const etag = await there.then(
        (info) => info?.etag,
        () => mine?.etag,
      );
      if (mine && isSameEtag(etag, mine.etag)) return;
      throw new CallbackError(
        `Another process has taken the callback over from the outbox, where it lay as ${key}: ` +
          'this one sends it no more, as the orchestrator counts what it gets twice.',
      );
    },
    async taken(way) {
      await settled();
      try {
        const { id, body } = request;
        await inOutbox(way, (outbox) => settle(outbox, payload, { id, body, at: new Date() }));
      } catch (error) {
        const what = `the callback was taken, but could not be removed from the outbox; "arke-tiff callback pending" may send it again after ${until.toISOString()}`;
        warn(way, 'OUTBOX_NOT_CLEARED', what, error);
      }
    },
    async notTaken(failure, way) {
      await settled();
      if (!stored) return taskOutbox(settings, way).keep(callback, failure, owner);
      const { key, mine } = stored;
      if (!mine) return;
      try {
        await inOutbox(way, (outbox) => release(outbox, { key, ...mine }, failure));
        const message = `the callback stays in the outbox as ${key}; ${nextStep(failure)}`;
        way.log({ event: 'note', code: 'OUTBOX', message });
      } catch (error) {
        // Another process has it, and the log already says so.
        if (isPreconditionFailure(error)) return;
        const what = `the callback stays in the outbox as ${key}, but nobody can send it before ${until.toISOString()}`;
        warn(way, 'OUTBOX_FAILED', what, error);
      }
    },
  };
}
