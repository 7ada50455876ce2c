import {
  type DeliveredMark,
  deliveredMark,
  readDeliveredMark,
} from '../../callback/delivered-mark.ts';
import {
  entryText,
  isLeased,
  MAX_ENTRY_BYTES,
  type OutboxEntry,
  readOutboxEntry,
} from '../../callback/outbox-entry.ts';
import { StorageError } from '../../errors.ts';
import type { Storage } from '../../storage/client.ts';
import type { RequestOptions } from '../../storage/objects.ts';
import { deleteObject, getSmallObject, putSmallObject } from '../../storage/small-object.ts';
import type { PutCondition } from '../../storage/upload-request.ts';
import { deliveredKey, type Outcome, pendingKey } from './keys.ts';

/** An outbox: callbacks that could not be delivered, in R2. */
export interface Outbox {
  readonly storage: Storage;
  readonly prefix: string;
  readonly request: RequestOptions;
}

/** How often a place is looked at again because somebody else was faster. */
const MAX_RACES = 3;

/**
 * Stores an entry, and gives its key. One of an earlier run of the task with the same outcome is replaced,
 * unless it is being delivered right now: the orchestrator gets one of both. Throws `StorageError`.
 */
export async function storeEntry(
  { storage, prefix, request }: Outbox,
  entry: OutboxEntry,
  outcome: Outcome,
  now: Date,
): Promise<string> {
  const key = pendingKey(prefix, outcome);
  let condition: PutCondition = { kind: 'absent' };
  for (let races = 1; ; races++) {
    try {
      await putEntry(storage, key, entry, condition, request);
      return key;
    } catch (error) {
      if (!isPreconditionFailure(error) || races >= MAX_RACES) throw error;
    }
    const there = await getSmallObject(storage, key, MAX_ENTRY_BYTES, request);
    if (!there) condition = { kind: 'absent' };
    else {
      const read = readOutboxEntry(there.bytes);
      if (typeof read !== 'string' && isLeased(read.entry, now)) return key;
      condition = { kind: 'unchanged', etag: there.info.etag };
    }
  }
}

/** Stores an entry under a condition; gives its ETag. Throws `StorageError`. */
export async function putEntry(
  storage: Storage,
  key: string,
  entry: OutboxEntry,
  condition: PutCondition,
  request: RequestOptions,
): Promise<string> {
  const object = { key, text: entryText(entry), contentType: JSON_TYPE, condition };
  return (await putSmallObject(storage, object, request)).etag;
}

/** The outcomes of a task that need not, or must not, be delivered once this one is. */
export function obsoleteBy({ task_id, batch_id, status }: Outcome): Outcome[] {
  const error = { task_id, batch_id, status: 'error' } as const;
  return status === 'error' ? [error] : [{ task_id, batch_id, status }, error];
}

/** Removes what the outbox holds of these outcomes. Throws `StorageError`. */
export async function removeEntries(
  { storage, prefix, request }: Outbox,
  outcomes: readonly Outcome[],
): Promise<void> {
  await Promise.all(
    outcomes.map((outcome) => deleteObject(storage, pendingKey(prefix, outcome), request)),
  );
}

/** The mark that an outcome was delivered from the outbox before, if there is one. Throws `StorageError`. */
export async function findMark(
  { storage, prefix, request }: Outbox,
  outcome: Outcome,
): Promise<DeliveredMark | undefined> {
  const key = deliveredKey(prefix, outcome);
  const mark = await getSmallObject(storage, key, MAX_ENTRY_BYTES, request);
  return mark && readDeliveredMark(mark.bytes.toString());
}

/** Marks an outcome as delivered; what an earlier delivery has left is replaced. Throws `StorageError`. */
export async function putMark(
  { storage, prefix, request }: Outbox,
  outcome: Outcome,
  { id, body }: { readonly id: string; readonly body: string },
  at: Date,
): Promise<void> {
  const key = deliveredKey(prefix, outcome);
  const text = `${JSON.stringify(deliveredMark(id, body, at))}\n`;
  const put = (condition: PutCondition) =>
    putSmallObject(storage, { key, text, contentType: JSON_TYPE, condition }, request);
  try {
    await put({ kind: 'absent' });
  } catch (error) {
    if (!isPreconditionFailure(error)) throw error;
    const there = await getSmallObject(storage, key, MAX_ENTRY_BYTES, request);
    await put(there ? { kind: 'unchanged', etag: there.info.etag } : { kind: 'absent' });
  }
}

/** Whether a request failed because somebody else was faster. */
export function isPreconditionFailure(error: unknown): boolean {
  return error instanceof StorageError && error.code === 'PRECONDITION_FAILED';
}

const JSON_TYPE = 'application/json';
