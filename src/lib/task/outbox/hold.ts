import { isLeased, type WhyUndelivered } from '../../callback/outbox-entry.ts';
import { type Claiming, claim, giveBack, type Pending } from './claim.ts';
import { busyText } from './drain-entry.ts';
import { finishing } from './finishing.ts';
import type { CallbackIdentity } from './keys.ts';
import { isSealed, type Outbox } from './outbox.ts';
import { entryOf } from './read-entry.ts';

/** What the outbox says about a callback that is sent without it. */
export type Hold =
  /** Another process is delivering a callback of this task. */
  | { readonly kind: 'busy'; readonly reason: string }
  /** The callback is an error, and the success of its task is waiting. */
  | { readonly kind: 'success-waits'; readonly reason: string }
  /**
   * Nobody else sends it; `release` gives its entry back, with the reason why it was not delivered,
   * and returns which one stays claimed instead, until when and why.
   */
  | {
      readonly kind: 'held';
      readonly release: (why: WhyUndelivered) => Promise<string | undefined>;
    };

/**
 * Keeps drains from a callback that is sent without the outbox: claims its entry, if there is one.
 * After delivery, the mark and the removal of the entry follow as in a drain. Throws
 * `StorageError`.
 */
export async function claimCallback(
  outbox: Outbox,
  outcome: CallbackIdentity,
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
  if (!entry) return { kind: 'held', release: async () => undefined };
  const { signal } = outbox.request;
  const mine = await finishing(outbox, signal, (own) => claim(own, entry, claiming));
  if (!mine) return { kind: 'busy', reason: busyText(entry) };
  return {
    kind: 'held',
    release: async (why) => {
      const stuck = await giveBack(outbox, { mine, why, signal });
      return stuck && `"${mine.key}" stays in the outbox: ${stuck}`;
    },
  };
}

/** The entry if its seal is valid: any other must not hold up a callback. */
async function ownEntry(outbox: Outbox, outcome: CallbackIdentity): Promise<Pending | undefined> {
  const read = await entryOf(outbox, outcome);
  if (read === undefined || typeof read === 'string') return undefined;
  return isSealed(outbox, read.key, read.entry) ? read : undefined;
}
