import { setTimeout as sleep } from 'node:timers/promises';

/** How often and how patiently something is tried. */
export interface RetryPolicy {
  /** All attempts, the first included. */
  readonly attempts: number;
  /** The longest wait before the second attempt, in milliseconds; it doubles with every attempt. */
  readonly baseDelayMs: number;
  /** No wait is longer, not even one asked for by `Retry-After`, in milliseconds. */
  readonly maxDelayMs: number;
}

/** What `retry` tells before it waits. */
export interface RetryNotice {
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  readonly error: unknown;
  readonly delayMs: number;
}

/** What `retry` needs besides the policy. */
export interface RetryOptions {
  readonly policy: RetryPolicy;
  /** Whether the next attempt may succeed. Default: the error's own `retryable`. */
  readonly isRetryable?: (error: unknown) => boolean;
  readonly onRetry?: ((notice: RetryNotice) => void) | undefined;
  /** Ends the waiting and the retrying; the abort's reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** There is little time from then on: it ends a wait, and no later one is longer than half a second. */
  readonly hurry?: AbortSignal | undefined;
  /** Milliseconds that are left for all of it: a wait is shortened so that one more attempt fits, or not begun. */
  readonly msLeft?: (() => number) | undefined;
}

/** The longest wait once there is a hurry, in milliseconds: what is left then is a few seconds. */
const HURRIED_DELAY_MS = 500;

/** What a shortened wait leaves for the last attempt, in milliseconds: a small request takes some 100. */
const LAST_ATTEMPT_MS = 500;

/**
 * Calls `attempt` until it succeeds, fails for good, or the policy's attempts are used up; throws the
 * last error. Waits with full jitter (a random share of the exponential bound), so that a thousand
 * machines do not come back in step, and no less than an error's `retryAfterMs`, up to the policy's bound.
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

/** The wait that there is time for, in whole milliseconds; undefined when there is none for another attempt. */
function inTime(wishedMs: number, { hurry, msLeft }: RetryOptions): number | undefined {
  const boundMs = hurry?.aborted ? HURRIED_DELAY_MS : Number.POSITIVE_INFINITY;
  const leftMs = msLeft?.() ?? Number.POSITIVE_INFINITY;
  // An attempt that is cut off may have arrived: none is begun then.
  if (leftMs <= LAST_ATTEMPT_MS) return undefined;
  return Math.round(Math.min(wishedMs, boundMs, leftMs - LAST_ATTEMPT_MS));
}

/** Waits, unless `hurry` comes in that time; one that came before changes nothing. */
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

/** A receiver that asks for no wait at all has one nevertheless: it is the answer of one that is overrun. */
function delayAfter(attempt: number, error: unknown, policy: RetryPolicy): number {
  const { baseDelayMs, maxDelayMs } = policy;
  const randomMs = Math.random() * Math.min(maxDelayMs, baseDelayMs * 2 ** (attempt - 1));
  const asked = (error as { retryAfterMs?: unknown } | null)?.retryAfterMs;
  return typeof asked === 'number' ? Math.min(Math.max(asked, randomMs), maxDelayMs) : randomMs;
}

function hasRetryableMark(error: unknown): boolean {
  return (error as { retryable?: unknown } | null)?.retryable === true;
}

/** Whether an HTTP status may be gone on the next attempt. */
export function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/**
 * The wait that a `Retry-After` header asks for, in milliseconds: seconds or an HTTP date
 * (RFC 9110, section 10.2.3). Undefined when there is none or it cannot be read.
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
