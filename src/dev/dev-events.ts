import type { CallbackRecord, LogLines, TaskSummary } from './api.ts';
import type { Faults } from './faults.ts';

/** Events for the page. */
export type DevEvent =
  | { readonly type: 'task'; readonly data: TaskSummary }
  | { readonly type: 'log'; readonly data: { readonly id: string; readonly line: string } }
  | {
      readonly type: 'callback';
      readonly data: { readonly id: string; readonly record: CallbackRecord };
    }
  | { readonly type: 'faults'; readonly data: Faults }
  | { readonly type: 'removed'; readonly data: { readonly ids: readonly string[] } };

/** An event as the page gets it: lines that came close together are told together. */
export type PageEvent =
  | Exclude<DevEvent, { readonly type: 'log' }>
  | { readonly type: 'log'; readonly data: LogLines };

/**
 * The same news in fewer events, each where the first of its kind was: of a task's states the last,
 * of its log all lines together.
 */
export function joinedEvents(events: readonly DevEvent[]): readonly PageEvent[] {
  const joined = new Map<string, PageEvent>();
  for (const [at, event] of events.entries()) {
    const { type, data } = event;
    if (type === 'task') joined.set(`task ${data.id}`, event);
    else if (type === 'log') {
      const key = `log ${data.id}`;
      const before = joined.get(key);
      const lines = before?.type === 'log' ? before.data.lines : [];
      joined.set(key, { type, data: { id: data.id, lines: [...lines, data.line] } });
    } else {
      // A task of the same id that comes later is another.
      if (type === 'removed') for (const id of data.ids) joined.delete(`task ${id}`);
      joined.set(`${at}`, event);
    }
  }
  return [...joined.values()];
}

/** Distributes events to listeners. */
export interface DevEvents {
  tell(event: DevEvent): void;
  /** Listens until the returned function is called. */
  listen(listener: (event: DevEvent) => void): () => void;
}

/** A distributor of events. */
export function createDevEvents(): DevEvents {
  const listeners = new Set<(event: DevEvent) => void>();
  return {
    tell(event) {
      for (const listener of listeners) listener(event);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
