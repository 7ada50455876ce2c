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
  status: number;
  headers?: Record<string, string>;
  body?: string;
  /** How long it waits before it answers, in milliseconds. */
  delayMs?: number;
}

/** The test's and demo's side of the orchestrator stand-in. */
export interface OrchestratorAccess {
  /** Where the worker sends the callback of this task. */
  callbackUrl(batchId: string, taskId: string): string;
  /** Everything received for this task so far, in order. */
  callbacks(batchId: string, taskId: string): Promise<ReceivedCallback[]>;
  /** Answers for the task's next callbacks; after them each is answered by 200 `{"ok":true}`. */
  answer(batchId: string, taskId: string, answers: CallbackAnswer[]): Promise<void>;
}

/** Reaches the stand-in: callbacks at its public `url`, the records past it. */
export function orchestratorAccess(url: string, control: Control): OrchestratorAccess {
  const path = (area: string, batchId: string, taskId: string) =>
    `/${area}/${encodeURIComponent(batchId)}/${encodeURIComponent(taskId)}`;
  return {
    callbackUrl: (batchId, taskId) => `${url}${path('callback', batchId, taskId)}`,
    callbacks: async (batchId, taskId) =>
      JSON.parse(Buffer.from((await control(path('control', batchId, taskId))).bytes).toString()),
    async answer(batchId, taskId, answers) {
      await control(path('control', batchId, taskId), JSON.stringify(answers));
    },
  };
}
