import {
  isLeased,
  leased,
  type ReadEntry,
  released,
  type WhyUndelivered,
} from '../../callback/outbox-entry.ts';
import { messageOf, StorageError } from '../../errors.ts';
import { finishing } from './finishing.ts';
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
    if (!(error instanceof StorageError) || !error.retryable) throw error;
    const perhaps = `If it arrived, "${key}" stays claimed until ${until.toISOString()}.`;
    throw new StorageError(error.code, `${error.message} ${perhaps}`, { cause: error });
  }
}

/** What `giveBack` releases, and how it ends when the command is stopped. */
interface GivingBack {
  readonly mine: Omit<Claimed, 'payload'>;
  readonly why: WhyUndelivered;
  readonly signal: AbortSignal | undefined;
}

/**
 * Releases an entry for others, also after a stop. If that fails, the lease has to run out: returns
 * until when and why, and throws nothing.
 */
export async function giveBack(
  outbox: Outbox,
  { mine, why, signal }: GivingBack,
): Promise<string | undefined> {
  try {
    await finishing(outbox, signal, (own) => release(own, mine, why));
    return undefined;
  } catch (problem) {
    return `it could not be given back, and no other drain has it before ${mine.entry.lease?.until}: ${messageOf(problem)}`;
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
