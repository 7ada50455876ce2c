import { describe, expect, it } from 'vitest';
import {
  type Pace,
  type PaceVerdict,
  shouldGiveUp,
  verdictInHurry,
  watchPace,
} from '../../../../../src/lib/convert/plan/pace.ts';

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

describe('a conversion that is to end soon', () => {
  /** Half done after one of two seconds, with two left. */
  const hurried = {
    predictedCpuSeconds: 2,
    usedCpuSeconds: 1,
    elapsedSeconds: 1,
    leftSeconds: 2,
    fastCpuSeconds: 0.5,
  };

  it.each<[string, Partial<typeof hurried> | { fastCpuSeconds: undefined }, PaceVerdict]>([
    ['goes on while it will be in time', {}, 'go on'],
    ['also where there is nothing cheaper', { fastCpuSeconds: undefined }, 'go on'],
    ['begins again where only the cheap one will be', { predictedCpuSeconds: 9 }, 'again as fast'],
    [
      'also before anything is known of its rate',
      { predictedCpuSeconds: 9, usedCpuSeconds: 0, elapsedSeconds: 0.1 },
      'again as fast',
    ],
    ['is given up where not even that will be', { leftSeconds: 0.5 }, 'give up'],
    ['by the rate at which it gets CPU', { elapsedSeconds: 5 }, 'give up'],
    ['where there is nothing cheaper', { leftSeconds: 0.5, fastCpuSeconds: undefined }, 'give up'],
    [
      'goes on when it has taken longer than predicted, and the cheap one can wait',
      { usedCpuSeconds: 2.2, elapsedSeconds: 2.2 },
      'go on',
    ],
    [
      'begins again at the last moment for that',
      { usedCpuSeconds: 2.2, elapsedSeconds: 2.2, leftSeconds: 0.8 },
      'again as fast',
    ],
    [
      'goes on when that has passed: it may end at any moment',
      { usedCpuSeconds: 2.2, elapsedSeconds: 2.2, leftSeconds: 0.1 },
      'go on',
    ],
  ])('%s', (_, differs, expected) => {
    expect(verdictInHurry({ ...hurried, ...differs })).toBe(expected);
  });
});

describe('the watch over signs of life', () => {
  it('reads the clock at each of them', () => {
    const { goesOn, setNow } = watched(0);
    setNow(4_000);
    expect(goesOn({ cpuSeconds: 4, peakBytes: 0 })).toBe(true);
    // Throttled to a tenth of a core from here on.
    setNow(20_000);
    expect(goesOn({ cpuSeconds: 5.6, peakBytes: 0 })).toBe(false);
  });

  it('allows less time if the work began late', () => {
    const { goesOn, setNow } = watched(27);
    setNow(4_000);
    // Six seconds to go of the four that its plan has.
    expect(goesOn({ cpuSeconds: 4, peakBytes: 0 })).toBe(false);
  });

  it('still tries the cheap one when the plan’s time has passed, but time is left', () => {
    const { goesOn, setNow } = watched(34);
    setNow(4_000);
    expect(goesOn({ cpuSeconds: 4, peakBytes: 0 })).toBe(true);
    setNow(20_000);
    expect(goesOn({ cpuSeconds: 5.6, peakBytes: 0 })).toBe(false);
  });
});

/** The watch over a conversion of 10 CPU-s, or of half a one, that has 35 s. */
function watched(secondsBehind: number) {
  let now = 0;
  const plan = { cpuSeconds: 10, fastCpuSeconds: 0.5 };
  const budget = { secondsLeft: () => 35 - now / 1000, secondsBehind };
  const setNow = (ms: number) => {
    now = ms;
  };
  return { goesOn: watchPace(plan, budget, () => now), setNow };
}
