import {
  isLeased,
  leased,
  type ReadEntry,
  released,
  type WhyUndelivered,
} from '../../callback/outbox-entry.ts';
import { isPreconditionFailure, type Outbox, putEntry } from './outbox.ts';

/** An entry as stored in the outbox. */
export interface Pending extends ReadEntry {
  readonly key: string;
  /** The version that was read. */
  readonly etag: string;
}

/** An entry claimed by this process. */
export interface Claimed extends Pending {
  /** Whether it may have been accepted earlier: a refusal since then does not settle that. */
  readonly wasUnconfirmed: boolean;
}

/** How entries are claimed. */
export interface Claiming {
  /** Different for each drain, so that two claims never have the same bytes. */
  readonly owner: string;
  /** How long nobody else delivers a claimed entry, in milliseconds. */
  readonly leaseMs: number;
  readonly now: () => Date;
}

/**
 * Claims an entry by a conditional PUT: only one process succeeds, and no other tries until its
 * lease ends. Returns the claimed version, or undefined if another process has the entry. Throws
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
  // If this process dies, nobody knows whether it sent the entry.
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

/**
 * Releases a claimed entry, so that the next drain need not wait for the lease. Throws
 * `StorageError`.
 */
export async function release(
  { storage, request }: Outbox,
  { key, etag, entry, wasUnconfirmed }: Omit<Claimed, 'payload'>,
  why: WhyUndelivered,
): Promise<void> {
  const condition = { kind: 'unchanged', etag } as const;
  const unconfirmed = wasUnconfirmed || why.unconfirmed;
  await putEntry(storage, key, released(entry, { ...why, unconfirmed }), condition, request);
}
