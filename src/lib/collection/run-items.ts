import pLimit from 'p-limit';
import { IDLE_BYTES } from '../convert/process/converter.ts';
import { type Admitted, createAdmission, MOST_OVERTAKING } from './admission.ts';
import { createChangeSignal } from './change-signal.ts';
import { type ConvertRun, convertAdmitted } from './convert-item.ts';
import type { CollectionItem, DueItem, Look, LookingTools } from './item.ts';
import { lookAhead } from './look-ahead.ts';
import { startPrefetch } from './prefetch.ts';

/** What a run over items goes by. */
export interface ItemsRun extends Omit<ConvertRun, 'admission' | 'deliveries' | 'onRoom'> {
  readonly jobs: number;
  readonly looking: LookingTools;
  /** How many items are looked at together; as is good for files on a disk unless told. */
  readonly looksAtOnce?: number | undefined;
}

/**
 * The least that may lie here, or be on their way here, before their turn, of TIFFs that lie elsewhere; else as many as
 * there are jobs, so that the next one is there when a job has ended.
 */
const LEAST_AHEAD = 2;

/**
 * Converts what is to be converted of the items, several at once as far as jobs and memory allow, begun in their order but
 * for what `createAdmission` says; those that lie elsewhere in the order in which they have come here. Returns when all have ended, or the signal has and nothing runs any
 * more; never throws for what can happen to an item.
 */
export async function runItems(items: readonly CollectionItem[], run: ItemsRun): Promise<void> {
  const { jobs, memoryBytes, signal, tell, ended } = run;
  const change = createChangeSignal();
  const admission = createAdmission<DueItem>({ jobs, memoryBytes });
  const deliveries = pLimit(jobs);
  const looks = lookAhead(items, run.looking, change.notify, run.looksAtOnce);
  const running = new Set<Promise<void>>();
  const queue = (item: DueItem) => admission.wait(item, Math.max(IDLE_BYTES, item.peakBytes));
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
  const settle = (look: Look) => {
    if (look.status !== 'due') ended(look);
    else if (look.bring) prefetch.expect(look);
    else queue(look);
  };
  const isThrough = () =>
    looks.isThrough() && prefetch.isIdle() && admission.waiting() === 0 && running.size === 0;
  signal.addEventListener('abort', change.notify);
  try {
    while (!signal.aborted) {
      const waiting = admission.waiting() + prefetch.waiting();
      for (const look of looks.take(MOST_OVERTAKING + jobs - waiting)) settle(look);
      for (let one = admission.next(); one; one = admission.next()) start(one);
      if (isThrough()) return;
      await change.notified();
    }
  } finally {
    signal.removeEventListener('abort', change.notify);
    await Promise.all([...running, looks.settled(), prefetch.settled()]);
  }
}
