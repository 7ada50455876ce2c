import { endSoonAfter } from '../../stop.ts';
import type { Outbox } from './outbox.ts';

/** How long what was begun in an outbox may take once a stop came, in milliseconds. */
export const FINISHING_MS = 2_000;

/**
 * Uses an outbox for what a stop must not cut off: its requests end `FINISHING_MS` after `signal`
 * aborts, or after now if it has aborted.
 */
export async function finishing<T>(
  outbox: Outbox,
  signal: AbortSignal | undefined,
  use: (outbox: Outbox) => Promise<T>,
): Promise<T> {
  const isStopped = signal?.aborted === true;
  const ending = endSoonAfter(isStopped ? undefined : signal, FINISHING_MS);
  const end = isStopped ? AbortSignal.timeout(FINISHING_MS) : ending.signal;
  try {
    return await use({ ...outbox, request: { ...outbox.request, signal: end } });
  } finally {
    ending.dispose();
  }
}
