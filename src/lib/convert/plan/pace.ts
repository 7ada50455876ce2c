import { sinceStart } from '../../clock.ts';
import type { Cost } from '../messages.ts';

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
/** How much longer than predicted the cheap conversion may take, as a factor. */
const MARGIN = 1.25;

/**
 * Whether a conversion should be given up now to be done again as `fast`: at the rate at which this
 * machine has given CPU so far it will be late, or it has used up its prediction and this is the last
 * moment at which `fast` would still be in time. Throttling cannot be seen from inside a machine, but a
 * process that gets little CPU advances slowly (issue 3, "The plan"). False where `fast` would be late,
 * too: then what is under way has the better chance.
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

/** `shouldGiveUp` as a watch over the signs of life of one conversion, which begins now. */
export function watchPace(
  plan: { readonly cpuSeconds: number; readonly fastCpuSeconds: number },
  secondsLeft: () => number,
  now: () => number = sinceStart,
): (cost: Cost) => boolean {
  const start = now();
  return ({ cpuSeconds }) =>
    !shouldGiveUp({
      predictedCpuSeconds: plan.cpuSeconds,
      fastCpuSeconds: plan.fastCpuSeconds,
      usedCpuSeconds: cpuSeconds,
      elapsedSeconds: (now() - start) / 1000,
      leftSeconds: secondsLeft(),
    });
}
