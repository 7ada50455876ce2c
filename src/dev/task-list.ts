import type { CallbackRecord, ForwardedCallback, TaskSummary } from './api.ts';
import type { DevEvents } from './dev-events.ts';
import { isAccepted } from './faults.ts';
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
  /** Ids that tasks had which are no longer kept. */
  skipIds(ids: readonly string[]): void;
  add(summary: TaskSummary): TaskRecord;
  change(record: TaskRecord, fields: Partial<TaskSummary>): void;
  /** Clears the log of an earlier run. */
  clearLog(record: TaskRecord): void;
  addLine(record: TaskRecord, line: string): void;
  addCallback(record: TaskRecord, callback: CallbackRecord): void;
  /** Adds what was answered when a callback was forwarded. */
  setForwarded(record: TaskRecord, callback: CallbackRecord, forwarded: ForwardedCallback): void;
  setFacts(record: TaskRecord, facts: unknown): void;
  /** What still happens to these is neither announced nor saved. */
  remove(ids: readonly string[]): void;
}

/** Names of our own tasks: `task_1`, `task_2`, … */
const OWN_ID = /^task_([1-9]\d{0,8})$/;

/** A line of the log (docs/contract.md, "Log lines") that warns. */
const WARNING = /^\[[^\]]*\] Warning: /;

/** Whether an outcome of the latest run was taken, but none of those that its worker sent. */
function isDeliveredByReplay({ summary, received }: TaskRecord): boolean {
  const taken = received.filter(
    ({ at, answer }) => at >= (summary.started_at ?? '') && isAccepted(answer),
  );
  return taken.length > 0 && taken.every(({ replay }) => replay);
}

/** A list of tasks, starting with the saved ones. */
export function createTaskList(
  kept: readonly TaskRecord[],
  store: Pick<TaskStore, 'save' | 'remove'>,
  events: Pick<DevEvents, 'tell'>,
): TaskList {
  const records = new Map(kept.map((record) => [record.summary.id, record]));
  let last = 0;
  const skipIds = (ids: Iterable<string>) => {
    for (const id of ids) last = Math.max(last, Number(OWN_ID.exec(id)?.[1] ?? 0));
  };
  skipIds(records.keys());

  const isKept = (record: TaskRecord) => records.get(record.summary.id) === record;
  const save = (record: TaskRecord) => isKept(record) && store.save(record);
  const changed = (record: TaskRecord) => {
    save(record);
    if (isKept(record)) events.tell({ type: 'task', data: record.summary });
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
    skipIds,
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
      save(record);
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
    setForwarded(record, callback, forwarded) {
      const told = { ...callback, forwarded };
      record.received = record.received.map((one) => (one === callback ? told : one));
      save(record);
      if (isKept(record))
        events.tell({ type: 'callback', data: { id: record.summary.id, record: told } });
    },
    setFacts(record, facts) {
      record.facts = facts;
      save(record);
    },
    remove(ids) {
      for (const id of ids) {
        records.delete(id);
        store.remove(id);
      }
      events.tell({ type: 'removed', data: { ids } });
    },
  };
}
