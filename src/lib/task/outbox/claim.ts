import {
  isLeased,
  leased,
  type ReadEntry,
  released,
  type WhyUndelivered,
} from '../../callback/outbox-entry.ts';
import { isPreconditionFailure, type Outbox, putEntry, putMark, removeEntries } from './outbox.ts';

/** An entry as it lies in the outbox. */
export interface Pending extends ReadEntry {
  readonly key: string;
  /** The version that was read. */
  readonly etag: string;
}

/** An entry that this process has. */
export interface Claimed extends Pending {
  /** Whether it may have been taken before: no refusal since then tells what became of that. */
  readonly wasUnconfirmed: boolean;
}

/** How entries are claimed. */
export interface Claiming {
  /** Another one for each drain, so that two claims are never the same bytes. */
  readonly owner: string;
  /** For how long nobody else delivers an entry, in milliseconds. */
  readonly leaseMs: number;
  readonly now: () => Date;
}

/**
 * Claims an entry by a conditional PUT: of all who try only one succeeds, and until its lease has run out
 * nobody else tries. Gives the claimed version, or undefined when somebody else has the entry. Throws
 * `StorageError`.
 */
export async function claim(
  { storage, request }: Outbox,
  pending: Pending,
  { owner, leaseMs, now }: Claiming,
): Promise<Claimed | undefined> {
  const { key, etag, entry } = pending;
  const start = now();
  if (isLeased(entry, start)) return undefined;
  const until = new Date(start.getTime() + leaseMs);
  // Should this process die, nobody knows whether it has sent it.
  const mine = { ...leased(entry, owner, until), unconfirmed: true };
  try {
    const condition = { kind: 'unchanged', etag } as const;
    const claimed = await putEntry(storage, key, mine, condition, request);
    const wasUnconfirmed = entry.unconfirmed === true;
    return { ...pending, entry: mine, etag: claimed, wasUnconfirmed };
  } catch (error) {
    if (isPreconditionFailure(error)) return undefined;
    throw error;
  }
}

/** Gives a claimed entry back, so that the next drain need not wait for the lease. Throws `StorageError`. */
export async function release(
  { storage, request }: Outbox,
  { key, etag, entry, wasUnconfirmed }: Omit<Claimed, 'payload'>,
  why: WhyUndelivered,
): Promise<void> {
  const condition = { kind: 'unchanged', etag } as const;
  const unconfirmed = wasUnconfirmed || why.unconfirmed;
  await putEntry(storage, key, released(entry, { ...why, unconfirmed }), condition, request);
}

/**
 * Removes a claimed entry that was delivered. The mark comes first: should this process end in between, the
 * next drain finds it and does not deliver again. Throws `StorageError`.
 */
export async function settle(
  outbox: Outbox,
  { entry, payload }: Pending,
  now: Date,
): Promise<void> {
  await putMark(outbox, payload, { id: entry.webhook_id, body: entry.body }, now);
  await removeEntries(outbox, [payload]);
}
