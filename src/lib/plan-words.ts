/*
 * What a plan says, in words: for a task's log, `inspect` and the page of `dev`. Every task loads
 * it, and so do browsers.
 */

/** How a page is converted, and by what that was decided. */
export interface PlanDecision {
  readonly effort: string;
  readonly turn: string;
  /**
   * Which decoder reads the page, and what it is about the page that decided it: empty for most.
   */
  readonly reader: string;
  readonly feature: string;
  readonly reason: string;
}

/** A plan, with what it is predicted to take, or why there is none. */
export type PlanFacts =
  | (PlanDecision & { readonly memoryBytes: number; readonly cpuSeconds: number })
  | { readonly error: { readonly message: string } };

const TURNS: Readonly<Record<string, string>> = {
  memory: ', turned in memory',
  disk: ', turned on disk',
  tag: ', turned by a tag',
};

/** Who reads a page, where it is not sharp. */
const READERS: Readonly<Record<string, string>> = {
  samples: 'read sample by sample',
  magick: 'read by ImageMagick',
};

/** How a page is converted, and why so: `max, turned in memory (it fits)`. */
export function decisionText({ effort, turn, reader, feature, reason }: PlanDecision): string {
  const read = READERS[reader];
  return `${effort}${TURNS[turn] ?? ''}${read ? `, ${read} for its ${feature}` : ''} (${reason})`;
}

/** How a page would be converted, and what that is predicted to take, or why it would fail. */
export function planText(plan: PlanFacts): string {
  if ('error' in plan) return `none: it would fail: ${plan.error.message}`;
  const predicted = `${toRoundMegabytes(plan.memoryBytes)} MB and ${plan.cpuSeconds.toFixed(2)} CPU-s`;
  return `${decisionText(plan)}; predicted ${predicted}`;
}

/** Megabytes of 1024 × 1024 bytes, to the nearest one. */
export function toRoundMegabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
