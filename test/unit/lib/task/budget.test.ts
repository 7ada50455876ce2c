import { describe, expect, it } from 'vitest';
import { secondsToPlanWith } from '../../../../src/lib/convert/plan/resources.ts';
import { createDeadline } from '../../../../src/lib/deadline.ts';
import { conversionBudget, taskDeadlines } from '../../../../src/lib/task/budget.ts';
import { openStopping } from '../../../../src/lib/task/stopping.ts';

const now = () => 0;

describe('the deadlines of a task', () => {
  it.each([
    [50_000, [40_000, 35_000]],
    [20_000, [16_000, 14_000]],
    [600_000, [590_000, 585_000]],
  ])('of %i ms leave time for upload and callback', (timeoutMs, expected) => {
    const { upload, conversion } = taskDeadlines({ timeoutMs }, now, openStopping({}));
    expect([upload, conversion].map((deadline) => deadline.msLeft())).toEqual(expected);
  });
});

describe('what the conversion may use', () => {
  const deadline = createDeadline(34_000, { now });
  const budgetOf = (differs: object) =>
    conversionBudget({ timeoutMs: 50_000, onFly: false, ...differs }, deadline);

  it('is the time that is left, and the CPU that Fly’s shared cores give in it', () => {
    const budget = budgetOf({ onFly: true });
    expect(budget.secondsLeft?.()).toBe(34);
    // 10 s of burst, then 5 ms in 80 on each of two.
    expect(budget.cpuSeconds?.(34)).toBe(14.25);
  });

  it('is what was set, also on Fly', () => {
    const budget = budgetOf({ onFly: true, cpuSeconds: 7, memoryBytes: 99 });
    expect(budget.cpuSeconds?.(34)).toBe(7);
    expect(budget.memoryBytes).toBe(99);
  });

  it('is the machine’s, unless set', () => {
    expect(budgetOf({})).toMatchObject({ cpuSeconds: undefined, memoryBytes: undefined });
  });

  it.each([
    [1_000, 34],
    [10_000, 34],
    [30_000, 14],
    [53_000, 0],
  ])('is less for a machine that took %i ms to start, beyond the usual: %i s', (ms, seconds) => {
    const late = { msBeforeStart: ms };
    const budget = conversionBudget({ timeoutMs: 50_000, onFly: true }, deadline, late);
    expect(secondsToPlanWith(budget)).toBe(seconds);
    // It ends nothing sooner.
    expect(budget.secondsLeft?.()).toBe(34);
  });
});
