import { MAX_ENTRY_BYTES, readOutboxEntry } from '../../callback/outbox-entry.ts';
import { listObjects } from '../../storage/list-objects.ts';
import { getSmallObject } from '../../storage/small-object.ts';
import type { Pending } from './claim.ts';
import { type CallbackIdentity, pendingKey, pendingPrefix } from './keys.ts';
import type { Outbox } from './outbox.ts';

/** An object under the prefix of entries; a text in `read` says why it is not an entry. */
export interface FoundEntry {
  readonly key: string;
  readonly read: Pending | string;
}

/** Lists the contents of the outbox, grouped by task. Throws `StorageError`. */
export async function* entriesByTask(outbox: Outbox): AsyncGenerator<{
  readonly found: readonly FoundEntry[];
  /** Whether there is more than one task. */
  readonly several: boolean;
}> {
  const listed = await listObjects(outbox.storage, pendingPrefix(outbox.prefix), outbox.request);
  const tasks = Object.values(Object.groupBy(listed, ({ key }) => folderOf(key)));
  for (const objects of tasks) {
    const found: FoundEntry[] = [];
    for (const { key, size } of objects ?? []) {
      const read = await readEntry(outbox, key, size);
      // Another process has delivered and removed it meanwhile.
      if (read !== undefined) found.push({ key, read });
    }
    yield { found, several: tasks.length > 1 };
  }
}

function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/'));
}

/**
 * The entry of an outcome; a text that says why the object is not one, or undefined if there is
 * none. Throws `StorageError`.
 */
export function entryOf(
  outbox: Outbox,
  outcome: CallbackIdentity,
): Promise<Pending | string | undefined> {
  return readEntry(outbox, pendingKey(outbox.prefix, outcome));
}

async function readEntry(
  { storage, prefix, request, isFree }: Outbox,
  key: string,
  size = 0,
): Promise<Pending | string | undefined> {
  if (isFree?.(key)) return undefined;
  if (size > MAX_ENTRY_BYTES) return `it has ${size} bytes, and a callback has a few thousand`;
  const object = await getSmallObject(storage, key, MAX_ENTRY_BYTES, request);
  if (!object) return undefined;
  const read = readOutboxEntry(object.bytes);
  if (typeof read === 'string') return read;
  // Otherwise each copy of an entry would be delivered.
  const rightful = pendingKey(prefix, read.payload);
  if (key !== rightful) return `what is in it belongs under "${rightful}"`;
  return { key, etag: object.info.etag, ...read };
}
