import type { CollectionEvent, FileRecord } from './events.ts';
import { failureOf } from './failure.ts';
import type { DueItem } from './item.ts';

/** Downloads TIFFs to this machine some time before their turn. */
export interface Prefetch {
  /** Queues a TIFF; its download starts when there is a place for it. */
  expect(item: DueItem): void;
  /** Its turn has come, so its place is free. No effect on one that was never queued. */
  started(item: DueItem): void;
  /** How many have not started to download. */
  waiting(): number;
  /** Whether nothing is downloading or queued. */
  isIdle(): boolean;
  /** Resolves when nothing is downloading. Never throws. */
  settled(): Promise<void>;
}

/** Callbacks for TIFFs on their way. */
export interface PrefetchRun {
  readonly signal: AbortSignal;
  readonly tell: (event: CollectionEvent) => void;
  /** Called for each TIFF that has arrived. */
  readonly arrived: (item: DueItem) => void;
  /** Called for each TIFF that could not be downloaded, unless the signal aborted it. */
  readonly failed: (record: FileRecord) => void;
  /** Called after each arrival or failure. */
  readonly onChange: () => void;
}

/**
 * Downloads them in order, `most` at once. TIFFs that have arrived and wait for their turn count as
 * well, so disk space is bounded.
 */
export function startPrefetch(most: number, run: PrefetchRun): Prefetch {
  const queue: DueItem[] = [];
  const held = new Set<DueItem>();
  const coming = new Set<Promise<void>>();
  const beginNext = () => {
    while (held.size < most && !run.signal.aborted) {
      const item = queue.shift();
      if (!item) return;
      held.add(item);
      const way = bring(item).finally(() => {
        coming.delete(way);
        run.onChange();
      });
      coming.add(way);
    }
  };
  const bring = async (item: DueItem) => {
    const { source } = item;
    const { input, source_bytes } = source;
    const start = performance.now();
    const ms = () => Math.round(performance.now() - start);
    run.tell({ event: 'file.downloading', input, source_bytes });
    try {
      await item.bring?.(run.signal);
      run.tell({ event: 'file.downloaded', input, source_bytes, ms: ms() });
      run.arrived(item);
    } catch (error) {
      if (!run.signal.aborted)
        run.failed({ ...source, status: 'failed', ms: ms(), error: failureOf(error) });
      release(item);
    }
  };
  const release = (item: DueItem) => {
    if (held.delete(item)) beginNext();
  };
  return {
    expect: (item) => {
      queue.push(item);
      beginNext();
    },
    started: release,
    waiting: () => queue.length,
    isIdle: () => queue.length === 0 && coming.size === 0,
    settled: async () => {
      await Promise.all(coming);
    },
  };
}
