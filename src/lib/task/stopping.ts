import type { Deadline } from '../deadline.ts';
import { msSinceAbort } from '../stop.ts';

/** By when, in milliseconds after a stop signal, a task has done what. Fly kills a machine 5 s after the signal. */
export interface StopTimes {
  /** Download and conversion; what is not uploading then is dropped. */
  readonly convertedMs: number;
  /** An upload that is under way when that has passed. */
  readonly uploadedMs: number;
  /** Looking whether what was cut off has arrived nevertheless. */
  readonly lookedMs: number;
  /** Everything but the callback, however it clings. */
  readonly workedMs: number;
  /** The callback, where there is no outbox. */
  readonly calledBackMs: number;
  /** The callback, where it must be stored in the outbox when it is not taken. */
  readonly calledBackWithOutboxMs: number;
  /** The outbox. */
  readonly keptMs: number;
}

/** From the conversion's end to the callback's, 1.5 s are kept: a PUT and a POST take some 100 ms each. */
export const STOP_TIMES: StopTimes = {
  convertedMs: 2_000,
  uploadedMs: 2_800,
  lookedMs: 3_000,
  workedMs: 3_100,
  calledBackMs: 4_200,
  calledBackWithOutboxMs: 3_500,
  keptMs: 4_500,
};

/** What asks a task to end, each by its signal's reason. */
export interface StopWishes {
  /** A stop signal: what can be finished before the machine is killed is finished. */
  readonly stop?: AbortSignal | undefined;
  /** A further stop signal: the task ends at once. */
  readonly again?: AbortSignal | undefined;
  /** Anything else: the task ends at once. */
  readonly signal?: AbortSignal | undefined;
}

/** Aborts by whichever wish comes first. */
export function anyOf({ stop, again, signal }: StopWishes): AbortSignal {
  return AbortSignal.any([stop, again, signal].filter((wish) => wish !== undefined));
}

/** What a task's stages need to know of being stopped. */
export interface Stopping {
  /** Aborts by the stop signal, after which there is little time. */
  readonly asked: AbortSignal;
  /** Aborts when the work is to end at once. */
  readonly ended: AbortSignal;
  readonly times: StopTimes;
  /** Ends the work at once: it cannot be finished in the time that is left after the stop signal. */
  giveUp(): void;
  /** So many milliseconds after the stop signal, if it comes, or when the work is to end at once. */
  deadline(ms: number): Deadline;
}

/** How a task that may be asked to stop finds its end. */
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
