import { describe, expect, it } from 'vitest';
import { createDeadline, earlierOf, TimedOutError } from '../../../src/lib/deadline.ts';

const aborted = (signal: AbortSignal) =>
  new Promise<unknown>((resolve) => signal.addEventListener('abort', () => resolve(signal.reason)));

describe('a deadline', () => {
  it('says how much time is left, and never less than none', () => {
    let now = 0;
    const deadline = createDeadline(1_000, { now: () => now });
    now = 300;
    expect(deadline.msLeft()).toBe(700);
    now = 2_000;
    expect(deadline.msLeft()).toBe(0);
  });

  it('ends the work by an error that says how long it has taken', async () => {
    const start = performance.now();
    // Its timer keeps no process alive, this test's neither.
    const stay = setTimeout(() => {}, 60_000);
    const { signal } = createDeadline(20, { now: () => performance.now() - start });
    const reason = await aborted(signal);
    clearTimeout(stay);
    expect(reason).toBeInstanceOf(TimedOutError);
    expect((reason as Error).message).toMatch(/^Timed out after \d+\.\d s$/);
  });

  it('is the earlier of two, and ends the work for its reason', () => {
    const stop = new AbortController();
    const other = { signal: stop.signal, msLeft: () => 300 };
    const deadline = earlierOf(createDeadline(60_000, { now: () => 0 }), other);
    expect(deadline.msLeft()).toBe(300);
    stop.abort(new Error('stop'));
    expect(deadline.signal.reason).toMatchObject({ message: 'stop' });
  });

  it('that has passed already has ended the work', async () => {
    const { signal } = createDeadline(0, { now: () => 5_000 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(signal.aborted).toBe(true);
  });
});
