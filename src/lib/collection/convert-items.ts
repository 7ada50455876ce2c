import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import { detectMemory, limitsNow } from '../convert/plan/resources.ts';
import { InterruptedError } from '../stop.ts';
import { withWorkspace } from '../workspace.ts';
import { openConverters } from './converters.ts';
import { createEventQueue } from './event-queue.ts';
import type { CollectionEvent, FileRecord } from './events.ts';
import type { CollectionItem, LookingTools, Warn } from './item.ts';
import type { CollectionOptions } from './options.ts';
import { planItems } from './plan-items.ts';
import { createRunCounters, type RunCounters } from './run-counters.ts';
import { runItems } from './run-items.ts';

/** What a run is told, wherever its TIFFs lie. */
export type ItemsOptions = Pick<
  CollectionOptions,
  'budget' | 'jobs' | 'failFast' | 'dryRun' | 'signal' | 'unread'
> & {
  /** How many TIFFs are looked at together; as is good for files on a disk unless told. */
  readonly looksAtOnce?: number | undefined;
};

/** What a run stands on while it lasts. */
interface Run {
  readonly items: readonly CollectionItem[];
  readonly options: ItemsOptions;
  readonly counters: RunCounters;
  readonly tell: (event: CollectionEvent) => void;
  /** Ends the run before its end. */
  readonly stop: AbortController;
  /** Aborts by `stop`, or by who started the run. */
  readonly signal: AbortSignal;
  /** Called when no file is under way any more, however the run ended. */
  readonly onEnd: (warn: Warn) => Promise<void>;
}

/** `runCollection` for items that lie anywhere; `onEnd` tidies up after them. */
export async function* convertItems(
  items: readonly CollectionItem[],
  options: ItemsOptions,
  onEnd: (warn: Warn) => Promise<void>,
): AsyncGenerator<CollectionEvent, void> {
  const { jobs, dryRun, unread = [] } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  // Each job listens several times, as long as it runs.
  setMaxListeners(0, signal);
  const processors = Math.min(jobs, availableParallelism());
  const counters = createRunCounters(items.length, unread, dryRun ? { processors } : undefined);
  const events = createEventQueue<CollectionEvent>();
  const source_bytes = items.reduce((sum, { sourceBytes }) => sum + sourceBytes, 0);
  yield { event: 'collection.started', files: items.length, source_bytes, jobs };
  for (const one of unread) yield { event: 'collection.unread', ...one };
  const run = { items, options, counters, tell: events.tell, stop, signal, onEnd };
  const work = convertAll(run).finally(events.end);
  // Whoever reads is told by `await work`.
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
  const { budget, jobs, failFast, dryRun, looksAtOnce } = options;
  const converters = openConverters(folder);
  // As it is before there are many processes; plans of one file must not depend on the others.
  const memoryBytes = budget.memoryBytes ?? detectMemory();
  const looking: LookingTools = {
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
    if (dryRun) await planItems(items, looking, counters, tell, looksAtOnce);
    else
      await runItems(items, {
        jobs,
        memoryBytes,
        budget,
        converters,
        looking,
        looksAtOnce,
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
