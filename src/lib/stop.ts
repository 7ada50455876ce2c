import { sinceStart } from './clock.ts';
import { ArkeError, messageOf, systemCodeOf } from './errors.ts';
import type { StopSignal } from './exit-codes.ts';

/**
 * A signal stopped the program before its work was done, or nobody reads its output any more
 * (SIGPIPE).
 */
export class InterruptedError extends ArkeError {
  readonly signal: StopSignal;
  /** Time of the signal, in milliseconds since the start of the process. */
  readonly at = sinceStart();

  constructor(signal: StopSignal) {
    super('INTERRUPTED', `Interrupted by ${signal} before the work was done. Run it again.`);
    this.signal = signal;
  }
}

/** Milliseconds since a stop signal aborted this signal; 0 if something else aborted it. */
export function msSinceAbort({ reason }: AbortSignal): number {
  return reason instanceof InterruptedError ? sinceStart() - reason.at : 0;
}

/** Whether work was stopped because its output is no longer read. */
export function isUnread(reason: unknown): boolean {
  return reason instanceof InterruptedError && reason.signal === 'SIGPIPE';
}

/** An abort signal for stops from outside. */
export interface StopWatch {
  readonly signal: AbortSignal;
  /** Stops listening. */
  dispose(): void;
}

/** Milliseconds. npx forwards a signal that the terminal has already sent: it is the same one. */
const SAME_SIGNAL_MS = 100;

/** The abort signals of a program that is asked to stop. */
export interface StopSignalWatch extends StopWatch {
  /** Aborted by a second stop signal. */
  readonly again: AbortSignal;
}

/**
 * Listens for SIGINT and SIGTERM: the first aborts with an `InterruptedError`, the second aborts
 * `again` with another. A reader of `output` that leaves counts as the first. Another signal within
 * `otherSignalMs` also counts as the first.
 */
export function watchStopSignals(output?: NodeJS.EventEmitter, otherSignalMs = 0): StopSignalWatch {
  const controller = new AbortController();
  const again = new AbortController();
  const names = ['SIGINT', 'SIGTERM'] as const;
  let first: { readonly name: StopSignal; readonly ms: number } | undefined;
  const stop = (name: StopSignal) => {
    const passedOnMs = name === first?.name ? SAME_SIGNAL_MS : otherSignalMs;
    if (first && sinceStart() - first.ms >= passedOnMs) again.abort(new InterruptedError(name));
    first ??= { name, ms: sinceStart() };
    controller.abort(new InterruptedError(name));
  };
  const isUnread = (error: unknown) => {
    if (systemCodeOf(error) === 'EPIPE') controller.abort(new InterruptedError('SIGPIPE'));
  };
  for (const name of names) process.on(name, stop);
  output?.on('error', isUnread);
  return {
    signal: controller.signal,
    again: again.signal,
    dispose: () => {
      for (const name of names) process.off(name, stop);
      output?.off('error', isUnread);
    },
  };
}

/**
 * For how long another signal is the first one of a task, too, in milliseconds: `dev` sends SIGTERM
 * to the workers that the terminal has sent SIGINT to.
 */
const OTHER_SIGNAL_OF_TASK_MS = 1_000;

/** `watchStopSignals` of a task, which needs no reader. */
export function watchTaskStops(): StopSignalWatch {
  return watchStopSignals(undefined, OTHER_SIGNAL_OF_TASK_MS);
}

/** Replaces the work's result after an uncaught error: a bug of ours or of a library. */
export class CrashError extends ArkeError {
  constructor(cause: unknown) {
    super(
      'UNEXPECTED',
      `Unexpected error: ${messageOf(cause)}. Run it again; if it happens again, report it with the log.`,
      { cause },
    );
  }
}

/**
 * Catches errors that would silently end the process, and aborts with a `CrashError`, so that a
 * pending answer can still be sent.
 */
export function watchCrashes(): StopWatch {
  const controller = new AbortController();
  const crash = (error: unknown) => controller.abort(new CrashError(error));
  process.on('uncaughtException', crash);
  return { signal: controller.signal, dispose: () => void process.off('uncaughtException', crash) };
}

/** The work's result, or the abort's reason as soon as there is one. The work itself continues. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** A signal that will abort some time after another one. */
export interface Ending {
  readonly signal: AbortSignal;
  /**
   * How many milliseconds are left until then; infinitely many as long as the other one has not
   * aborted.
   */
  msLeft(): number;
  /** Stops waiting for it. */
  dispose(): void;
}

/**
 * A signal that aborts `ms` milliseconds after another one: time to finish what must not be cut off
 * at once. Its reason is the other's. Dispose of it when the work is done.
 */
export function endSoonAfter(signal: AbortSignal | undefined, ms: number): Ending {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let endsAt = Number.POSITIVE_INFINITY;
  const msLeft = () => Math.max(0, endsAt - sinceStart());
  const start = () => {
    endsAt = sinceStart() + ms - (signal ? msSinceAbort(signal) : 0);
    timer = setTimeout(() => controller.abort(signal?.reason), msLeft());
  };
  if (signal?.aborted) start();
  else signal?.addEventListener('abort', start, { once: true });
  return {
    signal: controller.signal,
    msLeft,
    dispose: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', start);
    },
  };
}

/** The earliest of several endings. */
export function firstOf(endings: readonly Ending[]): Ending {
  return {
    signal: AbortSignal.any(endings.map(({ signal }) => signal)),
    msLeft: () => Math.min(...endings.map(({ msLeft }) => msLeft())),
    dispose: () => {
      for (const ending of endings) ending.dispose();
    },
  };
}
