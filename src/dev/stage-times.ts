import type { StageName, TaskSummary } from './api.ts';

/** The stages that are over, and how long each took. */
export type Stages = TaskSummary['stages'];

/** Follows a worker's log. All times are milliseconds of one clock. */
export interface StageTimes {
  /** Takes a line that came at a time; gives all stages that are over when the line ends one. */
  line(text: string, atMs: number): Stages | undefined;
  /** The worker has ended. */
  ended(atMs: number): Stages;
}

/** The contract's lines that end a stage and say how long it took (docs/contract.md, "Log lines"). */
const ENDS: readonly (readonly [StageName, RegExp])[] = [
  ['download', /^\[[^\]]*\] Downloaded [\d.]+ MB in (\d+)ms$/],
  ['convert', /^\[[^\]]*\] Converted to [\d.]+ MB in (\d+)ms$/],
  ['upload', /^\[[^\]]*\] Uploaded to .* in (\d+)ms$/],
];

const STARTING = /^\[[^\]]*\] Starting TIFF conversion: /;
const SUCCESS = /^\[[^\]]*\] ✓ Success in \d+ms$/;

/**
 * Measures a worker's stages by its log: those that it times itself by what it says, and what lies before
 * and after them by when the lines came.
 *
 * @param startedMs when the process was started
 */
export function followStages(startedMs: number): StageTimes {
  const stages: Stages = [];
  let uploadedMs: number | undefined;
  const add = (name: StageName, ms: number) => {
    stages.push({ name, ms: Math.round(ms) });
    return [...stages];
  };
  const callBack = (atMs: number) => {
    if (uploadedMs === undefined) return [...stages];
    const since = uploadedMs;
    uploadedMs = undefined;
    return add('callback', atMs - since);
  };
  return {
    line(text, atMs) {
      if (STARTING.test(text) && stages.length === 0) return add('start', atMs - startedMs);
      if (SUCCESS.test(text)) return callBack(atMs);
      for (const [name, pattern] of ENDS) {
        const [, ms] = pattern.exec(text) ?? [];
        if (ms === undefined) continue;
        if (name === 'upload') uploadedMs = atMs;
        return add(name, Number(ms));
      }
      return undefined;
    },
    ended: callBack,
  };
}
