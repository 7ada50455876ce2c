import type { CollectionEvent, FileRecord } from './events.ts';
import { failureOf } from './failure.ts';
import type { DueItem } from './item.ts';

/** Brings TIFFs that lie elsewhere to this machine, some time before their turn. */
export interface Prefetch {
  /** Queues a TIFF; it begins to come when there is a place for it. */
  expect(item: DueItem): void;
  /** Its turn has come: its place is free for the next. Nothing for one that was never expected. */
  started(item: DueItem): void;
  /** How many have not begun to come. */
  waiting(): number;
  /** Whether none is coming, and none is to come. */
  isIdle(): boolean;
  /** Resolves when none is coming any more. Throws nothing. */
  settled(): Promise<void>;
}

/** What happens to TIFFs on their way. */
export interface PrefetchRun {
  readonly signal: AbortSignal;
  readonly tell: (event: CollectionEvent) => void;
  /** Told of each that is here. */
  readonly arrived: (item: DueItem) => void;
  /** Told of each that could not be brought, but for those that the signal dropped. */
  readonly failed: (record: FileRecord) => void;
  /** Called whenever one has come, or has not. */
  readonly onChange: () => void;
}

/**
 * Brings them in the order in which they are expected, so many at once; those that are here and wait for
 * their turn count as well: what they take on the disk is bounded.
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
