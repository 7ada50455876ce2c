import { createChangeSignal } from './change-signal.ts';
import type { CollectionEvent, FailedRecord, WouldFailRecord } from './events.ts';
import type { CollectionItem, PlanningTools } from './item.ts';
import { planAhead } from './plan-ahead.ts';
import type { RunCounters } from './run-counters.ts';

/** Reports the plans of the items, in order, until the signal aborts. Never throws. */
export async function planItems(
  items: readonly CollectionItem[],
  planning: PlanningTools,
  counters: RunCounters,
  tell: (event: CollectionEvent) => void,
  plansAtOnce?: number,
): Promise<void> {
  const { signal } = planning;
  const change = createChangeSignal();
  const plans = planAhead(items, planning, change.notify, plansAtOnce);
  signal.addEventListener('abort', change.notify);
  while (!signal.aborted) {
    for (const item of plans.take(items.length)) {
      if (item.status === 'due') {
        counters.planned(item);
        tell({ event: 'file.planned', ...item.source, status: 'due', pages: item.plans });
        continue;
      }
      const plan = item.status === 'failed' ? wouldFail(item) : item;
      if (plan.status === 'would_fail') counters.wouldFail();
      else counters.ended(plan);
      tell({ event: 'file.planned', ...plan });
    }
    if (plans.isThrough()) break;
    await change.notified();
  }
  signal.removeEventListener('abort', change.notify);
  await plans.settled();
}

function wouldFail({ ms: _, ...record }: FailedRecord): WouldFailRecord {
  return { ...record, status: 'would_fail' };
}
