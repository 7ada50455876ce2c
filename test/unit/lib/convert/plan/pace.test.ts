import { describe, expect, it } from 'vitest';
import { type Pace, shouldGiveUp, watchPace } from '../../../../../src/lib/convert/plan/pace.ts';

/** Half done after five of ten seconds, with time to spare. */
const good: Pace = {
  predictedCpuSeconds: 10,
  usedCpuSeconds: 5,
  elapsedSeconds: 5,
  leftSeconds: 20,
  fastCpuSeconds: 1,
};

describe('a conversion under way is given up', () => {
  it.each<[string, Partial<Pace>, boolean]>([
    ['not while it will be in time', {}, false],
    ['when it will be late at the rate at which it gets CPU', { elapsedSeconds: 50 }, true],
    ['when too little time is left', { leftSeconds: 4 }, true],
    ['not for a rate that is noise yet', { usedCpuSeconds: 0.1, elapsedSeconds: 1.9 }, false],
    ['not when a cheap one would be late, too', { elapsedSeconds: 500, leftSeconds: 20 }, false],
    [
      'not when it has taken longer than predicted, but time is left',
      { usedCpuSeconds: 12, elapsedSeconds: 12 },
      false,
    ],
    [
      'at the last moment for a cheap one, when it has taken longer than predicted',
      { usedCpuSeconds: 20, elapsedSeconds: 20, leftSeconds: 2.8 },
      true,
    ],
    ['not when nothing is known of its rate', { usedCpuSeconds: 0, elapsedSeconds: 3 }, false],
  ])('%s', (_, differs, expected) => {
    expect(shouldGiveUp({ ...good, ...differs })).toBe(expected);
  });
});

describe('the watch over signs of life', () => {
  it('asks the clock at each of them', () => {
    let now = 0;
    const goesOn = watchPace(
      { cpuSeconds: 10, fastCpuSeconds: 0.5 },
      () => 35 - now / 1000,
      () => now,
    );
    now = 4_000;
    expect(goesOn({ cpuSeconds: 4, peakBytes: 0 })).toBe(true);
    // Throttled to a tenth of a core from here on.
    now = 20_000;
    expect(goesOn({ cpuSeconds: 5.6, peakBytes: 0 })).toBe(false);
  });
});
