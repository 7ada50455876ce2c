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
import type { IsFree } from '../../storage/list-objects.ts';
import type { RequestOptions } from '../../storage/objects.ts';
import { deleteObject, getSmallObject, putSmallObject } from '../../storage/small-object.ts';
import type { PutCondition } from '../../storage/upload-request.ts';
import { type CallbackIdentity, deliveredKey, pendingKey } from './keys.ts';

/** An outbox: undelivered callbacks in R2. */
export interface Outbox {
  readonly storage: Storage;
  readonly prefix: string;
  /** Seals entries and marks; without it, everything found there is trusted. */
  readonly secret?: string | undefined;
  readonly request: RequestOptions;
  /** The free keys by a list, which are not asked for: never set before something is sent. */
  readonly isFree?: IsFree | undefined;
}

/** Whether an entry has a valid seal; without a secret every entry counts as sealed. */
export function isSealed({ secret }: Outbox, key: string, entry: OutboxEntry): boolean {
  return secret === undefined || isSeal(entry.seal, sealOfEntry(secret, key, entry));
}

/** A mark, and whether its seal is valid. */
interface FoundMark extends DeliveredMark {
  readonly isSealed: boolean;
}

/** When a callback was delivered, according to a mark. */
export function deliveredAtText({ delivered_at: at, isSealed }: FoundMark): string {
  return isSealed ? `at ${at}` : `at ${at}, as an unsigned mark says`;
}

/** How often a race for an object is tried again. */
const MAX_RACES = 3;

/** Where an entry is stored. */
export interface StoredEntry {
  readonly key: string;
  /**
   * The stored version; undefined if another process is delivering the outcome and ours is not
   * needed.
   */
  readonly mine:
    | {
        readonly entry: OutboxEntry;
        readonly etag: string;
        /** Whether the replaced entry may have been accepted. */
        readonly wasUnconfirmed: boolean;
      }
    | undefined;
}

/**
 * Stores an entry. Replaces one of an earlier run with the same outcome, unless somebody other than
 * `owner` is delivering it: the orchestrator gets one of them. If the replaced one may have been
 * accepted, so may this outcome. Throws `StorageError`.
 */
export async function storeEntry(
  outbox: Outbox,
  unsealed: OutboxEntry,
  outcome: CallbackIdentity,
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

/** An unsealed entry counts for nothing: it must neither keep an entry out nor cast doubt on it. */
function sealedEntry(outbox: Outbox, key: string, bytes: Uint8Array): OutboxEntry | undefined {
  const read = readOutboxEntry(bytes);
  if (typeof read === 'string') return undefined;
  return isSealed(outbox, key, read.entry) ? read.entry : undefined;
}

/** Stores an entry under a condition; returns its ETag. Throws `StorageError`. */
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

/** The outcomes of a task that need not, or must not, follow this one. */
export function obsoleteBy({ task_id, batch_id, status }: CallbackIdentity): CallbackIdentity[] {
  const error = { task_id, batch_id, status: 'error' } as const;
  return status === 'error' ? [error] : [{ task_id, batch_id, status }, error];
}

/** Removes the outbox's entries for these outcomes. Throws `StorageError`. */
export async function removeEntries(
  { storage, prefix, request }: Outbox,
  outcomes: readonly CallbackIdentity[],
): Promise<void> {
  await Promise.all(
    outcomes.map((outcome) => deleteObject(storage, pendingKey(prefix, outcome), request)),
  );
}

/** The mark of an earlier delivery of this outcome, if there is one. Throws `StorageError`. */
export async function findMark(
  { storage, prefix, request, secret, isFree }: Outbox,
  outcome: CallbackIdentity,
): Promise<FoundMark | undefined> {
  const key = deliveredKey(prefix, outcome);
  if (isFree?.(key)) return undefined;
  const object = await getSmallObject(storage, key, MAX_ENTRY_BYTES, request);
  const mark = object && readDeliveredMark(object.bytes.toString());
  if (!mark) return undefined;
  const isSealed = secret === undefined || isSeal(mark.seal, sealOfMark(secret, key, mark));
  return { ...mark, isSealed };
}

/** What was delivered. */
interface Delivered {
  readonly id: string;
  readonly body: string;
  readonly at: Date;
}

/**
 * Marks an outcome as delivered, then removes the entries that are no longer needed. In this order:
 * if the process ends in between, a drain finds the mark and does not deliver again. Throws
 * `StorageError`.
 */
export async function settle(
  outbox: Outbox,
  outcome: CallbackIdentity,
  delivered: Delivered,
  obsolete: readonly CallbackIdentity[] = obsoleteBy(outcome),
): Promise<void> {
  await putMark(outbox, outcome, delivered);
  await removeEntries(outbox, obsolete);
}

/**
 * Marks an outcome as delivered; replaces the mark of an earlier delivery. Throws `StorageError`.
 */
export async function putMark(
  { storage, prefix, request, secret }: Outbox,
  outcome: CallbackIdentity,
  { id, body, at }: Delivered,
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

/** Whether a request failed because another process was faster. */
export function isPreconditionFailure(error: unknown): boolean {
  return error instanceof StorageError && error.code === 'PRECONDITION_FAILED';
}

const JSON_TYPE = 'application/json';
