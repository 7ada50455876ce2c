/** Lets so many in at once; the others wait in the order in which they came. */
export interface Slots {
  /** Does the work when there is a slot for it. Throws what it throws. */
  within<T>(work: () => Promise<T>): Promise<T>;
}

/** Slots, all of them free. */
export function createSlots(count: number): Slots {
  const waiting: (() => void)[] = [];
  let free = count;
  const enter = async () => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else free++;
  };
  return {
    within: async (work) => {
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
