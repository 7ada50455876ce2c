import { sinceStart } from './clock.ts';
import { ArkeError, messageOf, systemCodeOf } from './errors.ts';
import type { StopSignal } from './exit-codes.ts';

/** Thrown when a signal asked the program to stop before its work was done, or its reader has left (SIGPIPE). */
export class InterruptedError extends ArkeError {
  readonly signal: StopSignal;

  constructor(signal: StopSignal) {
    super('INTERRUPTED', `Interrupted by ${signal} before the work was done. Run it again.`);
    this.signal = signal;
  }
}

/** Whether work was stopped because nobody reads its output any more. */
export function isUnread(reason: unknown): boolean {
  return reason instanceof InterruptedError && reason.signal === 'SIGPIPE';
}

/** An abort signal that something outside the work sets off. */
export interface StopWatch {
  readonly signal: AbortSignal;
  /** Stops listening. */
  dispose(): void;
}

/** Milliseconds. npx passes on what the terminal has sent to us already: that is no second wish to stop. */
const SAME_SIGNAL_MS = 100;

/**
 * Listens for SIGINT and SIGTERM: the first aborts with an `InterruptedError`. Further ones change nothing,
 * because cleaning up is under way; `again` is told of them. So does the end of whoever reads the `output`.
 */
export function watchStopSignals(
  again?: (signal: StopSignal) => void,
  output?: NodeJS.EventEmitter,
): StopWatch {
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM'] as const;
  let first: { readonly name: StopSignal; readonly ms: number } | undefined;
  const stop = (name: StopSignal) => {
    const isSame = name === first?.name && sinceStart() - first.ms < SAME_SIGNAL_MS;
    if (first && !isSame) again?.(name);
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
    dispose: () => {
      for (const name of names) process.off(name, stop);
      output?.off('error', isUnread);
    },
  };
}

/** Thrown in the work's place when an error came up that nobody caught: a bug of ours or of a library. */
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
 * Catches what would end the process without a word, and aborts with it as a `CrashError`: whoever owes
 * somebody an answer can still give it.
 */
export function watchCrashes(): StopWatch {
  const controller = new AbortController();
  const crash = (error: unknown) => controller.abort(new CrashError(error));
  process.on('uncaughtException', crash);
  return { signal: controller.signal, dispose: () => void process.off('uncaughtException', crash) };
}

/** The work's result, or the abort's reason as soon as there is one. The work itself goes on unheeded. */
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
  /** Stops waiting for it. */
  dispose(): void;
}

/**
 * A signal that aborts `ms` milliseconds after another one has: time to finish what must not be cut off
 * at once, but no more. Its reason is the other's. Dispose of it when the work is done.
 */
export function endSoonAfter(signal: AbortSignal | undefined, ms: number): Ending {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const start = () => {
    timer = setTimeout(() => controller.abort(signal?.reason), ms);
  };
  if (signal?.aborted) start();
  else signal?.addEventListener('abort', start, { once: true });
  return {
    signal: controller.signal,
    dispose: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', start);
    },
  };
}
