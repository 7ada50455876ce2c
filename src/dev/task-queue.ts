/** Starts work in order, a limited number at once. */
export interface TaskQueue {
  /** Puts something at the end. */
  add(id: string): void;
  /** Starts nothing more, and resolves when running work has ended. */
  close(): Promise<void>;
}

/** A queue with `jobs` places. `work` gets its place, from 0, and must not reject. */
export function createTaskQueue(
  jobs: number,
  work: (id: string, place: number) => Promise<void>,
): TaskQueue {
  const waiting: string[] = [];
  const free = Array.from({ length: jobs }, (_, place) => place);
  const running = new Set<Promise<void>>();
  let closed = false;

  const begin = () => {
    while (!closed && waiting.length > 0 && free.length > 0) {
      const [id, place] = [waiting.shift() as string, free.shift() as number];
      const run = work(id, place).finally(() => {
        running.delete(run);
        free.push(place);
        begin();
      });
      running.add(run);
    }
  };
  return {
    add(id) {
      waiting.push(id);
      begin();
    },
    async close() {
      closed = true;
      await Promise.all(running);
    },
  };
}
