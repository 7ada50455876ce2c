import { ArkeError } from './errors.ts';

/** Thrown when work was not finished by its deadline. */
export class TimedOutError extends ArkeError {
  constructor(ms: number) {
    super('TIMED_OUT', `Timed out after ${(ms / 1000).toFixed(1)} s`);
  }
}

/** The deadline of a piece of work. Every wait in it respects the signal. */
export interface Deadline {
  /** Aborts at the deadline, by default with `TimedOutError`. */
  readonly signal: AbortSignal;
  /** Milliseconds until then; never negative. */
  msLeft(): number;
}

/** A deadline at `endsAt` milliseconds, by the clock `now`. Keeps no process alive. */
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
