import { AsyncLocalStorage } from 'node:async_hooks';
import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** The child processes that a piece of code started, for whoever has to end them. */
export interface Children {
  /** Runs `start`; children of it and of whatever it sets in motion are collected. */
  run<T>(start: () => T): T;
  /** Ends all of them with SIGKILL; those that have ended already are left alone. */
  kill(): void;
  /** Stops collecting. */
  forget(): void;
}

/**
 * Collects child processes of a library that does not hand them out. The asynchronous context
 * tells them from children that other code of this process starts meanwhile.
 *
 * @param onSpawn is told the process id of each child, also of later replacements
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
 * Runs `start` and takes away the handlers it added for SIGINT and SIGTERM. Miniflare's call
 * `process.exit` at once, which would cut short the caller's own orderly end; the orphan guard
 * cleans up in their place. Windows has no guard, so there the handlers stay.
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
