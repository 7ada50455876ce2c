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

/**
 * Measures a worker's stages from its log: by its own times, and before and after those by the
 * arrival of lines.
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
