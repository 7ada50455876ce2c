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
  /** Milliseconds that are left for all of it: a wait that would outlast them is not begun. */
  readonly msLeft?: (() => number) | undefined;
}

/**
 * Calls `attempt` until it succeeds, fails for good, or the policy's attempts are used up; throws the
 * last error. Waits with full jitter (a random share of the exponential bound), so that a thousand
 * machines do not come back in step; an error's `retryAfterMs` is honoured up to the policy's bound.
 */
export async function retry<T>(
  attempt: (number: number) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const { policy, signal, onRetry, isRetryable = hasRetryableMark } = options;
  for (let number = 1; ; number++) {
    signal?.throwIfAborted();
    try {
      return await attempt(number);
    } catch (error) {
      signal?.throwIfAborted();
      if (number >= policy.attempts || !isRetryable(error)) throw error;
      const delayMs = Math.round(delayAfter(number, error, policy));
      if (options.msLeft && delayMs >= options.msLeft()) throw error;
      onRetry?.({ attempt: number, error, delayMs });
      await pause(delayMs, signal);
    }
  }
}

async function pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(delayMs, undefined, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

function delayAfter(attempt: number, error: unknown, policy: RetryPolicy): number {
  const asked = (error as { retryAfterMs?: unknown } | null)?.retryAfterMs;
  if (typeof asked === 'number') return Math.min(asked, policy.maxDelayMs);
  return Math.random() * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
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
