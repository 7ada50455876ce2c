import { jpegName } from '../jpeg-name.ts';
import type { CallbackAnswer, ReceivedCallback } from '../sandbox/orchestrator.ts';
import type { CallbackFault, CallbackRecord, TaskSummary } from './api.ts';
import type { FaultSwitches } from './fault-switches.ts';
import type { TaskList } from './task-list.ts';
import type { TaskRecord } from './task-store.ts';
import { outcomeOfBody } from './worker-outcome.ts';

/**
 * How a fault answers. `hang` does after ten minutes, longer than anybody waits: an answer that never
 * comes, workerd would take for a fault of its own.
 */
const FAULT_ANSWERS: Readonly<Record<CallbackFault, CallbackAnswer>> = {
  fail: { status: 503, body: '{"error":"Service unavailable: the fault that was asked for"}' },
  redirect: { status: 302, headers: { location: '/moved' } },
  hang: { status: 504, delayMs: 600_000 },
};

/** What a callback is compared with. */
export interface InboxOptions {
  /** The User-Agent of callbacks that the page has sent again. */
  readonly replayAgent: string;
  /** Finds the TIFF of a JPEG in the bucket; `null` where there is none. */
  readonly findInput: (outputKey: string) => Promise<string | null>;
}

/**
 * Takes callbacks as the orchestrator gets them: each is kept with its task, which is somebody else's
 * when we do not know it, and answered as the faults want it.
 */
export function createCallbackInbox(
  list: TaskList,
  faults: Pick<FaultSwitches, 'takeCallbackFault'>,
  { replayAgent, findInput }: InboxOptions,
): (callback: ReceivedCallback) => CallbackAnswer | undefined {
  const findInputOf = async (record: TaskRecord) => {
    const { input_key, output_key, state } = record.summary;
    if (state !== 'elsewhere' || input_key !== '' || output_key === null) return;
    const found = await findInput(output_key);
    if (found !== null) list.change(record, { input_key: found });
  };
  return (callback) => {
    const isPost = callback.method === 'POST';
    const fault = isPost ? faults.takeCallbackFault() : null;
    const answer = fault === null ? undefined : FAULT_ANSWERS[fault];
    const record = taskOf(list, callback);
    const status = fault === 'hang' ? 0 : (answer?.status ?? (isPost ? 200 : 405));
    const replay = callback.headers['user-agent'] === replayAgent;
    list.addCallback(record, { ...callback, answer: { status, fault }, replay });
    if (record.summary.state === 'elsewhere') {
      list.change(record, { ended_at: callback.at, ...outcomeOfBody(callback.body) });
      // Where it is not found, there is only no picture of it.
      findInputOf(record).catch(() => {});
    }
    return answer;
  };
}

/** The task that a callback is for. */
function taskOf(list: TaskList, { path, at }: CallbackRecordHead): TaskRecord {
  const [, , batchId = '', taskId = ''] = new URL(path, 'http://localhost').pathname
    .split('/')
    .map(decodeURIComponent);
  const known = list.find(batchId, taskId);
  if (known) return known;
  const id = list.get(taskId) ? `${batchId}/${taskId}` : taskId;
  return list.add(elsewhere(id, batchId, taskId, at));
}

type CallbackRecordHead = Pick<CallbackRecord, 'path' | 'at'>;

function elsewhere(id: string, batchId: string, taskId: string, at: string): TaskSummary {
  return {
    id,
    batch_id: batchId,
    name: taskId,
    input_key: '',
    tiff_bytes: null,
    state: 'elsewhere',
    created_at: at,
    started_at: null,
    ended_at: null,
    exit_code: null,
    output_key: null,
    jpeg_bytes: null,
    error: null,
    stages: [],
    callbacks: 0,
  };
}

/** The TIFF among keys that a JPEG of this key is made from, by the contract's names; `null`: none. */
export function inputAmong(keys: readonly string[], outputKey: string): string | null {
  return keys.find((key) => key !== outputKey && jpegName(key) === outputKey) ?? null;
}
