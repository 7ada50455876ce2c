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

/** What a task's way to its outbox needs besides that. */
export interface OutboxUse {
  readonly log: TaskLog;
  readonly request: RequestOptions;
}

/** A callback that goes to the outbox. */
export interface KeptCallback {
  readonly request: CallbackRequest;
  readonly payload: CallbackPayload;
}

/** The outbox as a task uses it. Neither ever throws: what goes wrong is logged. */
export interface TaskOutbox {
  /** Stores a callback that could not be delivered; `owner`: who may have it leased already. */
  keep(callback: KeptCallback, why: WhyUndelivered, owner?: string): Promise<void>;
  /**
   * Removes what earlier runs of the task have left and this delivery makes obsolete: the same outcome, and
   * after a success an error, which must not follow it.
   */
  forget(payload: CallbackPayload): Promise<void>;
}

/** The outbox that a task's settings describe. */
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
        const message = `the callback is kept in the outbox as ${key}; "arke-tiff callback pending" sends it`;
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

/** Says in the log what went wrong with the outbox. */
export function warn({ log }: OutboxUse, code: string, message: string, error: unknown): void {
  log({ event: 'warning', code, message: `${message}: ${messageOf(error)}` });
}

/** Opens the outbox for as long as something is done with it. Throws what that throws. */
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
