import type { TiffHeader } from '../convert/header/tiff-header.ts';
import { pageNumbered } from '../convert/pages.ts';
import { START } from '../convert/plan/cpu-model.ts';
import { type Budget, secondsToPlanWith } from '../convert/plan/resources.ts';

/** Hands out, page by page, what all pages of a task may use together. */
export interface PageBudgets {
  /** What the next page may use: a start, and of what is left the part that it has of the pixels to come. */
  next(): Budget;
  /** Says what a page has used. */
  spent(cpuSeconds: number): void;
}

/**
 * Shares time and CPU among pages that are converted one after the other, by their pixels: each alone
 * would plan with all that is left, and leave nothing to those that follow. Memory is not shared, as
 * each page gives it back. Each has the start besides that is reckoned for it and that only the first has:
 * a small page among large ones, or one of hundreds, would be done in a hurry for nothing else.
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
          // In a hurry, of what little has become of all that was left.
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

/** At least one: a page whose size cannot be read has a share, too. */
function pixelsOf(header: TiffHeader, number: number): number {
  const { width, height } = pageNumbered(header, number, '');
  return Math.max(1, width * height);
}
