import type { Control } from './control.ts';

/** One request as the orchestrator stand-in received it. */
export interface ReceivedCallback {
  /** When it arrived, as an ISO 8601 string. */
  at: string;
  method: string;
  /** Path and query, still encoded. */
  path: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
}

/** What the stand-in answers to one callback. */
export interface CallbackAnswer {
  /** Without it the answer is the orchestrator's own. */
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  /** How long it waits before it answers, in milliseconds. */
  delayMs?: number;
  /** Whether a batch that was created learns the outcome, whatever is answered; as the status says, unless told. */
  taken?: boolean;
}

/** How the orchestrator runs a batch. */
export interface OrchestratorBatchOptions {
  /** Age at which a task is given up, in milliseconds; 60 000 as in production unless told. */
  timeoutMs?: number;
  /** How often that is looked at, in milliseconds; 10 000 as in production unless told. */
  everyMs?: number;
  /** More tasks may come: the batch does not end with its last task. */
  staysOpen?: boolean;
}

/** What the orchestrator knows of a task. */
export interface BatchTask {
  status: 'processing' | 'completed' | 'failed';
  /** When its machine was asked for, in milliseconds since 1970. */
  startedMs: number;
  /** Of the one JPEG that it takes. */
  output_r2_key?: string;
  output_file_name?: string;
  output_file_size?: number;
  error?: string;
}

/** What the orchestrator knows of a batch. */
export interface BatchState {
  /**
   * `tiff`: it takes callbacks. `over`: it has gone on to its next phase, and no longer knows the tasks.
   * `ended`: the batch has failed as a whole, and a callback is a TypeError.
   */
  phase: 'tiff' | 'over' | 'ended';
  /** How many successes and errors were counted, repeats and time-outs included. */
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
  /** Answers for the task's next callbacks; after them the orchestrator answers as it does. */
  answer(batchId: string, taskId: string, answers: CallbackAnswer[]): Promise<void>;
  /**
   * Tells the orchestrator of tasks whose machines it has just asked for. From then on it takes callbacks for the
   * batch's tasks only, and only as long as the batch is in its phase; a task that it knows begins anew.
   */
  createTasks(
    batchId: string,
    taskIds: readonly string[],
    options?: OrchestratorBatchOptions,
  ): Promise<void>;
  /** `null`: no tasks were created. */
  batch(batchId: string): Promise<BatchState | null>;
  /** The batch fails as a whole. */
  endBatch(batchId: string): Promise<void>;
}

/** The production orchestrator's own, in its public configuration (`wrangler.jsonc`). */
const PRODUCTION = { timeoutMs: 60_000, everyMs: 10_000, staysOpen: false } as const;

/** Reaches the stand-in: callbacks at its public `url`, the records past it. */
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
    batch: (batchId) => read(path('batch', batchId)),
    endBatch: (batchId) => write(path('batch', batchId), { end: true }),
  };
}
