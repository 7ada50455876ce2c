import { describe, expect, it } from 'vitest';
import { readTiffHeader } from '../../../src/lib/convert/header/tiff-header.ts';
import { sharedBudgets } from '../../../src/lib/task/page-budget.ts';
import { makeTiff } from '../../support/tiff-writer.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();

/** A TIFF whose pages have so many pixels each. */
async function headerOf(...pixels: number[]) {
  const pages = pixels.map((width) => ({
    ...{ width, height: 1, samplesPerPixel: 1, photometric: 1 },
    data: new Uint8Array(width),
  }));
  return readTiffHeader(await folder.write('pages.tif', makeTiff(...pages)));
}

/** A clock that stands still until it is told. */
function timeLeft(seconds: number) {
  return { seconds, budget: { memoryBytes: 99, cpuSeconds: (left: number) => left / 2 } };
}

describe('what a page may use of the task’s time and CPU', () => {
  it('is its part of the pixels that are still to come, of what is left', async () => {
    const clock = timeLeft(40);
    const budget = { ...clock.budget, secondsLeft: () => clock.seconds };
    const budgets = sharedBudgets(budget, [1, 2, 3], await headerOf(10, 20, 10));
    const first = budgets.next();
    expect(first.secondsLeft?.()).toBe(10);
    expect(first.cpuSeconds?.(10)).toBe(5);
    expect(first.memoryBytes).toBe(99);
    clock.seconds = 34;
    expect(first.secondsLeft?.()).toBe(4);
    budgets.spent(2);
    // 34 s and 18 CPU-s are left, for 20 and 10 pixels.
    const second = budgets.next();
    expect(second.secondsLeft?.()).toBeCloseTo(34 * (2 / 3));
    expect(second.cpuSeconds?.(34)).toBeCloseTo(12);
    budgets.spent(100);
    const last = budgets.next();
    expect(last.secondsLeft?.()).toBe(34);
    expect(last.cpuSeconds?.(34)).toBe(0);
  });

  it('is all of it when there is one page', async () => {
    const budget = { secondsLeft: () => 40 };
    expect(sharedBudgets(budget, [2], await headerOf(10, 20)).next()).toBe(budget);
  });

  it('is no bound where there is none', async () => {
    const next = sharedBudgets({}, [1, 2], undefined).next();
    expect(next).toEqual({});
  });
});
