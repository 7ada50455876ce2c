import { ENDLESS_MS } from '../../support/task-patience.ts';
import { ATTEMPTS } from './cell.ts';

/** So long that a busy machine is never taken for a dead one; what waits for it waits beside others. */
const WAITING_MS = 4_000;
const RETRY = { attempts: ATTEMPTS, baseDelayMs: 10, maxDelayMs: 40 };

/** How patient tasks are that meet faults. */
export const patience = {
  storage: { headersMs: WAITING_MS, stallMs: WAITING_MS },
  storageRetry: RETRY,
  callbackMs: WAITING_MS,
  callbackRetry: RETRY,
};

/** Of a task that nothing else ends: time to come where it waits for it. A busy machine gets more (`processes.test.ts`). */
export const DEADLINE = { TASK_TIMEOUT_MS: '10000' };

/** How patient a task is that is to meet no time-out of a request: longer than any deadline. */
export const endless = {
  ...patience,
  storage: { headersMs: ENDLESS_MS, stallMs: ENDLESS_MS },
  callbackMs: ENDLESS_MS,
};

/** The same where not even a conversion process that stands still is given up. */
export const deaf = { ...endless, silenceMs: ENDLESS_MS };
