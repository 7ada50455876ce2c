import { ENDLESS_MS } from '../../support/task-patience.ts';
import { ATTEMPTS, type Cell } from './cell.ts';

/**
 * When an answer is given up that never comes. Only where it is what the test is about: a busy
 * machine is slow, too.
 */
const SILENT_MS = 12_000;
/** The same where a busy machine may try again as often as it likes. */
const SILENT_FOR_NOW_MS = 4_000;
const RETRY = { attempts: ATTEMPTS, baseDelayMs: 10, maxDelayMs: 40 };

/** How patient a task is that is to meet no time-out of a request: longer than any deadline. */
export const endless = {
  storage: { headersMs: ENDLESS_MS, stallMs: ENDLESS_MS },
  storageRetry: RETRY,
  callbackMs: ENDLESS_MS,
  callbackRetry: RETRY,
};

/** Of a task whose R2 or orchestrator says nothing. */
export const patience = {
  ...endless,
  storage: { headersMs: SILENT_MS, stallMs: SILENT_MS },
  callbackMs: SILENT_MS,
};

/**
 * Of a task that nothing else ends: time to come where it waits for it. A busy machine gets more
 * (`processes.test.ts`).
 */
export const DEADLINE = { TASK_TIMEOUT_MS: '10000', CALLBACK_PATIENCE_MS: '3000' };

/** The same where not even a conversion process that stands still is given up. */
export const deaf = { ...endless, silenceMs: ENDLESS_MS };

/**
 * How patient a task is in a cell of the network's table: endlessly, except where an answer, or the
 * rest of a body that was announced, never comes.
 */
export function patienceIn({ stage, fault, times }: Cell): typeof endless {
  // R2 says for how long it takes nothing.
  if (fault === 'rate1') return { ...endless, storageRetry: { ...RETRY, maxDelayMs: 5_000 } };
  if (!/never answers|stalls|wrong length|answers after/.test(fault)) return endless;
  if (stage.startsWith('callback')) return { ...endless, callbackMs: patience.callbackMs };
  if (times === 'for good') return { ...endless, storage: patience.storage };
  const storage = { headersMs: SILENT_FOR_NOW_MS, stallMs: SILENT_FOR_NOW_MS };
  return { ...endless, storage, storageRetry: { ...RETRY, attempts: 1_000 } };
}
