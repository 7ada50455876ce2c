import { ArkeError } from './errors.ts';

/** Thrown when a piece of work was not done by its deadline. */
export class TimedOutError extends ArkeError {
  constructor(ms: number) {
    super('TIMED_OUT', `Timed out after ${(ms / 1000).toFixed(1)} s`);
  }
}

/** Until when a piece of work must be done. Every wait of the work respects its signal. */
export interface Deadline {
  /** Aborts at the deadline, by `TimedOutError` where nothing else is said. */
  readonly signal: AbortSignal;
  /** Milliseconds until then; never negative. */
  msLeft(): number;
}

/** A deadline at `endsAt` milliseconds after the work began, which `now` counts. Keeps no process alive. */
export function createDeadline(endsAt: number, { now }: { readonly now: () => number }): Deadline {
  const controller = new AbortController();
  const msLeft = () => Math.max(0, endsAt - now());
  setTimeout(() => controller.abort(new TimedOutError(now())), msLeft()).unref();
  return { signal: controller.signal, msLeft };
}

/** Whichever deadline comes first. */
export function earlierOf(one: Deadline, other: Deadline): Deadline {
  return {
    signal: AbortSignal.any([one.signal, other.signal]),
    msLeft: () => Math.min(one.msLeft(), other.msLeft()),
  };
}
