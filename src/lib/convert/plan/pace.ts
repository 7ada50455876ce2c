import { sinceStart } from '../../clock.ts';
import type { Cost } from '../messages.ts';
import { type Budget, secondsToPlanWith } from './resources.ts';

/** What is known about a running conversion. All times in seconds. */
export interface Pace {
  readonly predictedCpuSeconds: number;
  readonly usedCpuSeconds: number;
  readonly elapsedSeconds: number;
  readonly leftSeconds: number;
  /** Prediction for the same picture as `fast`. */
  readonly fastCpuSeconds: number;
}

/** Minimum CPU or elapsed time before a rate means anything, in seconds. */
const FIRST_LOOK = { cpu: 0.5, elapsed: 2 } as const;
/** The same if time is short: noise must not give up a picture. In seconds. */
const FIRST_LOOK_IN_HURRY = 1;
/** Factor by which the cheap conversion may exceed its prediction. */
const MARGIN = 1.25;

/**
 * Whether to give up a conversion now and repeat it as `fast`: at the machine's CPU rate so far it
 * would be late, or it has used up its prediction and `fast` could only just finish in time.
 * Throttling is invisible inside a machine, but a process that gets little CPU advances slowly
 * (docs/policies.md, "Budget"). False if `fast` would be late too: then the running conversion has
 * the better chance.
 */
export function shouldGiveUp(pace: Pace): boolean {
  const { predictedCpuSeconds, usedCpuSeconds, elapsedSeconds, leftSeconds, fastCpuSeconds } = pace;
  if (usedCpuSeconds < FIRST_LOOK.cpu && elapsedSeconds < FIRST_LOOK.elapsed) return false;
  const rate = usedCpuSeconds / elapsedSeconds;
  if (rate <= 0) return false;
  // A slower machine needs more of its seconds for `fast` too.
  const overrun = Math.max(1, usedCpuSeconds / predictedCpuSeconds);
  const secondsAsFast = (fastCpuSeconds * overrun * MARGIN) / rate;
  if (secondsAsFast > leftSeconds) return false;
  const secondsToGo = Math.max(0, predictedCpuSeconds - usedCpuSeconds) / rate;
  const lastMoment = overrun > 1 && leftSeconds < secondsAsFast * MARGIN;
  return secondsToGo > leftSeconds || lastMoment;
}

/** What to do with a conversion that has little time left. */
export type PaceVerdict = 'go on' | 'again as fast' | 'give up';

/**
 * The best choice for a conversion that must end soon: go on if the prediction is in time, else
 * repeat it as `fast` if that is in time. A conversion that has used up its prediction may end at
 * any moment: it goes on while `fast` would still be in time or, once that moment has passed, until
 * its deadline.
 */
export function verdictInHurry({
  predictedCpuSeconds,
  usedCpuSeconds,
  elapsedSeconds,
  leftSeconds,
  fastCpuSeconds,
}: Omit<Pace, 'fastCpuSeconds'> & { readonly fastCpuSeconds: number | undefined }): PaceVerdict {
  const isNoise = usedCpuSeconds <= 0 || elapsedSeconds < FIRST_LOOK_IN_HURRY;
  const rate = isNoise ? 1 : usedCpuSeconds / elapsedSeconds;
  const isOver = usedCpuSeconds >= predictedCpuSeconds;
  const secondsToGo = (predictedCpuSeconds - usedCpuSeconds) / rate;
  if (!isOver && secondsToGo <= leftSeconds) return 'go on';
  const overrun = Math.max(1, usedCpuSeconds / predictedCpuSeconds);
  const secondsAsFast = ((fastCpuSeconds ?? Number.POSITIVE_INFINITY) * overrun * MARGIN) / rate;
  if (secondsAsFast > leftSeconds) return isOver ? 'go on' : 'give up';
  return isOver && secondsAsFast * MARGIN <= leftSeconds ? 'go on' : 'again as fast';
}

/**
 * Watches the signs of life of one conversion, which begins now, and returns whether it may go on.
 * Judges by the planned time and by the actual time, in which `fast` may still be possible if the
 * conversion was late from the start. Without `fastCpuSeconds` nothing is cheaper, and only a hurry
 * ends it.
 */
export function watchPace(
  plan: { readonly cpuSeconds: number; readonly fastCpuSeconds?: number | undefined },
  budget: Pick<Budget, 'secondsLeft' | 'secondsBehind' | 'hurry'>,
  now: () => number = sinceStart,
): (cost: Cost) => boolean {
  const start = now();
  const { fastCpuSeconds, cpuSeconds: predictedCpuSeconds } = plan;
  return ({ cpuSeconds: usedCpuSeconds }) => {
    const elapsedSeconds = (now() - start) / 1000;
    const pace = { predictedCpuSeconds, usedCpuSeconds, elapsedSeconds };
    const leftSeconds = secondsToPlanWith({ ...budget, secondsBehind: 0 });
    if (budget.hurry?.isOn()) {
      const verdict = verdictInHurry({ ...pace, fastCpuSeconds, leftSeconds });
      if (verdict === 'give up') budget.hurry.giveUp();
      return verdict !== 'again as fast';
    }
    if (fastCpuSeconds === undefined) return true;
    const times = [leftSeconds, secondsToPlanWith(budget)];
    return !times.some((left) => shouldGiveUp({ ...pace, fastCpuSeconds, leftSeconds: left }));
  };
}
