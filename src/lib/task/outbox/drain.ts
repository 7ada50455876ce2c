import type { Pending } from './claim.ts';
import { type DrainOptions, drainEntry } from './drain-entry.ts';
import type { DrainEvent } from './drain-events.ts';
import { isSealed, type Outbox, removeEntries } from './outbox.ts';
import { entriesByTask } from './read-entry.ts';

/**
 * Delivers what lies in an outbox, one after the other, and tells what became of each object in it. Several
 * drains at once share the work: each entry is delivered by the one that claims it. What is no entry is told
 * and left alone. Throws `StorageError` when the outbox cannot be read, and the signal's reason.
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

/** The success first: once it is delivered, an error of the same task must not follow. */
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

/** What becomes of an error once its task's success was looked at. */
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
