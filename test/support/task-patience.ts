import type { TaskPatience } from '../../src/lib/task/running-task.ts';

/**
 * The variable that tells the tests' command `run` how patient to be, as JSON; the program knows
 * none.
 */
export const PATIENCE_VARIABLE = 'ARKE_TEST_PATIENCE';

/** So long that a busy machine is never taken for a dead one. */
export const ENDLESS_MS = 900_000;

/**
 * The environment of a packed `run` that is as patient as a test asks for; `preloads` are loaded
 * before it.
 */
export function withPatience(
  patience: TaskPatience,
  ...preloads: readonly string[]
): Record<string, string> {
  const impatient = new URL('./impatient.ts', import.meta.url).href;
  return {
    NODE_OPTIONS: [impatient, ...preloads].map((url) => `--import=${url}`).join(' '),
    [PATIENCE_VARIABLE]: JSON.stringify(patience),
  };
}

/** Of a task that can always say how it ended. */
export const untilTold = {
  lastCallbackMs: ENDLESS_MS,
  stop: { lookedMs: ENDLESS_MS, workedMs: ENDLESS_MS, keptMs: ENDLESS_MS },
};

/**
 * Of a task that is not to try its callback for minutes: it has a few attempts, as soon as may be.
 */
export const soonGivenUp = {
  callbackRetry: { attempts: 3, baseDelayMs: 10, maxDelayMs: 40 },
} as const;
