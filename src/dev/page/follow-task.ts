import type { CallbackRecord, TaskDetail, TaskSummary } from '../api.ts';
import { joinedLog } from './joined-log.ts';
import type { Model } from './model.ts';
import { failureMessage, getTask, ServerError } from './server.ts';

/** Shows a task. */
export interface TaskView {
  /** The complete task: at first, after each change of state, and after each gap. */
  detail(detail: TaskDetail): void;
  summary(task: TaskSummary): void;
  line(line: string): void;
  received(record: CallbackRecord): void;
  problem(words: string): void;
  /** There is no such task, or no longer. */
  gone(): void;
}

/** Passes a task's events to a view until the returned function is called. */
export function followTask(id: string, model: Model, view: TaskView): () => void {
  let latest = 0;
  let state = model.task(id)?.state;
  /** Lines that arrived while the task was being loaded. */
  let waiting: string[] | undefined;
  const load = async () => {
    latest += 1;
    const mine = latest;
    waiting = [];
    try {
      const detail = await getTask(id);
      if (mine !== latest) return;
      view.detail({ ...detail, log: joinedLog(detail.log, waiting) });
    } catch (error) {
      if (mine === latest && error instanceof ServerError && error.status === 404) view.gone();
      else if (mine === latest) view.problem(failureMessage(error));
    }
    if (mine === latest) waiting = undefined;
  };
  const unwatch = model.watch({
    state: load,
    task: (task) => {
      if (task.id !== id) return;
      view.summary(task);
      if (task.state !== state) load();
      state = task.state;
    },
    log: ({ id: of, lines }) => {
      if (of !== id) return;
      if (waiting) waiting.push(...lines);
      else lines.forEach(view.line);
    },
    removed: ({ ids }) => {
      if (ids.includes(id)) view.gone();
    },
    callback: ({ id: of, record }) => {
      if (of === id) view.received(record);
    },
  });
  load();
  return () => {
    latest = -1;
    unwatch();
  };
}
