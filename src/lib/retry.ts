import { setTimeout as sleep } from 'node:timers/promises';

/** How often and how patiently something is tried. */
export interface RetryPolicy {
  /** All attempts, including the first. */
  readonly attempts: number;
  /** The longest wait before the second attempt, in milliseconds; it doubles with each attempt. */
  readonly baseDelayMs: number;
  /** The longest wait, even if `Retry-After` asks for more, in milliseconds. */
  readonly maxDelayMs: number;
}

/** Passed to `onRetry` before a wait. */
export interface RetryNotice {
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  readonly error: unknown;
  readonly delayMs: number;
}

/** What `retry` needs besides the policy. */
export interface RetryOptions {
  readonly policy: RetryPolicy;
  /** Whether the next attempt may succeed. Default: the error's `retryable`. */
  readonly isRetryable?: (error: unknown) => boolean;
  readonly onRetry?: ((notice: RetryNotice) => void) | undefined;
  /** Ends waiting and retrying; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Ends a wait, and limits later ones to half a second. */
  readonly hurry?: AbortSignal | undefined;
  /** Milliseconds left in total: a wait is shortened so that one more attempt fits, or omitted. */
  readonly msLeft?: (() => number) | undefined;
}

/** The longest wait in a hurry, in milliseconds: only a few seconds are left then. */
const HURRIED_DELAY_MS = 500;

/** Time left for the last attempt, in milliseconds: a small request takes about 100. */
const LAST_ATTEMPT_MS = 500;

/**
 * Calls `attempt` until it succeeds, fails for good, or the policy's attempts are used up; throws
 * the last error. Waits with full jitter (a random share of the exponential bound), so that a
 * thousand machines do not return in step, and at least an error's `retryAfterMs`, up to the
 * policy's bound.
 */
export async function retry<T>(
  attempt: (number: number) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const { policy, signal, hurry, onRetry, isRetryable = hasRetryableMark } = options;
  for (let number = 1; ; number++) {
    signal?.throwIfAborted();
    try {
      return await attempt(number);
    } catch (error) {
      signal?.throwIfAborted();
      if (number >= policy.attempts || !isRetryable(error)) throw error;
      const delayMs = inTime(delayAfter(number, error, policy), options);
      if (delayMs === undefined) throw error;
      onRetry?.({ attempt: number, error, delayMs });
      await pause(delayMs, signal, hurry);
    }
  }
}

/**
 * The wait that fits into the time left, in whole milliseconds; undefined if there is no time for
 * another attempt.
 */
function inTime(wishedMs: number, { hurry, msLeft }: RetryOptions): number | undefined {
  const boundMs = hurry?.aborted ? HURRIED_DELAY_MS : Number.POSITIVE_INFINITY;
  const leftMs = msLeft?.() ?? Number.POSITIVE_INFINITY;
  // An interrupted attempt may have arrived, so none is started then.
  if (leftMs <= LAST_ATTEMPT_MS) return undefined;
  return Math.round(Math.min(wishedMs, boundMs, leftMs - LAST_ATTEMPT_MS));
}

/** Waits until `hurry` aborts; an earlier abort has no effect. */
async function pause(
  delayMs: number,
  signal: AbortSignal | undefined,
  hurry: AbortSignal | undefined,
): Promise<void> {
  const ends = [signal, hurry?.aborted ? undefined : hurry].filter((end) => end !== undefined);
  try {
    await sleep(delayMs, undefined, { signal: AbortSignal.any(ends) });
  } catch (error) {
    signal?.throwIfAborted();
    if (!hurry?.aborted) throw error;
  }
}

/** `Retry-After: 0` still causes a wait: the receiver is overloaded. */
function delayAfter(attempt: number, error: unknown, policy: RetryPolicy): number {
  const { baseDelayMs, maxDelayMs } = policy;
  const randomMs = Math.random() * Math.min(maxDelayMs, baseDelayMs * 2 ** (attempt - 1));
  const asked = (error as { retryAfterMs?: unknown } | null)?.retryAfterMs;
  return typeof asked === 'number' ? Math.min(Math.max(asked, randomMs), maxDelayMs) : randomMs;
}

function hasRetryableMark(error: unknown): boolean {
  return (error as { retryable?: unknown } | null)?.retryable === true;
}

/** Whether an HTTP status may be temporary. */
export function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/**
 * The wait in a `Retry-After` header, in milliseconds: seconds or an HTTP date (RFC 9110, section
 * 10.2.3). Undefined if missing or invalid.
 */
export function parseRetryAfter(
  value: string | null | undefined,
  now = Date.now(),
): number | undefined {
  if (!value) return undefined;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
