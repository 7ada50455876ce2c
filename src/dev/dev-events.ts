import type { CallbackRecord, TaskSummary } from './api.ts';
import type { Faults } from './faults.ts';

/** Events for the page. */
export type DevEvent =
  | { readonly type: 'task'; readonly data: TaskSummary }
  | { readonly type: 'log'; readonly data: { readonly id: string; readonly line: string } }
  | {
      readonly type: 'callback';
      readonly data: { readonly id: string; readonly record: CallbackRecord };
    }
  | { readonly type: 'faults'; readonly data: Faults };

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
