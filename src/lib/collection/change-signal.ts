/** Wakes a waiter when something happens. */
export interface ChangeSignal {
  notify(): void;
  /** Resolves at the next notification, or at once when there was one since the last time. */
  notified(): Promise<void>;
}

/** A signal that nobody has given yet. */
export function createChangeSignal(): ChangeSignal {
  let change = Promise.withResolvers<void>();
  return {
    notify: () => change.resolve(),
    notified: async () => {
      await change.promise;
      change = Promise.withResolvers();
    },
  };
}
