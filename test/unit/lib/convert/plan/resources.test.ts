import { availableParallelism, totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { limitsNow } from '../../../../../src/lib/convert/plan/resources.ts';

describe('the limits of a conversion', () => {
  it('are those of the machine, less what others need', async () => {
    const limits = await limitsNow({ secondsLeft: () => 30 }, '/tmp');
    const most = Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem());
    const others = most - limits.memoryBytes;
    expect(others).toBeGreaterThan(process.memoryUsage.rss() / 2);
    expect(others).toBeLessThan(process.memoryUsage.rss() * 2 + 64 * 1024 * 1024);
    expect(limits.cpuSeconds).toBe(30 * availableParallelism());
    expect(limits.seconds).toBe(30);
    expect(limits.diskBytes).toBeGreaterThan(0);
  });

  it('are those that were set', async () => {
    const budget = { memoryBytes: 5, cpuSeconds: (left: number) => left / 2, secondsLeft: () => 8 };
    expect(await limitsNow(budget, '/tmp')).toMatchObject({ memoryBytes: 5, cpuSeconds: 4 });
  });

  it('are unlimited in time without a deadline, and on a disk that does not report its space', async () => {
    const limits = await limitsNow({}, '/nowhere/at/all');
    expect(limits).toMatchObject({
      seconds: Number.POSITIVE_INFINITY,
      cpuSeconds: Number.POSITIVE_INFINITY,
      diskBytes: Number.POSITIVE_INFINITY,
    });
  });
});
