import { batchIdOfKey } from './task-id.ts';

/** A task that a log may mention. */
export interface LoggedTask {
  readonly task_id: string;
  readonly batch_id: string;
  /** The key of its TIFF, if known: ids can collide, keys cannot. */
  readonly inputKey?: string | undefined;
}

/** A statement of a log line about a task. */
export interface LoggedFact {
  readonly what: 'started' | 'succeeded' | 'failed' | 'undelivered' | 'kept';
  /** Candidates for the task's id. */
  readonly ids: readonly string[];
  /** The batch, which JSON logs give. */
  readonly batchId?: string | undefined;
  /** For a start, the TIFF's key; for a kept callback, its key in the outbox. */
  readonly key: string;
  /** Line of the log, from 1. */
  readonly line: number;
}

/** A line that says that the orchestrator accepted a task's success. */
export interface LoggedSuccess {
  readonly line: number;
  /**
   * Whether the line is certainly about this TIFF and batch: otherwise another task may share the
   * id.
   */
  readonly isCertain: boolean;
}

/** What a log says about tasks, in its order. */
export interface TaskHistory {
  hear(told: LoggedFact): void;
  /**
   * The TIFF of the task with this id at this point of the log; undefined if several are possible.
   */
  inputKey(taskId: string): string | undefined;
  /**
   * The success of a task; undefined if there is none, or only one of another task with the same
   * id.
   */
  successOf(task: LoggedTask): LoggedSuccess | undefined;
  /** Where the callback with this `webhook-id` was kept, according to the log. */
  keptOf(webhookId: string): { readonly line: number; readonly key: string } | undefined;
}

interface Started {
  readonly key: string;
  readonly batchId: string | undefined;
  ended: boolean;
}

interface Succeeded {
  readonly line: number;
  readonly key: string | undefined;
  readonly batchId: string | undefined;
}

/** Starts empty; lines are added in log order. */
export function taskHistory(): TaskHistory {
  const started = new Map<string, Started[]>();
  const succeeded = new Map<string, Succeeded[]>();
  const kept = new Map<string, { line: number; key: string }>();
  const only = (id: string): Started | undefined => {
    const of = started.get(id);
    return of?.length === 1 ? of[0] : undefined;
  };
  const hearOf = (id: string, { what, key, batchId, line }: LoggedFact): void => {
    if (what === 'started') {
      const others = (started.get(id) ?? []).filter((one) => !one.ended && one.key !== key);
      // One other makes all uncertain: a log may have very many starts of one id.
      started.set(id, [...others.slice(-1), { key, batchId, ended: false }]);
      return;
    }
    const run = only(id);
    if (run) run.ended = true;
    if (what === 'succeeded')
      add(succeeded, id, { line, key: run?.key, batchId: batchId ?? run?.batchId });
  };
  return {
    hear(told) {
      if (told.what === 'kept') kept.set(webhookIdOf(told.key), { line: told.line, key: told.key });
      else for (const id of told.ids) hearOf(id, told);
    },
    inputKey: (taskId) => only(taskId)?.key,
    successOf(task) {
      const found = succeeded.get(task.task_id)?.filter((success) => !isOfAnother(success, task));
      const certain = found?.find((success) => isCertainlyOf(success, task));
      const first = certain ?? found?.[0];
      return first && { line: first.line, isCertain: first === certain };
    },
    keptOf: (webhookId) => kept.get(webhookId),
  };
}

function add<T>(lists: Map<string, T[]>, id: string, one: T): void {
  const list = lists.get(id);
  if (list) list.push(one);
  else lists.set(id, [one]);
}

/** Outbox entries are named after their `webhook-id`. */
function webhookIdOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1).replace(/\.json$/, '');
}

function isOfAnother({ key, batchId }: Succeeded, task: LoggedTask): boolean {
  if (batchId !== undefined && batchId !== task.batch_id) return true;
  if (key === undefined) return false;
  if (task.inputKey !== undefined) return key !== task.inputKey;
  return (batchIdOfKey(key) ?? task.batch_id) !== task.batch_id;
}

function isCertainlyOf({ key, batchId }: Succeeded, task: LoggedTask): boolean {
  if (key === undefined || key !== task.inputKey) return false;
  return (batchId ?? batchIdOfKey(key)) === task.batch_id;
}
