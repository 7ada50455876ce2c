import { jpegName } from '../lib/jpeg-name.ts';
import type { CallbackRecord, TaskSummary } from './api.ts';
import { LOST_HEADER } from './callback-front.ts';
import type { FaultSwitches } from './fault-switches.ts';
import { type CallbackFault, LATE_SECONDS, RETRY_AFTER_SECONDS } from './faults.ts';
import type { CallbackForwarder } from './forward-callback.ts';
import type { CallbackAnswer } from './sandbox/orchestrator.ts';
import type { CallbackObserver } from './sandbox/sandbox.ts';
import type { TaskList } from './task-list.ts';
import { notRun, type TaskRecord } from './task-store.ts';
import { outcomeOfBody } from './worker-outcome.ts';

/**
 * How each fault answers. `hang` answers after ten minutes, longer than anyone waits: workerd would
 * treat an answer that never comes as its own failure.
 */
const FAULT_ANSWERS: Readonly<
  Record<CallbackFault, (taskId: string, batchId: string) => CallbackAnswer>
> = {
  fail: () => failing(503, 'Service unavailable (simulated fault)'),
  redirect: () => ({ status: 302, headers: { location: '/moved' } }),
  hang: () => ({ delayMs: 600_000 }),
  lost: () => ({ headers: { [LOST_HEADER]: '1' } }),
  busy: () => ({
    ...failing(429, 'Too many requests (simulated fault)'),
    headers: { 'retry-after': `${RETRY_AFTER_SECONDS}` },
  }),
  denied: () => failing(403, 'Forbidden (simulated fault)'),
  missing: () => failing(404, 'Not found (simulated fault)'),
  portal: () => ({
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: '<!doctype html><title>Sign in (simulated fault)</title>',
    taken: false,
  }),
  down: () => failing(500, 'Internal error (simulated fault)'),
  late: () => ({ delayMs: LATE_SECONDS * 1000 }),
  gone: (taskId) => failing(500, `Task not found: ${taskId}`),
  unknown: (_, batchId) => failing(500, `Batch not found: ${batchId}`),
  over: () => failing(500, "Cannot read properties of undefined (reading 'handleCallback')"),
};

/** Faults that leave a callback without an answer. */
const SILENT: readonly (CallbackFault | null)[] = ['hang', 'lost'];

/** What a callback is compared with. */
export interface InboxOptions {
  /** The User-Agent of callbacks that the page has sent again. */
  readonly replayAgent: string;
  /** Finds the TIFF of a JPEG in the bucket; `null` where there is none. */
  readonly findInput: (outputKey: string) => Promise<string | null>;
  /** Forwards a callback to another server; never rejects. */
  readonly forward?: CallbackForwarder['forward'] | undefined;
}

/**
 * Receives callbacks as the orchestrator gets them, stores each with its task (`elsewhere` if
 * unknown), and answers by the active faults.
 */
export function createCallbackInbox(
  list: TaskList,
  faults: Pick<FaultSwitches, 'takeCallbackFault'>,
  { replayAgent, findInput, forward }: InboxOptions,
): CallbackObserver['onCallback'] {
  const findInputOf = async (record: TaskRecord) => {
    const { input_key, output_key, state } = record.summary;
    if (state !== 'elsewhere' || input_key !== '' || output_key === null) return;
    const found = await findInput(output_key);
    if (found !== null) list.change(record, { input_key: found });
  };
  return (callback, own) => {
    const isPost = callback.method === 'POST';
    const fault = isPost ? faults.takeCallbackFault() : null;
    const { batchId, taskId } = addressed(callback);
    const answer = fault === null ? undefined : FAULT_ANSWERS[fault](taskId, batchId);
    const record = taskOf(list, batchId, taskId, callback.at);
    const status = SILENT.includes(fault) ? 0 : (answer?.status ?? own.status);
    const replay = callback.headers['user-agent'] === replayAgent;
    const received = { ...callback, answer: { status, fault }, replay };
    list.addCallback(record, received);
    if (isPost)
      forward?.(callback, { batchId, taskId })?.then((answered) =>
        list.setForwarded(record, received, answered),
      );
    if (record.summary.state === 'elsewhere') {
      list.change(record, { ended_at: callback.at, ...outcomeOfBody(callback.body) });
      // If it is not found, only its picture is missing.
      findInputOf(record).catch(() => {});
    }
    return answer;
  };
}

function failing(status: number, error: string): CallbackAnswer {
  return { status, body: JSON.stringify({ error }) };
}

/** The task that a callback is for: the address counts, as for the orchestrator. */
function addressed({ path }: Pick<CallbackRecord, 'path'>): { batchId: string; taskId: string } {
  const [, , batchId = '', taskId = ''] = new URL(path, 'http://localhost').pathname
    .split('/')
    .map(decodeURIComponent);
  return { batchId, taskId };
}

function taskOf(list: TaskList, batchId: string, taskId: string, at: string): TaskRecord {
  const known = list.find(batchId, taskId);
  if (known) return known;
  const id = list.get(taskId) ? `${batchId}/${taskId}` : taskId;
  return list.add(elsewhere(id, batchId, taskId, at));
}

function elsewhere(id: string, batchId: string, taskId: string, at: string): TaskSummary {
  return {
    id,
    batch_id: batchId,
    name: taskId,
    input_key: '',
    tiff_bytes: null,
    state: 'elsewhere',
    created_at: at,
    callbacks: 0,
    settings: {},
    ...notRun,
  };
}

/**
 * The key of the TIFF that a JPEG is made from, by the contract's names; `null` if there is none.
 */
export function inputAmong(keys: readonly string[], outputKey: string): string | null {
  return keys.find((key) => key !== outputKey && jpegName(key) === outputKey) ?? null;
}
