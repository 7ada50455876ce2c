/*
 * Outbox: the callbacks that could not be delivered, kept in R2 under `CALLBACK_OUTBOX_PREFIX`. A
 * task writes to it (`task-outbox.ts`, `held-callback.ts`); drains, replays and reports deliver.
 *
 * Terms. An *entry* is one object for each outcome of a task (`keys.ts`): body, address,
 * `webhook-id` and, with a secret, a seal. A *claim* is a conditional PUT that adds a *lease* to
 * the entry; until the lease is over, only its owner may send it. A *mark* records a delivery.
 *
 * How data passes. A drain reads an entry, claims it, sends it within half of the lease, stores the
 * mark, and deletes the entry. The delete is the only step without a condition, because R2 has none
 * for it; by then no other process can hold the entry. A process that dies before the mark leaves
 * the entry to the next drain, one that dies after it leaves an entry that is removed unsent.
 *
 * Must never happen: an entry sent by two processes at once; an error sent while a success of the
 * task waits or was delivered; anything removed because of a mark without a valid seal.
 */
import type { Pending } from './claim.ts';
import { type DrainOptions, drainEntry } from './drain-entry.ts';
import type { DrainEvent } from './drain-events.ts';
import { isSealed, type Outbox, removeEntries } from './outbox.ts';
import { entriesByTask } from './read-entry.ts';

/**
 * Delivers the entries of an outbox one after the other and yields what became of each object.
 * Concurrent drains share the work: the one that claims an entry delivers it. Other objects are
 * reported and kept. Throws `StorageError` if the outbox cannot be read, and the signal's reason.
 */
export async function* drainOutbox(
  outbox: Outbox,
  options: DrainOptions,
): AsyncGenerator<DrainEvent> {
  for await (const { found, several } of entriesByTask(outbox)) {
    const callbacks: Pending[] = [];
    for (const { key, read } of found) {
      if (typeof read === 'string') yield { kind: 'corrupt', key, reason: read };
      else if (options.wanted(read.payload)) {
        if (options.unsigned || isSealed(outbox, key, read.entry)) callbacks.push(read);
        else yield { kind: 'unsigned', key, payload: read.payload, reason: UNSIGNED };
      }
    }
    yield* drainTask(outbox, callbacks, options, several);
  }
}

const UNSIGNED =
  'it is not signed with this CALLBACK_SECRET: anybody who can write to the bucket may have put it there, or arke-tiff 0.1.0 did. ' +
  'Look at it; --unsigned sends it';

/** The success goes first: once it is delivered, an error of the same task must not follow. */
async function* drainTask(
  outbox: Outbox,
  callbacks: readonly Pending[],
  options: DrainOptions,
  severalTasks: boolean,
): AsyncGenerator<DrainEvent> {
  const success = callbacks.find(({ payload }) => payload.status === 'success');
  const first = success && (await drainEntry(outbox, success, options, severalTasks));
  if (first) yield first;
  for (const error of callbacks.filter((one) => one !== success)) {
    if (!first || options.force) yield await drainEntry(outbox, error, options, severalTasks);
    else yield await afterSuccess(outbox, error, first, options);
  }
}

/** What becomes of an error after its task's success. */
async function afterSuccess(
  outbox: Outbox,
  { key, payload }: Pending,
  { kind }: DrainEvent,
  { dryRun }: DrainOptions,
): Promise<DrainEvent> {
  if (kind === 'busy')
    return { kind, key, payload, reason: 'another process is delivering the success of its task' };
  if (!['delivered', 'obsolete', 'pending'].includes(kind)) {
    const reason = 'a success of its task waits in the outbox, too, and comes first';
    return { kind: 'refused', key, payload, reason };
  }
  if (!dryRun) await removeEntries(outbox, [payload]);
  return { kind: 'obsolete', key, payload, reason: 'the success of its task is delivered' };
}
