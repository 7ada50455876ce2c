import type { TiffHeader } from '../convert/header/tiff-header.ts';
import { pageNumbered } from '../convert/pages.ts';
import { START } from '../convert/plan/cpu-model.ts';
import { type Budget, secondsToPlanWith } from '../convert/plan/resources.ts';

/** Distributes the budget of all pages of a task. */
export interface PageBudgets {
  /** The next page's budget: a start, and a share of what is left by its pixels. */
  next(): Budget;
  /** Reports a page's CPU use. */
  spent(cpuSeconds: number): void;
}

/**
 * Shares time and CPU among pages converted one after the other, by their pixels: each alone would
 * plan with everything that is left. Memory is not shared, because each page releases it. Each page
 * also gets the start-up that its plan includes but only the first needs, so that small or numerous
 * pages are not hurried for that alone.
 */
export function sharedBudgets(
  budget: Budget,
  pages: readonly number[],
  header: TiffHeader,
): PageBudgets {
  if (pages.length === 1) return { next: () => budget, spent: () => {} };
  const pixels = pages.map((page) => pixelsOf(header, page));
  const { secondsLeft, secondsBehind = 0, hurry } = budget;
  const cpuSeconds = budget.cpuSeconds?.(secondsToPlanWith(budget));
  let used = 0;
  let done = 0;
  return {
    next() {
      const toCome = pixels.slice(done).reduce((sum, page) => sum + page, 0);
      const share = (pixels[done++] ?? toCome) / toCome;
      const othersOf = (seconds: number) => Math.max(0, seconds * (1 - share) - START);
      const forOthers = othersOf(secondsLeft?.() ?? 0);
      const cpuLeft = Math.max(0, (cpuSeconds ?? 0) - used);
      return {
        ...budget,
        ...(secondsLeft && {
          // In a hurry only a share of the little time left.
          secondsLeft: () => secondsLeft() - (hurry?.isOn() ? othersOf(secondsLeft()) : forOthers),
          secondsBehind: secondsBehind * share,
        }),
        ...(cpuSeconds !== undefined && {
          cpuSeconds: () => Math.min(cpuLeft, cpuLeft * share + START),
        }),
      };
    },
    spent(seconds) {
      used += seconds;
    },
  };
}

/** At least one, so that a page of unknown size has a share. */
function pixelsOf(header: TiffHeader, number: number): number {
  const { width, height } = pageNumbered(header, number, '');
  return Math.max(1, width * height);
}
