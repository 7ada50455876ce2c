import { describe, expect, it } from 'vitest';
import { defaultEncoderSettings } from '../../../../src/lib/convert/encoder-settings.ts';
import { START } from '../../../../src/lib/convert/plan/cpu-model.ts';
import { planConversion } from '../../../../src/lib/convert/plan/plan.ts';
import { pageFile, readable } from '../../../../src/lib/convert/plan/readable.ts';
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

/** A clock that stands still until it is told. */
function timeLeft(seconds: number) {
  return { seconds, budget: { memoryBytes: 99, cpuSeconds: (left: number) => left / 2 } };
}

describe('what a page may use of the task’s time and CPU', () => {
  it('is its part of the pixels that are still to come, of what is left', async () => {
    const clock = timeLeft(40);
    const budget = { ...clock.budget, secondsLeft: () => clock.seconds };
    const budgets = sharedBudgets(budget, [1, 2, 3], await headerWith(10, 20, 10));
    const first = budgets.next();
    expect(first.secondsLeft?.()).toBeCloseTo(10 + START);
    expect(first.cpuSeconds?.(10)).toBeCloseTo(5 + START);
    expect(first.memoryBytes).toBe(99);
    clock.seconds = 34;
    expect(first.secondsLeft?.()).toBeCloseTo(4 + START);
    budgets.spent(2);
    // 34 s and 18 CPU-s are left, for 20 and 10 pixels.
    const second = budgets.next();
    expect(second.secondsLeft?.()).toBeCloseTo(34 * (2 / 3) + START);
    expect(second.cpuSeconds?.(34)).toBeCloseTo(12 + START);
    budgets.spent(100);
    const last = budgets.next();
    expect(last.secondsLeft?.()).toBe(34);
    expect(last.cpuSeconds?.(34)).toBe(0);
  });

  it.each([
    ['among large ones', [20, 1_000_000]],
    ['among hundreds', Array<number>(400).fill(20)],
  ])('lets a small page have the best encoder: %s', async (_, pixels) => {
    const header = await headerWith(...pixels);
    const budget = { secondsLeft: () => 40, cpuSeconds: () => 15 };
    const numbers = pixels.map((_, i) => i + 1);
    const { secondsLeft, cpuSeconds } = sharedBudgets(budget, numbers, header).next();
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
    expect(sharedBudgets(budget, [2], await headerWith(10, 20)).next()).toBe(budget);
  });

  it('is no bound where there is none', async () => {
    const next = sharedBudgets({}, [1, 2], await headerWith(10, 20)).next();
    expect(next).toEqual({});
  });
});
