import { createChangeSignal } from './change-signal.ts';

/** An ordered queue with several writers and one reader. */
export interface EventQueue<T> {
  tell(event: T): void;
  /** No more events will follow. */
  end(): void;
  /** Reads the events until the end. */
  read(): AsyncGenerator<T>;
}

/** An empty queue. It grows while its reader is slower than its writers. */
export function createEventQueue<T>(): EventQueue<T> {
  const change = createChangeSignal();
  const events: T[] = [];
  let ended = false;
  return {
    tell: (event) => {
      events.push(event);
      change.notify();
    },
    end: () => {
      ended = true;
      change.notify();
    },
    read: async function* () {
      while (!ended || events.length > 0) {
        yield* events.splice(0);
        if (!ended && events.length === 0) await change.notified();
      }
    },
  };
}
