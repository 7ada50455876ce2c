import { describe, expect, it } from 'vitest';
import { defaultEncoderSettings } from '../../../../src/lib/convert/encoder-settings.ts';
import { EACH } from '../../../../src/lib/convert/plan/cpu-model.ts';
import { planConversion } from '../../../../src/lib/convert/plan/plan.ts';
import { pageFile, readable } from '../../../../src/lib/convert/plan/readable.ts';
import { tiffPages } from '../../../../src/lib/convert/tiff-pages.ts';
import { sharedBudgets } from '../../../../src/lib/task/page-budget.ts';
import { headerOf } from '../../../support/tiff-headers.ts';
import { makeTiff } from '../../../support/tiff-writer.ts';

/** A TIFF whose pages have so many pixels each. */
function headerWith(...pixels: number[]) {
  const pages = pixels.map((width) => ({
    width,
    height: 1,
    samplesPerPixel: 1,
    photometric: 1,
    data: new Uint8Array(width),
  }));
  return headerOf(makeTiff(...pages));
}

const pagesOf = (header: Awaited<ReturnType<typeof headerWith>>) => tiffPages(header, 'a.tif');

/** A clock that stands still until it is told. */
function timeLeft(seconds: number) {
  return { seconds, budget: { memoryBytes: 99, cpuSeconds: (left: number) => left / 2 } };
}

describe('what a page may use of the task’s time and CPU', () => {
  it('is its share of the remaining pixels, of what is left', async () => {
    const clock = timeLeft(40);
    const budget = { ...clock.budget, secondsLeft: () => clock.seconds };
    const budgets = sharedBudgets(budget, [1, 2, 3], pagesOf(await headerWith(10, 20, 10)));
    const first = budgets.next(1, 1);
    const ofFirst = budgets.begin(1);
    expect(first.secondsLeft?.()).toBeCloseTo(10 + EACH);
    expect(first.cpuSeconds?.(10)).toBeCloseTo(5 + EACH);
    expect(first.memoryBytes).toBe(99);
    clock.seconds = 34;
    expect(first.secondsLeft?.()).toBeCloseTo(4 + EACH);
    ofFirst(2);
    // 34 s and 18 CPU-s are left, for 20 and 10 pixels.
    const second = budgets.next(2, 1);
    const ofSecond = budgets.begin(2);
    expect(second.secondsLeft?.()).toBeCloseTo(34 * (2 / 3) + EACH);
    expect(second.cpuSeconds?.(34)).toBeCloseTo(12 + EACH);
    ofSecond(100);
    const last = budgets.next(3, 1);
    expect(last.secondsLeft?.()).toBe(34);
    expect(last.cpuSeconds?.(34)).toBe(0);
  });

  it('is that time as often as pages are made at once, and the CPU that those do not take', async () => {
    const budget = { secondsLeft: () => 40, cpuSeconds: () => 20 };
    const budgets = sharedBudgets(budget, [1, 2, 3, 4], pagesOf(await headerWith(10, 10, 10, 10)));
    const ofFirst = budgets.begin(1);
    const second = budgets.next(2, 2);
    expect(second.secondsLeft?.()).toBeCloseTo(40 * (2 / 3) + EACH);
    expect(second.cpuSeconds?.(40)).toBeCloseTo(5 + EACH);
    const ofSecond = budgets.begin(2);
    // The second found no file to be read from: it is still to come.
    ofSecond(undefined);
    expect(budgets.next(2, 2).cpuSeconds?.(40)).toBeCloseTo(5 + EACH);
    budgets.begin(2)(5);
    ofFirst(11);
    expect(budgets.next(3, 2).secondsLeft?.()).toBe(40);
    expect(budgets.next(3, 2).cpuSeconds?.(40)).toBeCloseTo(2 + EACH);
  });

  it('is its own part again where a page is made once more, after later ones have begun', async () => {
    const budget = { cpuSeconds: () => 40 };
    const budgets = sharedBudgets(budget, [1, 2, 3], pagesOf(await headerWith(10, 30, 40)));
    const ofFirst = budgets.begin(1);
    budgets.begin(2)(15);
    ofFirst(undefined);
    // 25 CPU-s are left for 10 and 40 pixels.
    expect(budgets.next(1, 1).cpuSeconds?.(40)).toBeCloseTo(5 + EACH);
    budgets.begin(1)(5);
    expect(budgets.next(3, 1).cpuSeconds?.(40)).toBeCloseTo(20);
  });

  it.each([
    ['among large ones', [20, 1_000_000]],
    ['among hundreds', Array<number>(400).fill(20)],
  ])('lets a small page have the best encoder: %s', async (_, pixels) => {
    const header = await headerWith(...pixels);
    const budget = { secondsLeft: () => 40, cpuSeconds: () => 15 };
    const numbers = pixels.map((_, i) => i + 1);
    const { secondsLeft, cpuSeconds } = sharedBudgets(budget, numbers, pagesOf(header)).next(1, 1);
    const [seconds, cpu] = [secondsLeft?.() ?? 0, cpuSeconds?.(40) ?? 0];
    const limits = { memoryBytes: 1e9, diskBytes: 1e9, seconds, cpuSeconds: cpu };
    const { effort } = planConversion(
      readable(header.pages[0], pageFile(header, 'a.tif')),
      limits,
      defaultEncoderSettings,
    );
    expect(effort).toBe('max');
  });

  it('is all of it when there is one page', async () => {
    const budget = { secondsLeft: () => 40 };
    expect(sharedBudgets(budget, [2], pagesOf(await headerWith(10, 20))).next(2, 1)).toBe(budget);
  });

  it('is unlimited if the task’s is', async () => {
    const next = sharedBudgets({}, [1, 2], pagesOf(await headerWith(10, 20))).next(1, 1);
    expect(next).toEqual({});
  });
});
