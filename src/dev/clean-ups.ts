/** Clean-ups, run in reverse order. */
export interface CleanUps {
  add(undo: () => Promise<void> | void): void;
  /** Runs all of them, once, even if some fail. Throws the first failure. */
  run(): Promise<void>;
}

/** A list of clean-ups (Node.js 22 has no `AsyncDisposableStack`). */
export function createCleanUps(): CleanUps {
  const undos: (() => Promise<void> | void)[] = [];
  let running: Promise<void> | undefined;
  const runAll = async () => {
    const failures: unknown[] = [];
    for (let undo = undos.pop(); undo; undo = undos.pop())
      try {
        await undo();
      } catch (error) {
        failures.push(error);
      }
    if (failures.length > 0) throw failures[0];
  };
  return {
    add: (undo) => void undos.push(undo),
    run: () => (running ??= runAll()),
  };
}
