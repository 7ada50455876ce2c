import { describe, expect, it } from 'vitest';
import { createDeadline } from '../../../../src/lib/deadline.ts';
import { conversionBudget, taskDeadlines } from '../../../../src/lib/task/budget.ts';

const now = () => 0;

describe('the deadlines of a task', () => {
  it.each([
    [50_000, [50_000, 40_000, 35_000]],
    [20_000, [20_000, 16_000, 14_000]],
    [600_000, [600_000, 590_000, 585_000]],
  ])('of %i ms leave time for upload and callback', (timeoutMs, expected) => {
    const { task, upload, conversion } = taskDeadlines({ timeoutMs }, now, undefined);
    expect([task, upload, conversion].map((deadline) => deadline.msLeft())).toEqual(expected);
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

  it('is what the settings say, also on Fly', () => {
    const budget = budgetOf({ onFly: true, cpuSeconds: 7, memoryBytes: 99 });
    expect(budget.cpuSeconds?.(34)).toBe(7);
    expect(budget.memoryBytes).toBe(99);
  });

  it('is for the machine to say where nobody else does', () => {
    expect(budgetOf({})).toMatchObject({ cpuSeconds: undefined, memoryBytes: undefined });
  });
});
