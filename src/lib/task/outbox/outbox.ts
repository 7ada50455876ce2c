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
import { isSeal, sealOfEntry, sealOfMark } from '../../callback/seal.ts';
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
  /** What entries and marks are sealed with; without it everything that lies there is believed. */
  readonly secret?: string | undefined;
  readonly request: RequestOptions;
}

/** Whether an entry was written by somebody who knows the secret; without a secret all count as such. */
export function isSealed({ secret }: Outbox, key: string, entry: OutboxEntry): boolean {
  return secret === undefined || isSeal(entry.seal, sealOfEntry(secret, key, entry));
}

/** A mark, and whether it was written by somebody who knows the secret. */
interface FoundMark extends DeliveredMark {
  readonly isSealed: boolean;
}

/** When a callback was delivered, as a mark says it. */
export function deliveredAtText({ delivered_at: at, isSealed }: FoundMark): string {
  return isSealed ? `at ${at}` : `at ${at}, as an unsigned mark says`;
}

/** How often a place is looked at again because somebody else was faster. */
const MAX_RACES = 3;

/** Where an entry lies. */
export interface StoredEntry {
  readonly key: string;
  /** The version that was stored; undefined where somebody else is delivering the outcome, and ours is not needed. */
  readonly mine:
    | {
        readonly entry: OutboxEntry;
        readonly etag: string;
        /** Whether the one that it has replaced may have been taken. */
        readonly wasUnconfirmed: boolean;
      }
    | undefined;
}

/**
 * Stores an entry. One of an earlier run of the task with the same outcome is replaced, unless it is being delivered right
 * now by anybody but this `owner`: the orchestrator gets one of both. If that one may have been taken, this outcome may have
 * been, too. Throws `StorageError`.
 */
export async function storeEntry(
  outbox: Outbox,
  unsealed: OutboxEntry,
  outcome: Outcome,
  { now, owner }: { readonly now: Date; readonly owner?: string | undefined },
): Promise<StoredEntry> {
  const { storage, prefix, request, secret } = outbox;
  const key = pendingKey(prefix, outcome);
  const seal = secret === undefined ? {} : { seal: sealOfEntry(secret, key, unsealed) };
  const own = { ...unsealed, ...seal };
  let wasUnconfirmed = false;
  let condition: PutCondition = { kind: 'absent' };
  for (let races = 1; ; races++) {
    try {
      const entry = wasUnconfirmed ? { ...own, unconfirmed: true } : own;
      const etag = await putEntry(storage, key, entry, condition, request);
      return { key, mine: { entry, etag, wasUnconfirmed } };
    } catch (error) {
      if (!isPreconditionFailure(error) || races >= MAX_RACES) throw error;
    }
    const there = await getSmallObject(storage, key, MAX_ENTRY_BYTES, request);
    if (!there) {
      condition = { kind: 'absent' };
      continue;
    }
    const earlier = sealedEntry(outbox, key, there.bytes);
    const isOwn = owner !== undefined && earlier?.lease?.owner === owner;
    if (earlier && !isOwn && isLeased(earlier, now)) return { key, mine: undefined };
    wasUnconfirmed = earlier?.unconfirmed === true;
    condition = { kind: 'unchanged', etag: there.info.etag };
  }
}

/** What anybody may have put there counts for nothing: it must neither keep an entry away nor cast doubt on it. */
function sealedEntry(outbox: Outbox, key: string, bytes: Uint8Array): OutboxEntry | undefined {
  const read = readOutboxEntry(bytes);
  if (typeof read === 'string') return undefined;
  return isSealed(outbox, key, read.entry) ? read.entry : undefined;
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
  { storage, prefix, request, secret }: Outbox,
  outcome: Outcome,
): Promise<FoundMark | undefined> {
  const key = deliveredKey(prefix, outcome);
  const object = await getSmallObject(storage, key, MAX_ENTRY_BYTES, request);
  const mark = object && readDeliveredMark(object.bytes.toString());
  if (!mark) return undefined;
  const isSealed = secret === undefined || isSeal(mark.seal, sealOfMark(secret, key, mark));
  return { ...mark, isSealed };
}

/** Marks an outcome as delivered; what an earlier delivery has left is replaced. Throws `StorageError`. */
export async function putMark(
  { storage, prefix, request, secret }: Outbox,
  outcome: Outcome,
  { id, body }: { readonly id: string; readonly body: string },
  at: Date,
): Promise<void> {
  const key = deliveredKey(prefix, outcome);
  const mark = deliveredMark(id, body, at);
  const seal = secret === undefined ? {} : { seal: sealOfMark(secret, key, mark) };
  const text = `${JSON.stringify({ ...mark, ...seal })}\n`;
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
