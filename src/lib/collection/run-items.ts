import { IDLE_BYTES } from '../convert/process/converter.ts';
import { type Admitted, createAdmission, MOST_OVERTAKING } from './admission.ts';
import { bringAhead } from './arrivals.ts';
import { createBell } from './bell.ts';
import { type ConvertRun, convertAdmitted } from './convert-item.ts';
import type { CollectionItem, DueItem, Look, LookingTools } from './item.ts';
import { lookAhead } from './look-ahead.ts';
import { createSlots } from './slots.ts';

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
  const bell = createBell();
  const admission = createAdmission<DueItem>({ jobs, memoryBytes });
  const deliveries = createSlots(jobs);
  const looks = lookAhead(items, run.looking, bell.ring, run.looksAtOnce);
  const running = new Set<Promise<void>>();
  const queue = (item: DueItem) => admission.wait(item, Math.max(IDLE_BYTES, item.peakBytes));
  const arrivals = bringAhead(Math.max(LEAST_AHEAD, jobs), {
    signal,
    tell,
    arrived: queue,
    failed: ended,
    onChange: bell.ring,
  });
  const start = (admitted: Admitted<DueItem>) => {
    arrivals.begun(admitted.job);
    const whole = { ...run, admission, deliveries, onRoom: bell.ring };
    const conversion = convertAdmitted(admitted, whole).finally(() => {
      running.delete(conversion);
      bell.ring();
    });
    running.add(conversion);
  };
  const settle = (look: Look) => {
    if (look.status !== 'due') ended(look);
    else if (look.bring) arrivals.expect(look);
    else queue(look);
  };
  const isThrough = () =>
    looks.isThrough() && arrivals.isIdle() && admission.waiting() === 0 && running.size === 0;
  signal.addEventListener('abort', bell.ring);
  try {
    while (!signal.aborted) {
      const waiting = admission.waiting() + arrivals.waiting();
      for (const look of looks.take(MOST_OVERTAKING + jobs - waiting)) settle(look);
      for (let one = admission.next(); one; one = admission.next()) start(one);
      if (isThrough()) return;
      await bell.heard();
    }
  } finally {
    signal.removeEventListener('abort', bell.ring);
    await Promise.all([...running, looks.settled(), arrivals.settled()]);
  }
}
