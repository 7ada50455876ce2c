import { createChangeSignal } from './change-signal.ts';
import type { CollectionEvent, FailedRecord, WouldFailRecord } from './events.ts';
import type { CollectionItem, LookingTools } from './item.ts';
import { lookAhead } from './look-ahead.ts';
import type { RunCounters } from './run-counters.ts';

/** Says what would become of the items, in their order, until the signal ends it. Throws nothing. */
export async function planItems(
  items: readonly CollectionItem[],
  looking: LookingTools,
  counters: RunCounters,
  tell: (event: CollectionEvent) => void,
  looksAtOnce?: number,
): Promise<void> {
  const { signal } = looking;
  const change = createChangeSignal();
  const looks = lookAhead(items, looking, change.notify, looksAtOnce);
  signal.addEventListener('abort', change.notify);
  while (!signal.aborted) {
    for (const look of looks.take(items.length)) {
      if (look.status === 'due') {
        counters.planned(look);
        tell({ event: 'file.planned', ...look.source, status: 'due', pages: look.plans });
        continue;
      }
      const plan = look.status === 'failed' ? wouldFail(look) : look;
      if (plan.status === 'would_fail') counters.wouldFail();
      else counters.ended(plan);
      tell({ event: 'file.planned', ...plan });
    }
    if (looks.isThrough()) break;
    await change.notified();
  }
  signal.removeEventListener('abort', change.notify);
  await looks.settled();
}

function wouldFail({ ms: _, ...record }: FailedRecord): WouldFailRecord {
  return { ...record, status: 'would_fail' };
}
