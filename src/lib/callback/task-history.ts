import { batchIdOfKey } from './task-id.ts';

/** A task that a log may speak of. */
export interface LoggedTask {
  readonly task_id: string;
  readonly batch_id: string;
  /** The key of its TIFF, where that is known: ids can collide, keys cannot. */
  readonly inputKey?: string | undefined;
}

/** Something that a line of a log says of a task. */
export interface Told {
  readonly what: 'started' | 'succeeded' | 'failed' | 'undelivered' | 'kept';
  /** What may be the id of the task. */
  readonly ids: readonly string[];
  /** The batch, which JSON logs name. */
  readonly batchId?: string | undefined;
  /** Of a start the key of the TIFF; of a callback that was kept, its key in the outbox. */
  readonly key: string;
  /** From 1. */
  readonly line: number;
}

/** A line that says that the orchestrator has taken the success of a task. */
export interface LoggedSuccess {
  readonly line: number;
  /** Whether the line is known to be about this very TIFF and batch: without that, another task may share the id. */
  readonly isCertain: boolean;
}

/** What a log says of tasks, in its order. */
export interface TaskHistory {
  hear(told: Told): void;
  /** The TIFF that the task of this id has at this point of the log; undefined where that could be several. */
  inputKey(taskId: string): string | undefined;
  /** The success of a task; undefined where there is none, or those of its id are another's. */
  successOf(task: LoggedTask): LoggedSuccess | undefined;
  /** Where the callback of this `webhook-id` was kept, as the log says. */
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

/** A history of nothing; it is told line by line. */
export function taskHistory(): TaskHistory {
  const started = new Map<string, Started[]>();
  const succeeded = new Map<string, Succeeded[]>();
  const kept = new Map<string, { line: number; key: string }>();
  const only = (id: string): Started | undefined => {
    const of = started.get(id);
    return of?.length === 1 ? of[0] : undefined;
  };
  const hearOf = (id: string, { what, key, batchId, line }: Told): void => {
    if (what === 'started') {
      const others = (started.get(id) ?? []).filter((one) => !one.ended && one.key !== key);
      started.set(id, [...others, { key, batchId, ended: false }]);
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

/** Entries of an outbox are called after it. */
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
