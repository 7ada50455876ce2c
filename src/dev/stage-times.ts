import type { StageName, TaskSummary } from './api.ts';

/** The finished stages, with their times. */
export type Stages = TaskSummary['stages'];

/** Follows a worker's log. All times are milliseconds of one clock. */
export interface StageTimes {
  /** Takes a line and its time of arrival; returns all finished stages if it ends one. */
  line(text: string, atMs: number): Stages | undefined;
  /** The worker has ended. */
  ended(atMs: number): Stages;
}

/** The contract's lines that end a stage and state its time (docs/contract.md, "Log lines"). */
const ENDS: readonly (readonly [StageName, RegExp])[] = [
  ['download', /^\[[^\]]*\] Downloaded [\d.]+ MB in (\d+)ms$/],
  ['convert', /^\[[^\]]*\] Converted to [\d.]+ MB in (\d+)ms$/],
  ['upload', /^\[[^\]]*\] Uploaded to .* in (\d+)ms$/],
];

const STARTING = /^\[[^\]]*\] Starting TIFF conversion: /;
const SUCCESS = /^\[[^\]]*\] ✓ Success in \d+ms$/;
const FAILURE = /^\[[^\]]*\] ✗ Error: /;

/** A worker's stages in their order. */
const ORDER: readonly StageName[] = ['start', 'download', 'convert', 'upload', 'callback'];

/**
 * Measures a worker's stages from its log: by its own times, and before and after those by the
 * arrival of lines. The stage in which the worker failed is marked; if it was not the last, the
 * callback follows all the same.
 *
 * @param startedMs when the process was started
 */
export function followStages(startedMs: number): StageTimes {
  const stages: Stages = [];
  let sinceMs = startedMs;
  let hasSucceeded = false;
  const add = (name: StageName, ms: number, atMs: number, failed = false) => {
    stages.push({ name, ms: Math.round(ms), ...(failed && { failed }) });
    sinceMs = atMs;
    return [...stages];
  };
  const hasFailed = () => stages.some(({ failed }) => failed);
  const underWay = () => (hasFailed() ? 'callback' : ORDER[stages.length]);
  return {
    line(text, atMs) {
      if (STARTING.test(text) && stages.length === 0) return add('start', atMs - startedMs, atMs);
      if (SUCCESS.test(text)) {
        hasSucceeded = true;
        return underWay() === 'callback' ? add('callback', atMs - sinceMs, atMs) : [...stages];
      }
      const stage = underWay();
      // A callback ends with the worker.
      if (FAILURE.test(text) && stage && stage !== 'callback')
        return add(stage, atMs - sinceMs, atMs, true);
      for (const [name, pattern] of ENDS) {
        const [, ms] = pattern.exec(text) ?? [];
        if (ms !== undefined) return add(name, Number(ms), atMs);
      }
      return undefined;
    },
    ended(atMs) {
      const stage = underWay();
      if (hasSucceeded || stage === undefined) return [...stages];
      return add(stage, atMs - sinceMs, atMs, !hasFailed());
    },
  };
}
