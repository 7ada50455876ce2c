/*
 * Describes a plan in words, for a task's log, `inspect` and the page of `dev`. Loaded by every
 * task and by browsers.
 */

/** How a page is converted, and the reason. */
export interface PlanDecision {
  readonly effort: string;
  readonly turn: string;
  /** The decoder, and the feature of the page that requires it: empty for most pages. */
  readonly reader: string;
  readonly feature: string;
  readonly reason: string;
}

/** A plan with its predicted cost, or why there is none. */
export type PlanFacts =
  | (PlanDecision & { readonly memoryBytes: number; readonly cpuSeconds: number })
  | { readonly error: { readonly message: string } };

const TURNS: Readonly<Record<string, string>> = {
  memory: ', turned in memory',
  disk: ', turned on disk',
  tag: ', turned by a tag',
};

/** The readers besides sharp. */
const READERS: Readonly<Record<string, string>> = {
  samples: 'read sample by sample',
  magick: 'read by ImageMagick',
};

/** A decision: `max, turned in memory (it fits)`. */
export function decisionText({ effort, turn, reader, feature, reason }: PlanDecision): string {
  const read = READERS[reader];
  return `${effort}${TURNS[turn] ?? ''}${read ? `, ${read} for its ${feature}` : ''} (${reason})`;
}

/** A plan with its predicted cost, or why the conversion would fail. */
export function planText(plan: PlanFacts): string {
  if ('error' in plan) return `none: it would fail: ${plan.error.message}`;
  const predicted = `${toRoundMegabytes(plan.memoryBytes)} MB and ${plan.cpuSeconds.toFixed(2)} CPU-s`;
  return `${decisionText(plan)}; predicted ${predicted}`;
}

/** Megabytes of 1024 × 1024 bytes, rounded. */
export function toRoundMegabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
