import { AsyncLocalStorage } from 'node:async_hooks';
import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** The child processes started by a piece of code, so that they can be ended. */
export interface Children {
  /** Runs `start`; collects its children, also those that it starts later. */
  run<T>(start: () => T): T;
  /** Ends all of them with SIGKILL, except those that have ended already. */
  kill(): void;
  /** Stops collecting. */
  forget(): void;
}

/**
 * Collects the child processes of a library that does not expose them. The asynchronous context
 * distinguishes them from other children of this process.
 *
 * @param onSpawn receives the process id of each child, also of later replacements
 */
export function collectChildren(onSpawn: (pid: number) => void): Children {
  const scope = new AsyncLocalStorage<true>();
  const children: ChildProcess[] = [];
  const onChild = (message: unknown) => {
    if (scope.getStore() === undefined) return;
    const { process: child } = message as { process: ChildProcess };
    children.push(child);
    child.once('spawn', () => child.pid !== undefined && onSpawn(child.pid));
  };
  subscribe('child_process', onChild);
  return {
    run: (start) => scope.run(true, start),
    kill() {
      for (const child of children) child.kill('SIGKILL');
    },
    forget: () => unsubscribe('child_process', onChild),
  };
}

/**
 * Runs `start` and removes the handlers that it added for SIGINT and SIGTERM. Miniflare's handlers
 * call `process.exit` at once, which would prevent the caller's own clean-up; the orphan guard
 * cleans up instead. Windows has no guard, so the handlers stay there.
 */
export function withoutSignalHandlers<T>(start: () => T): T {
  if (process.platform === 'win32') return start();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const before = new Set(signals.flatMap((signal) => process.listeners(signal)));
  const result = start();
  for (const signal of signals) {
    for (const listener of process.listeners(signal)) {
      if (!before.has(listener)) process.off(signal, listener);
    }
  }
  return result;
}
