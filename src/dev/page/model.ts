import type { DevState, TaskSummary } from '../api.ts';
import { type Happenings, listen } from './live.ts';

/** The page's state, and its watchers. */
export interface Model {
  /** The last complete state; undefined before the first. */
  state(): DevState | undefined;
  task(id: string): TaskSummary | undefined;
  /** Newest first. */
  tasks(): readonly TaskSummary[];
  /** A task from an answer, which may arrive before the event. */
  learn(task: TaskSummary): void;
  /** Tasks that an answer says are deleted. */
  forget(ids: readonly string[]): void;
  /** Reports all events until the returned function is called. */
  watch(watcher: Partial<Happenings>): () => void;
}

/** Begins to listen to the server. */
export function openModel(): Model {
  const tasks = new Map<string, TaskSummary>();
  const watchers = new Set<Partial<Happenings>>();
  let state: DevState | undefined;
  const tell = (act: (watcher: Partial<Happenings>) => void) => {
    for (const watcher of [...watchers]) act(watcher);
  };
  const learn = (task: TaskSummary) => {
    tasks.set(task.id, task);
    tell((watcher) => watcher.task?.(task));
  };
  const forget = (ids: readonly string[]) => {
    for (const id of ids) tasks.delete(id);
    tell((watcher) => watcher.removed?.({ ids }));
  };
  listen({
    state: (told) => {
      state = told;
      tasks.clear();
      for (const task of told.tasks) tasks.set(task.id, task);
      tell((watcher) => watcher.state?.(told));
    },
    task: learn,
    log: (event) => tell((watcher) => watcher.log?.(event)),
    callback: (event) => tell((watcher) => watcher.callback?.(event)),
    faults: (faults) => {
      if (state) state = { ...state, faults };
      tell((watcher) => watcher.faults?.(faults));
    },
    removed: ({ ids }) => forget(ids),
    connected: (isConnected) => tell((watcher) => watcher.connected?.(isConnected)),
  });
  return {
    state: () => state,
    task: (id) => tasks.get(id),
    tasks: () => newestFirst([...tasks.values()]),
    learn,
    forget,
    watch: (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}

/** Of tasks from the same moment, the one reported last comes first. */
function newestFirst(tasks: readonly TaskSummary[]): TaskSummary[] {
  return tasks.toReversed().sort((a, b) => b.created_at.localeCompare(a.created_at));
}
