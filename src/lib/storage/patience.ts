/** How long one attempt at a request waits for R2. */
export interface Patience {
  /** From the request to the headers of its answer, including connecting, in milliseconds. */
  readonly headersMs?: number;
  /** For the next bytes of a body, in either direction, in milliseconds. */
  readonly stallMs?: number;
}

/**
 * The default: R2 answers within some 100 ms and TCP repairs a lost packet within 3 s, so 10 s of
 * silence mean a dead connection, and a task's 50 s leave room for another attempt.
 */
export const PATIENCE: Required<Patience> = { headersMs: 10_000, stallMs: 10_000 };

/** Ends an attempt on a time-out or the caller's abort. */
export interface AttemptWatch {
  /** Aborts with the time-out, the caller's reason, or the error given to `fail`. */
  readonly signal: AbortSignal;
  /** From now on, waits this long for something; replaces the previous wait. */
  expect(what: string, ms: number): void;
  /** Waits for nothing: the time is now our own (the disk). */
  rest(): void;
  /** Ends the attempt with an error from where it could not be thrown. */
  fail(error: unknown): void;
  /** Stops watching; call it when the attempt is over. */
  end(): void;
}

/** Starts to watch an attempt. */
export function startWatch(outer: AbortSignal | undefined): AttemptWatch {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const rest = () => clearTimeout(timer);
  const stop = () => controller.abort(outer?.reason);
  if (outer?.aborted) stop();
  outer?.addEventListener('abort', stop);
  return {
    signal: controller.signal,
    rest,
    expect(what, ms) {
      clearTimeout(timer);
      timer = setTimeout(() => controller.abort(timeOut(what, ms)), ms);
    },
    fail: (error) => controller.abort(error),
    end() {
      rest();
      outer?.removeEventListener('abort', stop);
    },
  };
}

function timeOut(what: string, ms: number): Error {
  const error = new Error(`no ${what} within ${ms / 1000} s`);
  return Object.assign(error, { name: 'TimeoutError', code: 'ETIMEDOUT' });
}
