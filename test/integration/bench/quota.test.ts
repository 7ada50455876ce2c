import { describe, expect, it } from 'vitest';
import { firstBalance, type Quota, timeFor } from '../../../bench/simulation/quota.ts';

/** The machine of the contract: two shared CPUs, of which each has 5 s and then 5 ms in 80. */
const fly: Quota = { cpus: 2, burstSeconds: 5, share: 5 / 80 };
const busy = (cpuSeconds: number, busyCpus = 1) => ({ cpuSeconds, busyCpus, waitSeconds: 0 });
const waiting = (waitSeconds: number) => ({ cpuSeconds: 0, busyCpus: 0, waitSeconds });

describe("Fly's CPU quota", () => {
  it('gives a machine that starts the burst of all its CPUs', () => {
    expect(firstBalance(fly)).toBe(10);
  });

  it.each([
    // The share of the two, 0.125 CPU-s a second, is not taken from the balance: 10 / (1 - 0.125) s at full speed.
    { what: 'within the burst, on one CPU', cpuSeconds: 4, cpus: 1, seconds: 4, balance: 6.5 },
    { what: 'within the burst, on both', cpuSeconds: 4, cpus: 2, seconds: 2, balance: 6.25 },
    { what: 'to the end of the burst', cpuSeconds: 80 / 7, cpus: 1, seconds: 80 / 7, balance: 0 },
    { what: 'beyond it, on one CPU', cpuSeconds: 15, cpus: 1, seconds: 40, balance: 0 },
    // However many were busy: what is spent by a time is the balance and what was earned until then.
    { what: 'beyond it, on both', cpuSeconds: 15, cpus: 2, seconds: 40, balance: 0 },
  ])('takes time for work $what', ({ cpuSeconds, cpus, seconds, balance }) => {
    const took = timeFor(busy(cpuSeconds, cpus), fly, firstBalance(fly));
    expect(took.seconds).toBeCloseTo(seconds, 9);
    expect(took.balance).toBeCloseTo(balance, 9);
    expect(took.throttledSeconds).toBeCloseTo(seconds - cpuSeconds / cpus, 9);
  });

  it('takes sixteen seconds for each CPU second of a single CPU without a burst', () => {
    const one = { cpus: 1, burstSeconds: 0, share: 5 / 80 };
    expect(timeFor(busy(1), one, 0)).toEqual({ seconds: 16, throttledSeconds: 15, balance: 0 });
  });

  it('does not throttle CPUs that are not shared', () => {
    const own = { cpus: 2, burstSeconds: 0, share: 1 };
    expect(timeFor(busy(30, 2), own, 0)).toMatchObject({ seconds: 15, throttledSeconds: 0 });
  });

  it('keeps no more CPUs busy than the machine has', () => {
    expect(timeFor(busy(4, 8), fly, 10).seconds).toBe(2);
  });

  it('lets waiting earn the share, up to 500 s for each CPU', () => {
    expect(timeFor(waiting(8), fly, 1)).toEqual({ seconds: 8, throttledSeconds: 0, balance: 2 });
    expect(timeFor(waiting(1e6), fly, 1).balance).toBe(1000);
  });
});
