import { setTimeout as wait } from 'node:timers/promises';

/**
 * Whether `promise` is fulfilled within the time, in milliseconds. Rejects as the promise does, or
 * with the signal's reason as soon as that is aborted. The result of a late promise is ignored.
 */
export async function within(
  promise: Promise<unknown>,
  ms: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const over = new AbortController();
  const stopped = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  const late = wait(ms, false, { signal: stopped }).catch((error: unknown) => {
    if (signal?.aborted) throw signal.reason;
    throw error;
  });
  late.catch(() => {});
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    over.abort();
  }
}
