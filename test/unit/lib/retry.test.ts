import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isRetryableStatus,
  parseRetryAfter,
  type RetryNotice,
  retry,
} from '../../../src/lib/retry.ts';

const policy = { attempts: 4, baseDelayMs: 1, maxDelayMs: 3 };
const passing = () => Object.assign(new Error('busy'), { retryable: true });

describe('retry', () => {
  it('tries until it succeeds, and reports each failure before it waits', async () => {
    const notices: RetryNotice[] = [];
    const result = await retry(
      async (attempt) => {
        if (attempt < 3) throw passing();
        return `attempt ${attempt}`;
      },
      { policy, onRetry: (notice) => notices.push(notice) },
    );
    expect(result).toBe('attempt 3');
    expect(notices.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  it('throws the last error when the attempts are used up', async () => {
    let attempts = 0;
    const failing = retry(
      async (n) => Promise.reject(Object.assign(passing(), { n, at: ++attempts })),
      {
        policy,
      },
    );
    await expect(failing).rejects.toMatchObject({ n: 4 });
    expect(attempts).toBe(4);
  });

  it('does not repeat what is not marked as retryable', async () => {
    let attempts = 0;
    const failing = retry(
      async () => {
        attempts++;
        throw new Error('for good');
      },
      { policy },
    );
    await expect(failing).rejects.toThrow('for good');
    expect(attempts).toBe(1);
  });

  it('waits a random time that never passes the bounds', async () => {
    const delays: number[] = [];
    await retry(async () => Promise.reject(passing()), {
      policy: { attempts: 6, baseDelayMs: 2, maxDelayMs: 5 },
      onRetry: ({ delayMs }) => delays.push(delayMs),
    }).catch(() => undefined);
    [2, 4, 5, 5, 5].forEach((bound, i) => {
      expect(delays[i]).toBeGreaterThanOrEqual(0);
      expect(delays[i]).toBeLessThanOrEqual(bound);
    });
  });

  it('waits no less than it was asked to, up to the policy’s bound', async () => {
    const delays: number[] = [];
    const asked = [2, 999];
    await retry(
      async (n) => {
        if (n <= 2) throw Object.assign(passing(), { retryAfterMs: asked[n - 1] });
      },
      { policy, onRetry: ({ delayMs }) => delays.push(delayMs) },
    );
    expect(delays).toEqual([2, 3]);
  });

  it('waits even if told to retry at once', async () => {
    const delays: number[] = [];
    const failing = async () => Promise.reject(Object.assign(passing(), { retryAfterMs: 0 }));
    await retry(failing, {
      policy: { attempts: 20, baseDelayMs: 20, maxDelayMs: 20 },
      onRetry: ({ delayMs }) => delays.push(delayMs),
    }).catch(() => undefined);
    expect(Math.max(...delays)).toBeGreaterThan(0);
  });

  it('shortens the last wait so that one more attempt fits', async () => {
    const failures: number[] = [];
    const left = [600, 400];
    const failing = async (n: number) => {
      failures.push(n);
      throw Object.assign(passing(), { retryAfterMs: 1e9 });
    };
    const delays: number[] = [];
    await retry(failing, {
      policy: { attempts: 9, baseDelayMs: 1, maxDelayMs: 1e9 },
      msLeft: () => left.shift() ?? 0,
      onRetry: ({ delayMs }) => delays.push(delayMs),
    }).catch(() => undefined);
    expect(failures).toEqual([1, 2]);
    expect(delays).toEqual([100]);
  });

  it('tries at once when there is a hurry, and waits for no more than half a second then', async () => {
    const hurry = new AbortController();
    const delays: number[] = [];
    const result = await retry(
      async (n) => {
        if (n < 3) throw Object.assign(passing(), { retryAfterMs: 1e9 });
        return n;
      },
      {
        policy: { attempts: 9, baseDelayMs: 1, maxDelayMs: 1e9 },
        hurry: hurry.signal,
        onRetry({ delayMs }) {
          delays.push(delayMs);
          setImmediate(() => hurry.abort());
        },
      },
    );
    expect(result).toBe(3);
    expect(delays).toEqual([1e9, 500]);
  });

  it('ends at once with the abort’s reason, also while it waits', async () => {
    const controller = new AbortController();
    const reason = new Error('stop');
    const waiting = retry(async () => Promise.reject(passing()), {
      policy: { attempts: 2, baseDelayMs: 1e9, maxDelayMs: 1e9 },
      signal: controller.signal,
      onRetry: () => controller.abort(reason),
    });
    await expect(waiting).rejects.toBe(reason);
  });
});

describe('statuses', () => {
  it('that may pass are 408, 425, 429 and all of 5xx; nothing else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), (status) => {
        const passes = [408, 425, 429].includes(status) || status >= 500;
        return isRetryableStatus(status) === passes;
      }),
    );
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Thu, 01 Jan 2026 00:00:05 GMT', 5_000],
    ['Wed, 31 Dec 2025 23:59:00 GMT', 0],
    ['soon', undefined],
    ['-5x', undefined],
    ['', undefined],
    [null, undefined],
  ])('%j is %s ms', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });
});
