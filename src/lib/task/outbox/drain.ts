import { MAX_ENTRY_BYTES, readOutboxEntry } from '../../callback/outbox-entry.ts';
import { listObjects } from '../../storage/list-objects.ts';
import { getSmallObject } from '../../storage/small-object.ts';
import type { Pending } from './claim.ts';
import { type DrainOptions, drainEntry } from './drain-entry.ts';
import type { DrainEvent } from './drain-events.ts';
import { pendingKey, pendingPrefix } from './keys.ts';
import { isSealed, type Outbox, removeEntries } from './outbox.ts';

/**
 * Delivers what lies in an outbox, one after the other, and tells what became of each object in it. Several
 * drains at once share the work: each entry is delivered by the one that claims it. What is no entry is told
 * and left alone. Throws `StorageError` when the outbox cannot be read, and the signal's reason.
 */
export async function* drainOutbox(
  outbox: Outbox,
  options: DrainOptions,
): AsyncGenerator<DrainEvent> {
  const listed = await listObjects(outbox.storage, pendingPrefix(outbox.prefix), outbox.request);
  const tasks = Object.values(Object.groupBy(listed, ({ key }) => folderOf(key)));
  for (const objects of tasks) {
    const callbacks: Pending[] = [];
    for (const { key, size } of objects ?? []) {
      const read = await readEntry(outbox, key, size);
      // Whoever was faster has delivered it.
      if (read === undefined) continue;
      if (typeof read === 'string') yield { kind: 'corrupt', key, reason: read };
      else if (options.wanted(read.payload)) {
        if (options.unsigned || isSealed(outbox, key, read.entry)) callbacks.push(read);
        else yield { kind: 'unsigned', key, payload: read.payload, reason: UNSIGNED };
      }
    }
    yield* drainTask(outbox, callbacks, options, tasks.length > 1);
  }
}

const UNSIGNED =
  'it is not signed with this CALLBACK_SECRET: anybody who can write to the bucket may have put it there, or arke-tiff 0.1.0 did. ' +
  'Look at it; --unsigned sends it';

function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/'));
}

/** A text that says why it is no entry; undefined when it is gone. */
async function readEntry(
  { storage, prefix, request }: Outbox,
  key: string,
  size: number,
): Promise<Pending | string | undefined> {
  if (size > MAX_ENTRY_BYTES) return `it has ${size} bytes, and a callback has a few thousand`;
  const object = await getSmallObject(storage, key, MAX_ENTRY_BYTES, request);
  if (!object) return undefined;
  const read = readOutboxEntry(object.bytes);
  if (typeof read === 'string') return read;
  // A copy would be delivered as often as there are copies.
  const rightful = pendingKey(prefix, read.payload);
  if (key !== rightful) return `what is in it belongs under "${rightful}"`;
  return { key, etag: object.info.etag, ...read };
}

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
    return { kind, key, payload, reason: 'another drain is delivering the success of its task' };
  if (!['delivered', 'obsolete', 'pending'].includes(kind)) {
    const reason = 'a success of its task waits in the outbox, too, and comes first';
    return { kind: 'refused', key, payload, reason };
  }
  if (!dryRun) await removeEntries(outbox, [payload]);
  return { kind: 'obsolete', key, payload, reason: 'the success of its task is delivered' };
}
