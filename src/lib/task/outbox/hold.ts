import { isLeased, type WhyUndelivered } from '../../callback/outbox-entry.ts';
import { type Claiming, claim, type Pending, release } from './claim.ts';
import { busyText } from './drain-entry.ts';
import type { Outcome } from './keys.ts';
import { isSealed, type Outbox } from './outbox.ts';
import { entryOf } from './read-entry.ts';

/** What the outbox says to a callback that is about to be sent past it. */
export type Hold =
  /** Somebody is delivering a callback of this task. */
  | { readonly kind: 'busy'; readonly reason: string }
  /** An error, and the success of its task waits. */
  | { readonly kind: 'success-waits'; readonly reason: string }
  /** Nobody else sends it; `release` lets others have its entry, with why it was not delivered. */
  | { readonly kind: 'held'; readonly release: (why: WhyUndelivered) => Promise<void> };

/**
 * Keeps drains from a callback while it is sent past the outbox: claims its entry, where there is one. Once it is
 * delivered, its mark and the removal of the entry follow as in a drain. Throws `StorageError`.
 */
export async function holdCallback(
  outbox: Outbox,
  outcome: Outcome,
  claiming: Claiming,
): Promise<Hold> {
  const [success, error] = await Promise.all(
    (['success', 'error'] as const).map((status) => ownEntry(outbox, { ...outcome, status })),
  );
  for (const one of [success, error])
    if (one && isLeased(one.entry, claiming.now())) return { kind: 'busy', reason: busyText(one) };
  if (outcome.status === 'error' && success)
    return { kind: 'success-waits', reason: `its success waits in the outbox as "${success.key}"` };
  const entry = outcome.status === 'success' ? success : error;
  if (!entry) return { kind: 'held', release: async () => {} };
  const mine = await claim(outbox, entry, claiming);
  if (!mine) return { kind: 'busy', reason: busyText(entry) };
  return {
    kind: 'held',
    release: (why) => release(stillUsable(outbox), mine, why),
  };
}

/** How long an entry may take to be given back once the command is stopped, in milliseconds. */
const RELEASE_MS = 2_000;

function stillUsable(outbox: Outbox): Outbox {
  if (!outbox.request.signal?.aborted) return outbox;
  return { ...outbox, request: { ...outbox.request, signal: AbortSignal.timeout(RELEASE_MS) } };
}

/** An entry that somebody who knows the secret has written: any other must keep nothing from being sent. */
async function ownEntry(outbox: Outbox, outcome: Outcome): Promise<Pending | undefined> {
  const read = await entryOf(outbox, outcome);
  if (read === undefined || typeof read === 'string') return undefined;
  return isSealed(outbox, read.key, read.entry) ? read : undefined;
}
