import { isTooLate } from '../../callback/failures.ts';
import { outboxEntry, type WhyUndelivered } from '../../callback/outbox-entry.ts';
import type { CallbackPayload } from '../../callback/payload.ts';
import type { CallbackRequest } from '../../callback/request.ts';
import { messageOf } from '../../errors.ts';
import type { TaskLog } from '../../log.ts';
import { closeStorage, openStorage, type StorageSettings } from '../../storage/client.ts';
import type { RequestOptions } from '../../storage/objects.ts';
import { type Outbox, obsoleteBy, removeEntries, storeEntry } from './outbox.ts';

/** Where the undelivered callbacks of a task are kept. */
export interface OutboxSettings {
  readonly prefix: string;
  readonly storage: StorageSettings;
  /** The TIFF of the task. */
  readonly inputKey: string | undefined;
}

/** What else a task needs to use its outbox. */
export interface OutboxUse {
  readonly log: TaskLog;
  readonly request: RequestOptions;
}

/** A callback for the outbox. */
export interface KeptCallback {
  readonly request: CallbackRequest;
  readonly payload: CallbackPayload;
}

/** The outbox as a task uses it. Its functions never throw; problems are logged. */
export interface TaskOutbox {
  /** Stores an undelivered callback; `owner` is the process that may already lease it. */
  keep(callback: KeptCallback, why: WhyUndelivered, owner?: string): Promise<void>;
  /**
   * Removes what earlier runs of the task left and this delivery makes obsolete: the same outcome
   * and, after a success, an error, which must not follow it.
   */
  forget(payload: CallbackPayload): Promise<void>;
}

/** The outbox described by a task's settings. */
export function taskOutbox(settings: OutboxSettings, use: OutboxUse): TaskOutbox {
  return {
    async keep({ request, payload }, why, owner) {
      const now = new Date();
      const entry = outboxEntry(request, { ...why, inputKey: settings.inputKey, at: now });
      try {
        const { key } = await withOutbox(settings, use, (outbox) =>
          storeEntry({ ...outbox, secret: request.settings.secret }, entry, payload, {
            now,
            owner,
          }),
        );
        const message = `the callback is kept in the outbox as ${key}; ${nextStep(why)}`;
        use.log({ event: 'note', code: 'OUTBOX', message });
      } catch (error) {
        warn(
          use,
          'OUTBOX_FAILED',
          'the callback could not be kept in the outbox, its body is in this log only',
          error,
        );
      }
    },
    async forget(payload) {
      try {
        await withOutbox(settings, use, (outbox) => removeEntries(outbox, obsoleteBy(payload)));
      } catch (error) {
        warn(
          use,
          'OUTBOX_NOT_CLEARED',
          'what the outbox may hold of this task could not be removed',
          error,
        );
      }
    },
  };
}

/**
 * What to do about a callback that stays in the outbox: a clause by which a replay of the log finds
 * it.
 */
export function nextStep({ answer, unconfirmed }: WhyUndelivered): string {
  if (!answer || !isTooLate(answer)) return '"arke-tiff callback pending" sends it';
  const why = unconfirmed
    ? 'it was probably taken before'
    : 'the orchestrator does not take it any more';
  return `"arke-tiff callback pending --discard" drops it, as ${why}`;
}

/** Logs a problem with the outbox. */
export function warn({ log }: OutboxUse, code: string, message: string, error: unknown): void {
  log({ event: 'warning', code, message: `${message}: ${messageOf(error)}` });
}

/** Opens the outbox for the duration of `work`. Rethrows its errors. */
export async function withOutbox<T>(
  { prefix, storage: settings }: OutboxSettings,
  { request }: OutboxUse,
  work: (outbox: Outbox) => Promise<T>,
): Promise<T> {
  const storage = await openStorage(settings);
  try {
    return await work({ storage, prefix, request });
  } finally {
    closeStorage(storage);
  }
}
