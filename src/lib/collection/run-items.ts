import type { Budget } from '../convert/plan/resources.ts';
import { type Admission, type Admitted, createAdmission, MOST_OVERTAKING } from './admission.ts';
import { createBell } from './bell.ts';
import type { Converters } from './converters.ts';
import type { CollectionEvent, FileRecord } from './events.ts';
import { failureOf } from './failure.ts';
import type { CollectionItem, DueItem, Look, LookingTools } from './item.ts';
import { lookAhead } from './look-ahead.ts';

/** What a run over items goes by. */
export interface ItemsRun {
  readonly jobs: number;
  /** Memory of all conversion processes together, in bytes. */
  readonly memoryBytes: number;
  readonly budget: Budget;
  readonly converters: Converters;
  readonly looking: LookingTools;
  readonly signal: AbortSignal;
  readonly tell: (event: CollectionEvent) => void;
  /** Told how each file ended, but for those that the signal dropped. */
  readonly ended: (record: FileRecord) => void;
}

/** What a conversion process takes while it has nothing to do, in bytes: 95 to 107 MB were measured. */
const IDLE_BYTES = 128 * 1024 * 1024;

/**
 * Converts what is to be converted of the items, several at once as far as jobs and memory allow, begun in their order but
 * for what `createAdmission` says. Returns when all have ended, or the signal has and nothing runs any
 * more; never throws for what can happen to an item.
 */
export async function runItems(items: readonly CollectionItem[], run: ItemsRun): Promise<void> {
  const { jobs, memoryBytes, signal, ended } = run;
  const bell = createBell();
  const admission = createAdmission<DueItem>({ jobs, memoryBytes });
  const looks = lookAhead(items, run.looking, bell.ring);
  const running = new Set<Promise<void>>();
  const start = (admitted: Admitted<DueItem>) => {
    const conversion = convert(admitted, admission, run).finally(() => {
      running.delete(conversion);
      bell.ring();
    });
    running.add(conversion);
  };
  const settle = (look: Look) => {
    if (look.status !== 'due') ended(look);
    else admission.wait(look, Math.max(IDLE_BYTES, look.peakBytes));
  };
  signal.addEventListener('abort', bell.ring);
  try {
    while (!signal.aborted) {
      for (const look of looks.take(MOST_OVERTAKING + jobs - admission.waiting())) settle(look);
      for (let one = admission.next(); one; one = admission.next()) start(one);
      if (looks.isThrough() && admission.waiting() === 0 && running.size === 0) return;
      await bell.heard();
    }
  } finally {
    signal.removeEventListener('abort', bell.ring);
    await Promise.all([...running, looks.settled()]);
  }
}

/** Converts a file that has been admitted, and tells what becomes of it. Never throws. */
async function convert(
  { job, memoryBytes, release }: Admitted<DueItem>,
  admission: Admission<DueItem>,
  run: ItemsRun,
): Promise<void> {
  const { source } = job;
  const { converters, signal, tell, ended } = run;
  const start = performance.now();
  const ms = () => Math.round(performance.now() - start);
  tell({ event: 'file.started', ...source });
  try {
    await converters.keepIdle(roomForIdle(run.memoryBytes - admission.taken()));
    const converter = await converters.take();
    const onReplan = (message: string) =>
      tell({ event: 'file.replanned', input: source.input, message });
    const budget = { ...run.budget, memoryBytes };
    const made = await job
      .convert({ converter, budget, signal, onReplan })
      .finally(() => converters.giveBack(converter, job.peakBytes));
    ended({ ...source, status: 'converted', ms: ms(), ...made });
  } catch (error) {
    // Dropped: it is among those that are left.
    if (!signal.aborted) ended({ ...source, status: 'failed', ms: ms(), error: failureOf(error) });
  } finally {
    release();
  }
}

/** How many processes may wait for work in so much memory. The one that is about to be taken is not told apart. */
function roomForIdle(bytes: number): number {
  return Math.max(0, Math.floor(bytes / IDLE_BYTES)) + 1;
}
