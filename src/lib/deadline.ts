import { ArkeError } from './errors.ts';

/** Thrown when a piece of work was not done by its deadline. */
export class TimedOutError extends ArkeError {
  constructor(ms: number) {
    super('TIMED_OUT', `Timed out after ${(ms / 1000).toFixed(1)} s`);
  }
}

/** Until when a piece of work must be done. Every wait of the work respects its signal. */
export interface Deadline {
  /** Aborts at the deadline, by `TimedOutError`, or with the stop signal, by that one's reason. */
  readonly signal: AbortSignal;
  /** Milliseconds until then; never negative. */
  msLeft(): number;
  /** The same deadline less a reserve, in milliseconds: for work after which something remains to be done. */
  before(reserveMs: number): Deadline;
}

/** What a deadline goes by. */
export interface DeadlineOptions {
  /** Milliseconds since the work began. */
  readonly now: () => number;
  /** Ends the work sooner. */
  readonly stop?: AbortSignal | undefined;
}

/** A deadline at `endsAt` milliseconds after the work began. Keeps no process alive. */
export function createDeadline(endsAt: number, { now, stop }: DeadlineOptions): Deadline {
  const controller = new AbortController();
  const msLeft = () => Math.max(0, endsAt - now());
  setTimeout(() => controller.abort(new TimedOutError(now())), msLeft()).unref();
  return {
    signal: stop ? AbortSignal.any([stop, controller.signal]) : controller.signal,
    msLeft,
    before: (reserveMs) => createDeadline(endsAt - reserveMs, { now, stop }),
  };
}
