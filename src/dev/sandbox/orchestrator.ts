import type { Control } from './control.ts';

/** One request as the orchestrator stand-in received it. */
export interface ReceivedCallback {
  /** When it arrived, as an ISO 8601 string. */
  at: string;
  method: string;
  /** Path and query, still encoded. */
  path: string;
  /** Header names in lower case. */
  headers: Record<string, string>;
  body: string;
}

/** An answer of the stand-in to one callback. */
export interface CallbackAnswer {
  /** Defaults to the orchestrator's own answer. */
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  /** Delay before the answer, in milliseconds. */
  delayMs?: number;
  /**
   * Whether a created batch learns the outcome, whatever the answer is; by default the status
   * decides.
   */
  taken?: boolean;
}

/** How the orchestrator runs a batch. */
export interface OrchestratorBatchOptions {
  /** Age at which a task times out, in milliseconds; defaults to 60 000, as in production. */
  timeoutMs?: number;
  /** Interval between these checks, in milliseconds; defaults to 10 000, as in production. */
  everyMs?: number;
  /** More tasks may follow: the batch does not end with its last task. */
  staysOpen?: boolean;
}

/** What the orchestrator knows about a task. */
export interface BatchTask {
  status: 'processing' | 'completed' | 'failed';
  /** When its machine was requested, in milliseconds since 1970. */
  startedMs: number;
  /** The one JPEG that it accepts. */
  output_r2_key?: string;
  output_file_name?: string;
  output_file_size?: number;
  error?: string;
}

/** What the orchestrator knows about a batch. */
export interface BatchState {
  /**
   * `tiff`: accepts callbacks. `over`: is in its next phase, and no longer knows the tasks.
   * `ended`: the batch has failed as a whole, and a callback causes a TypeError.
   */
  phase: 'tiff' | 'over' | 'ended';
  /** The number of successes and errors, including repeats and time-outs. */
  completed: number;
  failed: number;
  tasks: Record<string, BatchTask>;
}

/** The test's and demo's side of the orchestrator stand-in. */
export interface OrchestratorAccess {
  /** Where the worker sends the callback of this task. */
  callbackUrl(batchId: string, taskId: string): string;
  /** Everything received for this task so far, in order. */
  callbacks(batchId: string, taskId: string): Promise<ReceivedCallback[]>;
  /** Answers for the task's next callbacks; after them, the orchestrator's own answers follow. */
  answer(batchId: string, taskId: string, answers: CallbackAnswer[]): Promise<void>;
  /**
   * Tells the orchestrator about tasks whose machines it has just requested. From then on it
   * accepts callbacks only for the batch's tasks, and only while the batch is in its phase; a known
   * task starts again.
   */
  createTasks(
    batchId: string,
    taskIds: readonly string[],
    options?: OrchestratorBatchOptions,
  ): Promise<void>;
  /** `null` if no tasks were created; with `taskId` only that task of it. */
  batch(batchId: string, taskId?: string): Promise<BatchState | null>;
  /** The batch fails as a whole. */
  endBatch(batchId: string): Promise<void>;
}

/** The values of the production orchestrator, from its public configuration (`wrangler.jsonc`). */
const PRODUCTION = { timeoutMs: 60_000, everyMs: 10_000, staysOpen: false } as const;

/** Access to the stand-in: callbacks at its public `url`, the records by the control routes. */
export function orchestratorAccess(url: string, control: Control): OrchestratorAccess {
  const path = (area: string, ...ids: string[]) =>
    `/${[area, ...ids.map(encodeURIComponent)].join('/')}`;
  const read = async (where: string) =>
    JSON.parse(Buffer.from((await control(where)).bytes).toString());
  const write = async (where: string, value: unknown) => {
    await control(where, JSON.stringify(value));
  };
  return {
    callbackUrl: (batchId, taskId) => `${url}${path('callback', batchId, taskId)}`,
    callbacks: (batchId, taskId) => read(path('control', batchId, taskId)),
    answer: (batchId, taskId, answers) => write(path('control', batchId, taskId), answers),
    createTasks: (batchId, tasks, options) =>
      write(path('batch', batchId), { ...PRODUCTION, ...options, tasks }),
    batch: (batchId, taskId) => {
      const only = taskId === undefined ? '' : `?task=${encodeURIComponent(taskId)}`;
      return read(`${path('batch', batchId)}${only}`);
    },
    endBatch: (batchId) => write(path('batch', batchId), { end: true }),
  };
}
