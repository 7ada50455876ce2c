import { describe, expect, it } from 'vitest';
import { createHeap } from '../../../bench/simulation/heap.ts';
import { drawSpread, seededRandom } from '../../../bench/simulation/random.ts';
import {
  type MeasuredTask,
  type Parameters,
  simulate,
  whatLimits,
} from '../../../bench/simulation/simulate.ts';
import { bucketLimiter, spawnLimiter, windowLimiter } from '../../../bench/simulation/spawning.ts';

const times = (count: number, limiter: (time: number) => number, ask = (_: number) => 0) =>
  [...Array(count).keys()].map((i) => limiter(ask(i)));
const unlimited = {
  perWindow: Number.MAX_SAFE_INTEGER,
  windowSeconds: 1,
  apiPerSecond: 1e12,
  apiBurst: 1e12,
  machines: Number.POSITIVE_INFINITY,
};

/** 2 CPU-s around a conversion of 6 CPU-s that keeps two CPUs busy; 30 MB down, 15 MB up. */
const task: MeasuredTask = {
  tiffMB: 30,
  jpegMB: 15,
  conversionSeconds: 3,
  cpuSeconds: 8,
  conversionCpuSeconds: 6,
};

/** Without chance and without limits. */
const fixed: Parameters = {
  tasks: 1,
  seed: 1,
  spawn: unlimited,
  quota: { cpus: 2, burstSeconds: 5, share: 5 / 80 },
  network: { requestSeconds: 0.25, requests: 4, megabytesPerSecond: 30 },
  boot: { median: 4, p95: 4 },
  coreSpeed: 1,
  limitSeconds: 60,
  timeoutSeconds: 50,
};

describe('the limits of spawning', () => {
  it('start no more than so many in any ten seconds', () => {
    expect(times(7, windowLimiter(3, 10))).toEqual([0, 0, 0, 10, 10, 10, 20]);
  });

  it('count the ten seconds from each start, not by the clock', () => {
    const asked = [0, 9, 9, 9];
    expect(times(4, windowLimiter(3, 10), (i) => asked[i] ?? 0)).toEqual([0, 9, 9, 10]);
  });

  it('let the API take its burst at once, then one request a second', () => {
    expect(times(5, bucketLimiter(1, 3))).toEqual([0, 0, 0, 1, 2]);
  });

  it('give the API its burst back after a rest', () => {
    const asked = [0, 0, 0, 10, 10, 10, 10];
    expect(times(7, bucketLimiter(1, 3), (i) => asked[i] ?? 0)).toEqual([0, 0, 0, 10, 10, 10, 11]);
  });

  it('hold together: the slower one decides', () => {
    const slowApi = {
      ...unlimited,
      apiPerSecond: 1,
      apiBurst: 3,
      perWindow: 100,
      windowSeconds: 10,
    };
    expect(times(103, spawnLimiter(slowApi)).at(-1)).toBe(100);
    const slowOrchestrator = { ...unlimited, perWindow: 2, windowSeconds: 10 };
    expect(times(5, spawnLimiter(slowOrchestrator)).at(-1)).toBe(20);
  });
});

describe('the events to come', () => {
  it('come in the order of their times', () => {
    const heap = createHeap();
    const values = [5, 1, 4, 1, 3, 9, 2, 6];
    values.forEach(heap.push);
    expect(heap.peek()).toBe(1);
    expect(values.map(() => heap.pop())).toEqual([1, 1, 2, 3, 4, 5, 6, 9]);
    expect(heap.pop()).toBeUndefined();
  });
});

describe('chance', () => {
  it('is the same for the same seed, and another for another', () => {
    const drawn = (seed: number) => times(5, seededRandom(seed));
    expect(drawn(7)).toEqual(drawn(7));
    expect(drawn(7)).not.toEqual(drawn(8));
  });

  it('draws waits with the median and the 95th percentile that were asked for', () => {
    const random = seededRandom(1);
    const drawn = times(100_001, () => drawSpread({ median: 2, p95: 6 }, random)).sort(
      (a, b) => a - b,
    );
    expect(drawn[50_000]).toBeCloseTo(2, 1);
    expect(drawn[95_000]).toBeCloseTo(6, 0);
  });
});

describe('a simulated task', () => {
  it('takes what its parts take: boot 4 s, 2 CPU-s, 1.5 s down, 6 CPU-s on two CPUs, 1 s up', () => {
    const outcome = simulate([task], fixed);
    expect(outcome.seconds).toBeCloseTo(4 + 2 + 1.5 + 3 + 1, 9);
    expect(outcome.machineSeconds).toBeCloseTo(11.5, 9);
    expect(outcome.life).toEqual({ boot: 4, cpu: 5, throttled: 0, transfer: 2.5 });
    expect(outcome.missed).toBe(0);
  });

  it('is slowed down once its burst is used up', () => {
    const quota = { ...fixed.quota, burstSeconds: 0 };
    // 8 CPU-s at 0.125 a second, less the 1.5 s of the download, which earned some.
    const { seconds } = simulate([task], { ...fixed, quota, timeoutSeconds: 100 });
    expect(seconds).toBeCloseTo(4 + 64 + 1, 9);
  });

  it('is told from one that makes it when it misses the limit, and ends at its own time-out', () => {
    const slow = { ...fixed, quota: { ...fixed.quota, burstSeconds: 0 } };
    expect(simulate([task], slow)).toMatchObject({ missed: 1, seconds: 54 });
    expect(simulate([task], { ...fixed, limitSeconds: 11 }).missed).toBe(1);
  });

  it('takes half the CPU time on cores that are twice as fast', () => {
    expect(simulate([task], { ...fixed, coreSpeed: 2 }).life.cpu).toBeCloseTo(2.5, 9);
  });
});

describe('many simulated tasks', () => {
  it('wait for machines to end where there may be no more of them', () => {
    const spawn = { ...unlimited, machines: 2 };
    const outcome = simulate([task], { ...fixed, tasks: 5, spawn });
    expect(outcome).toMatchObject({ mostMachines: 2, seconds: 3 * 11.5, spawnSeconds: 23 });
  });

  it('are held back by what gives them machines, or else by the longest part of the life of one', () => {
    const limits = (parameters: Partial<Parameters>) =>
      whatLimits(simulate([task], { ...fixed, tasks: 20, ...parameters }));
    expect(limits({ spawn: { ...unlimited, perWindow: 1, windowSeconds: 1 } })).toBe('spawn rate');
    expect(limits({ spawn: { ...unlimited, machines: 2 } })).toBe('machines at a time');
    expect(limits({})).toBe('cpu');
    expect(limits({ quota: { ...fixed.quota, burstSeconds: 1 } })).toBe('throttled');
    expect(limits({ boot: { median: 20, p95: 20 } })).toBe('boot');
    expect(limits({ network: { ...fixed.network, megabytesPerSecond: 1 } })).toBe('transfer');
  });

  it('are each drawn from those measured', () => {
    const longer = { ...task, conversionCpuSeconds: 4, cpuSeconds: 6, conversionSeconds: 4 };
    const outcome = simulate([task, longer], { ...fixed, tasks: 1000 });
    expect(outcome.slowest).toBeCloseTo(4 + 2 + 1.5 + 4 + 1, 9);
    const [least, most] = [11.5, 12.5];
    expect(outcome.machineSeconds / 1000).toBeGreaterThan(least + 0.4);
    expect(outcome.machineSeconds / 1000).toBeLessThan(most - 0.4);
  });
});
