/** How many tasks run at once, and what of it this machine can carry. */
import { freemem } from 'node:os';
import type { Sandbox } from '../../src/dev/sandbox/sandbox.ts';
import { type LevelSummary, summarize } from './measurements.ts';
import { runLevel } from './tasks.ts';
import { storeTiffs } from './tiffs.ts';

/** What the tables show; one at a time so often that every size has its spread. */
const AT_ONCE = [1, 10, 100];
const TASKS_ONE_AT_A_TIME = 30;
/** Two cores shared by a hundred tasks: none of them shall fail for want of time. */
const NO_HURRY_MS = 15 * 60_000;
/** The default of TASK_TIMEOUT_MS, which the last rows keep. */
const TASK_TIMEOUT_MS = 50_000;
/** How many at once are tried with the default, until some of them fail. */
const IN_TIME = [20, 40, 60, 80, 100];
/** What is left to others of the memory that is free. */
const MEMORY_SHARE = 0.9;

/** Which levels to measure instead of all, and with which TASK_TIMEOUT_MS. */
export interface WantedLevels {
  /** How many at once; all levels when empty. */
  readonly counts: readonly number[];
  readonly timeoutMs?: number | undefined;
}

/**
 * Measures the levels wanted, or all of them. What does not fit into memory is left out with a line
 * to `say`: what one more task needs is known from the level before.
 */
export async function measureLevels(
  sandbox: Sandbox,
  folder: string,
  { counts: wanted, timeoutMs: hurry = NO_HURRY_MS }: WantedLevels,
  say: (line: string) => void,
): Promise<LevelSummary[]> {
  const counts = wanted.length > 0 ? wanted : AT_ONCE;
  say('Drawing and storing the TIFFs');
  const all = [...counts, ...(wanted.length > 0 ? [] : IN_TIME)];
  await storeTiffs(sandbox, folder, Math.max(...all.map(tasksFor)));
  const levels: LevelSummary[] = [];
  const run = async (atOnce: number, timeoutMs: number) => {
    const needed = neededMB(levels, atOnce);
    // On Linux what can be had without swapping, caches included.
    const free = (freemem() / 1024 / 1024) * MEMORY_SHARE;
    if (needed > free) {
      say(`${atOnce} at once need about ${needed.toFixed(0)} MB; ${free.toFixed(0)} MB are free.`);
      return undefined;
    }
    say(`${atOnce} at once, time-out ${timeoutMs / 1000} s`);
    const result = await runLevel(sandbox, { tasks: tasksFor(atOnce), atOnce, timeoutMs }, folder);
    result.failures.forEach(say);
    levels.push(summarize(result));
    return result;
  };
  for (const atOnce of counts) await run(atOnce, hurry);
  if (wanted.length > 0) return levels;
  for (const atOnce of IN_TIME) {
    const result = await run(atOnce, TASK_TIMEOUT_MS);
    if (!result || result.failures.length > 0) break;
  }
  return levels;
}

const tasksFor = (atOnce: number) => (atOnce === 1 ? TASKS_ONE_AT_A_TIME : atOnce);

/**
 * By the level with the most tasks at once so far; what one task alone needs, nearly all others
 * share.
 */
function neededMB(levels: readonly LevelSummary[], atOnce: number): number {
  const [most] = levels.toSorted((a, b) => b.atOnce - a.atOnce);
  return most && most.atOnce > 1 ? (most.allMB / most.atOnce) * atOnce : 0;
}
