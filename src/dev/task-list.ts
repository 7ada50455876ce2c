import type { CallbackRecord, TaskSummary } from './api.ts';
import type { DevEvents } from './dev-events.ts';
import type { TaskRecord, TaskStore } from './task-store.ts';

/** All tasks. Changes made through it are announced and saved. */
export interface TaskList {
  /** Oldest first. */
  all(): TaskSummary[];
  get(id: string): TaskRecord | undefined;
  /** The task that a callback names, ours or `elsewhere`. */
  find(batchId: string, taskId: string): TaskRecord | undefined;
  /** An id that no task has or had. */
  newId(): string;
  add(summary: TaskSummary): TaskRecord;
  change(record: TaskRecord, fields: Partial<TaskSummary>): void;
  /** Clears the log of an earlier run. */
  clearLog(record: TaskRecord): void;
  addLine(record: TaskRecord, line: string): void;
  addCallback(record: TaskRecord, callback: CallbackRecord): void;
  setFacts(record: TaskRecord, facts: unknown): void;
}

/** Names of our own tasks: `task_1`, `task_2`, … */
const OWN_ID = /^task_([1-9]\d{0,8})$/;

/** A line of the log (docs/contract.md, "Log lines") that warns. */
const WARNING = /^\[[^\]]*\] Warning: /;

/** Whether an outcome of the latest run was taken, but none of those that its worker sent. */
function isDeliveredByReplay({ summary, received }: TaskRecord): boolean {
  const taken = received.filter(
    ({ at, answer }) =>
      at >= (summary.started_at ?? '') && answer && answer.status >= 200 && answer.status < 300,
  );
  return taken.length > 0 && taken.every(({ replay }) => replay);
}

/** A list of tasks, starting with the saved ones. */
export function createTaskList(
  kept: readonly TaskRecord[],
  store: Pick<TaskStore, 'save'>,
  events: Pick<DevEvents, 'tell'>,
): TaskList {
  const records = new Map(kept.map((record) => [record.summary.id, record]));
  let last = Math.max(0, ...[...records.keys()].map((id) => Number(OWN_ID.exec(id)?.[1] ?? 0)));

  const changed = (record: TaskRecord) => {
    store.save(record);
    events.tell({ type: 'task', data: record.summary });
  };
  return {
    all: () => [...records.values()].map(({ summary }) => summary),
    get: (id) => records.get(id),
    find(batchId, taskId) {
      const found = [taskId, `${batchId}/${taskId}`].map((id) => records.get(id));
      return found.find((record) => record?.summary.batch_id === batchId);
    },
    newId() {
      // A worker started elsewhere may have used this id.
      do last++;
      while (records.has(`task_${last}`));
      return `task_${last}`;
    },
    add(summary) {
      const record = { summary, log: [], received: [], facts: null };
      records.set(summary.id, record);
      changed(record);
      return record;
    },
    change(record, fields) {
      record.summary = { ...record.summary, ...fields };
      changed(record);
    },
    clearLog(record) {
      record.log = [];
    },
    addLine(record, line) {
      record.log.push(line);
      store.save(record);
      if (WARNING.test(line)) this.change(record, { warnings: record.summary.warnings + 1 });
      events.tell({ type: 'log', data: { id: record.summary.id, line } });
    },
    addCallback(record, callback) {
      record.received.push(callback);
      record.summary = {
        ...record.summary,
        callbacks: record.received.length,
        delivered_by_replay: isDeliveredByReplay(record),
      };
      events.tell({ type: 'callback', data: { id: record.summary.id, record: callback } });
      changed(record);
    },
    setFacts(record, facts) {
      record.facts = facts;
      store.save(record);
    },
  };
}
