/**
 * Works on all items in order, at most `limit` at once; returns the results in order. The first
 * failure (or the signal) aborts the others, and is thrown once none is running, so that clean-up
 * meets no writers.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
  { limit, signal }: { readonly limit: number; readonly signal?: AbortSignal | undefined },
): Promise<Result[]> {
  const controller = new AbortController();
  const stop = () => controller.abort(signal?.reason);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  const results: Result[] = [];
  const queue = items.entries();
  const takeItems = async () => {
    for (const [index, item] of queue) {
      if (controller.signal.aborted) return;
      try {
        results[index] = await work(item, controller.signal);
      } catch (error) {
        controller.abort(error);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: limit }, takeItems));
    controller.signal.throwIfAborted();
    return results;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
