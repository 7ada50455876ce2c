import { sinceStart } from '../../clock.ts';
import type { Cost } from '../messages.ts';
import { type Budget, secondsToPlanWith } from './resources.ts';

/** What is known of a conversion under way. All times in seconds. */
export interface Pace {
  readonly predictedCpuSeconds: number;
  readonly usedCpuSeconds: number;
  readonly elapsedSeconds: number;
  readonly leftSeconds: number;
  /** What the same picture would take as `fast`. */
  readonly fastCpuSeconds: number;
}

/** Before so much CPU or time has been used, a rate is noise. In seconds. */
const FIRST_LOOK = { cpu: 0.5, elapsed: 2 } as const;
/** The same where there is little time: to give up a picture for noise would lose it. In seconds. */
const FIRST_LOOK_IN_HURRY = 1;
/** How much longer than predicted the cheap conversion may take, as a factor. */
const MARGIN = 1.25;

/**
 * Whether a conversion should be given up now to be done again as `fast`: at the rate at which this
 * machine has given CPU so far it will be late, or it has used up its prediction and this is the last
 * moment at which `fast` would still be in time. Throttling cannot be seen from inside a machine, but a
 * process that gets little CPU advances slowly (docs/policies.md, "Budget"). False where `fast`
 * would be late, too: then what is under way has the better chance.
 */
export function shouldGiveUp(pace: Pace): boolean {
  const { predictedCpuSeconds, usedCpuSeconds, elapsedSeconds, leftSeconds, fastCpuSeconds } = pace;
  if (usedCpuSeconds < FIRST_LOOK.cpu && elapsedSeconds < FIRST_LOOK.elapsed) return false;
  const rate = usedCpuSeconds / elapsedSeconds;
  if (rate <= 0) return false;
  // A machine whose seconds are worth less needs more of them for `fast`, too.
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
 * What is best for a conversion that is to end soon: to go on where the prediction says that it will be in time, else to
 * begin again as `fast` where that will. One that has used up its prediction may end at any moment: it goes on until the
 * last moment at which `fast` would still be in time, and where that has passed, until its deadline.
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
 * A watch over the signs of life of one conversion, which begins now: whether it may go on. Its time is looked at as it
 * was planned with, and as it is, in which `fast` may still be done when it was late from the start. Without
 * `fastCpuSeconds` there is nothing cheaper, and only a hurry ends it.
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
