import { EACH } from '../convert/plan/cpu-model.ts';
import { type Budget, secondsToPlanWith } from '../convert/plan/resources.ts';
import type { TiffPages } from '../convert/tiff-pages.ts';

/** Distributes the budget of all pages of a task. */
export interface PageBudgets {
  /** A page's share of the pixels that are still to come. */
  share(page: number): number;
  /**
   * A page's budget: a start, and a share of what is left by its pixels; of the time as many times
   * that as pages are made at once.
   */
  next(page: number, atOnce: number): Budget;
  /**
   * A page begins. Returns what to call with its CPU use when it has ended, or with nothing if it
   * was not made: then it is still to come.
   */
  begin(page: number): (cpuSeconds: number | undefined) => void;
}

/**
 * Shares time and CPU among pages by their pixels: each alone would plan with everything that is
 * left. Memory is not shared, because each page releases it. Each page also gets what its plan
 * includes besides its pixels, so that small or numerous pages are not hurried for that alone.
 */
export function sharedBudgets(
  budget: Budget,
  numbers: readonly number[],
  pages: TiffPages,
): PageBudgets {
  if (numbers.length === 1) return { share: () => 1, next: () => budget, begin: () => () => {} };
  const pixels = new Map(numbers.map((number) => [number, pixelsOf(pages, number)]));
  const sizeOf = (page: number) => pixels.get(page) ?? 0;
  const { secondsLeft, secondsBehind = 0, hurry } = budget;
  const cpuSeconds = budget.cpuSeconds?.(secondsToPlanWith(budget));
  let used = 0;
  let toCome = [...pixels.values()].reduce((sum, size) => sum + size, 0);
  const share = (page: number) => sizeOf(page) / toCome;
  const cpuLeft = () => Math.max(0, (cpuSeconds ?? 0) - used);
  return {
    share,
    next(page, atOnce) {
      const ofTime = Math.min(1, share(page) * atOnce);
      const othersOf = (seconds: number) => Math.max(0, seconds * (1 - ofTime) - EACH);
      const forOthers = othersOf(secondsLeft?.() ?? 0);
      const most = Math.min(cpuLeft(), cpuLeft() * share(page) + EACH);
      return {
        ...budget,
        ...(secondsLeft && {
          // In a hurry only a share of the little time left.
          secondsLeft: () => secondsLeft() - (hurry?.isOn() ? othersOf(secondsLeft()) : forOthers),
          secondsBehind: secondsBehind * ofTime,
        }),
        ...(cpuSeconds !== undefined && { cpuSeconds: () => most }),
      };
    },
    begin(page) {
      const reserved = cpuLeft() * share(page);
      used += reserved;
      toCome -= sizeOf(page);
      return (seconds) => {
        used += (seconds ?? 0) - reserved;
        if (seconds === undefined) toCome += sizeOf(page);
      };
    },
  };
}

/** At least one, so that a page of unknown size has a share. */
function pixelsOf({ numbered }: TiffPages, number: number): number {
  const { width, height } = numbered(number);
  return Math.max(1, width * height);
}
