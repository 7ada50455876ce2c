import type { DevState, TaskSummary } from '../api.ts';
import { type Happenings, listen } from './live.ts';

/** What the page knows, and who is told when it changes. */
export interface Model {
  /** The last that was told of all; undefined before anything was. */
  state(): DevState | undefined;
  task(id: string): TaskSummary | undefined;
  /** Newest first. */
  tasks(): readonly TaskSummary[];
  /** A task as an answer told it, which may come before the event does. */
  learn(task: TaskSummary): void;
  /** Tells of everything that happens, until the function that it gives is called. */
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
    connected: (isConnected) => tell((watcher) => watcher.connected?.(isConnected)),
  });
  return {
    state: () => state,
    task: (id) => tasks.get(id),
    tasks: () => newestFirst([...tasks.values()]),
    learn,
    watch: (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}

/** Of those that came at the same time, the one that was told last comes first. */
function newestFirst(tasks: readonly TaskSummary[]): TaskSummary[] {
  return tasks.toReversed().sort((a, b) => b.created_at.localeCompare(a.created_at));
}
