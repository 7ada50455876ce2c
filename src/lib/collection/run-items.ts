import pLimit from 'p-limit';
import { type Admitted, createAdmission, MOST_OVERTAKING } from './admission.ts';
import { createChangeSignal } from './change-signal.ts';
import { type ConvertRun, convertAdmitted } from './convert-item.ts';
import { roomFor } from './converters.ts';
import type { CollectionItem, DueItem, ItemPlan, PlanningTools } from './item.ts';
import { planAhead } from './plan-ahead.ts';
import { startPrefetch } from './prefetch.ts';

/** The parameters of a run over items. */
export interface ItemsRun extends Omit<ConvertRun, 'admission' | 'deliveries' | 'onRoom'> {
  readonly jobs: number;
  readonly planning: PlanningTools;
  /** How many items are examined at once; the default suits files on a disk. */
  readonly plansAtOnce?: number | undefined;
}

/**
 * The least number of remote TIFFs that may be here or on their way before their turn; otherwise
 * the number of jobs, so that the next one is here when a job ends.
 */
const LEAST_AHEAD = 2;

/**
 * Converts the items that are due, several at once as jobs and memory permit; starts them in order,
 * except as `createAdmission` allows, and remote ones in the order of arrival. Returns when all
 * have ended, or when the signal has aborted and nothing runs any more; never throws for what
 * happens to an item.
 */
export async function runItems(items: readonly CollectionItem[], run: ItemsRun): Promise<void> {
  const { jobs, memoryBytes, signal, tell, ended } = run;
  const change = createChangeSignal();
  const admission = createAdmission<DueItem>({ jobs, memoryBytes });
  const deliveries = pLimit(jobs);
  const plans = planAhead(items, run.planning, change.notify, run.plansAtOnce);
  const running = new Set<Promise<void>>();
  const queue = (item: DueItem) => admission.wait(item, roomFor(item.peakBytes));
  const prefetch = startPrefetch(Math.max(LEAST_AHEAD, jobs), {
    signal,
    tell,
    arrived: queue,
    failed: ended,
    onChange: change.notify,
  });
  const start = (admitted: Admitted<DueItem>) => {
    prefetch.started(admitted.job);
    const whole = { ...run, admission, deliveries, onRoom: change.notify };
    const conversion = convertAdmitted(admitted, whole).finally(() => {
      running.delete(conversion);
      change.notify();
    });
    running.add(conversion);
  };
  const settle = (plan: ItemPlan) => {
    if (plan.status !== 'due') ended(plan);
    else if (plan.bring) prefetch.expect(plan);
    else queue(plan);
  };
  const isThrough = () =>
    plans.isThrough() && prefetch.isIdle() && admission.waiting() === 0 && running.size === 0;
  signal.addEventListener('abort', change.notify);
  try {
    while (!signal.aborted) {
      const waiting = admission.waiting() + prefetch.waiting();
      for (const plan of plans.take(MOST_OVERTAKING + jobs - waiting)) settle(plan);
      for (let one = admission.next(); one; one = admission.next()) start(one);
      if (isThrough()) return;
      await change.notified();
    }
  } finally {
    signal.removeEventListener('abort', change.notify);
    await Promise.all([...running, plans.settled(), prefetch.settled()]);
  }
}
