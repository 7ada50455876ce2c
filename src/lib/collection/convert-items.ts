import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import { detectMemory, limitsNow } from '../convert/plan/resources.ts';
import { InterruptedError } from '../stop.ts';
import { removeAbandonedWorkspaces, withWorkspace } from '../workspace.ts';
import { openConverters } from './converters.ts';
import { createEventQueue } from './event-queue.ts';
import type { CollectionEvent, FileRecord } from './events.ts';
import type { CollectionItem, PlanningTools, Warn } from './item.ts';
import type { CollectionRunOptions } from './options.ts';
import { planItems } from './plan-items.ts';
import { createRunCounters, type RunCounters } from './run-counters.ts';
import { runItems } from './run-items.ts';

/** Options of a run, wherever its TIFFs are. */
export type ItemsOptions = Pick<
  CollectionRunOptions,
  'budget' | 'jobs' | 'failFast' | 'dryRun' | 'signal' | 'unread' | 'converter'
> & {
  /** How many TIFFs are examined at once; the default suits files on a disk. */
  readonly plansAtOnce?: number | undefined;
  /** Whether the items verify JPEGs, and make none; default: false. */
  readonly verifies?: boolean | undefined;
};

/** The parts of a run. */
interface Run {
  readonly items: readonly CollectionItem[];
  readonly options: ItemsOptions;
  readonly counters: RunCounters;
  readonly tell: (event: CollectionEvent) => void;
  /** Aborts the run. */
  readonly stop: AbortController;
  /** Aborted by `stop` or by the caller. */
  readonly signal: AbortSignal;
  /** Called when no file is in progress any more, however the run ended. */
  readonly onEnd: (warn: Warn) => Promise<void>;
}

/** `runCollection` for items that may be anywhere; `onEnd` cleans up after them. */
export async function* convertItems(
  items: readonly CollectionItem[],
  options: ItemsOptions,
  onEnd: (warn: Warn) => Promise<void>,
): AsyncGenerator<CollectionEvent, void> {
  const { jobs, dryRun, verifies, unread = [] } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  // Each job adds several listeners while it runs.
  setMaxListeners(0, signal);
  const processors = Math.min(jobs, availableParallelism());
  const counters = createRunCounters(items.length, unread, {
    dryRun: dryRun ? { processors } : undefined,
    verifies,
  });
  const events = createEventQueue<CollectionEvent>();
  const source_bytes = items.reduce((sum, { sourceBytes }) => sum + sourceBytes, 0);
  yield { event: 'collection.started', files: items.length, source_bytes, jobs };
  for (const one of unread) yield { event: 'collection.unread', ...one };
  const run = { items, options, counters, tell: events.tell, stop, signal, onEnd };
  const work = convertAll(run).finally(events.end);
  // `await work` below reports errors to the reader.
  work.catch(() => {});
  try {
    yield* events.read();
    await work;
  } finally {
    stop.abort();
    await work.catch(() => {});
  }
  yield { event: 'collection.ended', ...counters.summary(), ...stoppedBy(options.signal) };
}

async function convertAll(run: Run): Promise<void> {
  const warn: Warn = (code, message) => run.tell({ event: 'collection.warning', code, message });
  try {
    await removeAbandonedWorkspaces();
    await withWorkspace(
      ({ folder }) => convertIn(folder, warn, run),
      (message) => warn('LEFTOVER', message),
    );
  } finally {
    await run.onEnd(warn);
  }
}

async function convertIn(
  folder: string,
  warn: Warn,
  { items, options, counters, tell, stop, signal }: Run,
): Promise<void> {
  const { budget, jobs, failFast, dryRun, plansAtOnce, converter } = options;
  const converters = openConverters(folder, converter);
  // Detected before there are many processes; plans of one file must not depend on the others.
  const memoryBytes = budget.memoryBytes ?? detectMemory();
  const planning: PlanningTools = {
    limits: () => limitsNow({ ...budget, memoryBytes }, folder),
    versions: () => converters.versions(signal),
    folder,
    warn,
    signal,
  };
  const ended = (record: FileRecord) => {
    counters.ended(record);
    tell({ event: 'file.ended', ...record });
    if (failFast && record.status === 'failed') stop.abort();
  };
  try {
    if (dryRun) await planItems(items, planning, counters, tell, plansAtOnce);
    else
      await runItems(items, {
        jobs,
        memoryBytes,
        budget,
        converters,
        planning,
        plansAtOnce,
        signal,
        tell,
        ended,
      });
  } finally {
    await converters.close();
  }
}

function stoppedBy({ reason }: AbortSignal) {
  return reason instanceof InterruptedError ? { stopped: reason.signal } : {};
}
