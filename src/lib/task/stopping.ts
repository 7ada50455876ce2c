import type { Deadline } from '../deadline.ts';
import { msSinceAbort } from '../stop.ts';

/**
 * What a task must have done, in milliseconds after a stop signal. Fly kills a machine 5 s after
 * the signal.
 */
export interface StopTimes {
  /** Download and conversion; what is not uploading then is discarded. */
  readonly convertedMs: number;
  /** An upload in progress at that time. */
  readonly uploadedMs: number;
  /** The check whether an aborted upload has arrived. */
  readonly lookedMs: number;
  /** Everything but the callback, whatever still holds on. */
  readonly workedMs: number;
  /** The callback, without an outbox. */
  readonly calledBackMs: number;
  /** The callback, if it must be stored in the outbox when not accepted. */
  readonly calledBackWithOutboxMs: number;
  /** The outbox. */
  readonly keptMs: number;
}

/**
 * 1.5 s are reserved between the end of the conversion and of the callback: a PUT and a POST take
 * about 100 ms each.
 */
export const STOP_TIMES: StopTimes = {
  convertedMs: 2_000,
  uploadedMs: 2_800,
  lookedMs: 3_000,
  workedMs: 3_100,
  calledBackMs: 4_200,
  calledBackWithOutboxMs: 3_500,
  keptMs: 4_500,
};

/** Signals that ask a task to end, each with its reason. */
export interface StopWishes {
  /** A stop signal: finish what can be finished before the machine is killed. */
  readonly stop?: AbortSignal | undefined;
  /** A second stop signal: end at once. */
  readonly again?: AbortSignal | undefined;
  /** Anything else: end at once. */
  readonly signal?: AbortSignal | undefined;
}

/** Aborts with the first of them. */
export function anyOf({ stop, again, signal }: StopWishes): AbortSignal {
  return AbortSignal.any([stop, again, signal].filter((wish) => wish !== undefined));
}

/** What a task's stages need to know about being stopped. */
export interface Stopping {
  /** Aborted by the stop signal, after which little time is left. */
  readonly asked: AbortSignal;
  /** Aborted when the work must end at once. */
  readonly ended: AbortSignal;
  readonly times: StopTimes;
  /** Ends the work at once, because it cannot finish in the time left. */
  giveUp(): void;
  /**
   * A deadline this many milliseconds after the stop signal, if it comes, or when the work must end
   * at once.
   */
  deadline(ms: number): Deadline;
}

/** Manages the end of a task that may be stopped. */
export function openStopping(
  { stop, again, signal }: StopWishes,
  times: Partial<StopTimes> = {},
): Stopping {
  const hopeless = new AbortController();
  const asked = stop ?? new AbortController().signal;
  const wishes = [hopeless.signal, again, signal].filter((wish) => wish !== undefined);
  const ended = AbortSignal.any(wishes);
  return {
    asked,
    ended,
    times: { ...STOP_TIMES, ...times },
    giveUp: () => hopeless.abort(asked.reason),
    deadline: (ms) => ({
      signal: AbortSignal.any([ended, soonAfter(asked, ms)]),
      msLeft: () =>
        asked.aborted ? Math.max(0, ms - msSinceAbort(asked)) : Number.POSITIVE_INFINITY,
    }),
  };
}

/** Keeps no process alive. */
function soonAfter(asked: AbortSignal, ms: number): AbortSignal {
  const controller = new AbortController();
  const start = () => {
    const leftMs = Math.max(0, ms - msSinceAbort(asked));
    setTimeout(() => controller.abort(asked.reason), leftMs).unref();
  };
  if (asked.aborted) start();
  else asked.addEventListener('abort', start, { once: true });
  return controller.signal;
}
