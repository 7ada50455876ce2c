import { ATTEMPTS } from './cell.ts';

/** The variable that tells the tests' command `run` how patient to be, as JSON; the program knows none. */
export const PATIENCE_VARIABLE = 'ARKE_TEST_PATIENCE';

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
