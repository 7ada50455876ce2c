import { createChangeSignal } from './change-signal.ts';

/** What is told by some, and read by one, in order. */
export interface EventQueue<T> {
  tell(event: T): void;
  /** All has been told. */
  end(): void;
  /** Reads what is told, until the end. */
  read(): AsyncGenerator<T>;
}

/** An empty queue. It grows as long as its reader is slower than those who tell. */
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
