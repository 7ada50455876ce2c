/** Wakes whoever waits for something to happen. */
export interface Bell {
  ring(): void;
  /** Resolves at the next ring, or at once when there was one since the last time. */
  heard(): Promise<void>;
}

/** A bell that has not been rung. */
export function createBell(): Bell {
  let ringing = Promise.withResolvers<void>();
  return {
    ring: () => ringing.resolve(),
    heard: async () => {
      await ringing.promise;
      ringing = Promise.withResolvers();
    },
  };
}
