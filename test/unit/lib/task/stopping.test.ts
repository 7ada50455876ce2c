import { describe, expect, it } from 'vitest';
import { InterruptedError } from '../../../../src/lib/stop.ts';
import { openStopping, STOP_TIMES } from '../../../../src/lib/task/stopping.ts';

describe('the times after a stop signal', () => {
  it('are in order, and end before Fly’s 5 s are over', () => {
    const { convertedMs, uploadedMs, lookedMs, workedMs, ...callback } = STOP_TIMES;
    const { calledBackWithOutboxMs, calledBackMs, keptMs } = callback;
    const times = [convertedMs, uploadedMs, lookedMs, workedMs, calledBackWithOutboxMs];
    expect([...times, calledBackMs, keptMs]).toEqual(
      [...times, calledBackMs, keptMs].sort((a, b) => a - b),
    );
    expect(keptMs).toBeLessThan(5_000);
  });
});

describe('the deadlines after a stop signal', () => {
  it('do not exist before it', () => {
    const stop = new AbortController();
    const { msLeft, signal } = openStopping({ stop: stop.signal }).deadline(2_000);
    expect(msLeft()).toBe(Number.POSITIVE_INFINITY);
    expect(signal.aborted).toBe(false);
  });

  it('count from the signal, and end the work by its reason', async () => {
    const stop = new AbortController();
    const { msLeft, signal } = openStopping({ stop: stop.signal }).deadline(30);
    const reason = new InterruptedError('SIGTERM');
    stop.abort(reason);
    expect(msLeft()).toBeLessThanOrEqual(30);
    expect(await aborted(signal)).toBe(reason);
  });

  it.each(['again', 'signal'] as const)('have passed with %s', (wish) => {
    const end = new AbortController();
    const { signal } = openStopping({ [wish]: end.signal }).deadline(60_000);
    end.abort(new Error('now'));
    expect(signal.reason).toMatchObject({ message: 'now' });
  });

  it('have passed when the work is given up, by the stop signal’s reason', () => {
    const stop = new AbortController();
    const stopping = openStopping({ stop: stop.signal });
    const { signal } = stopping.deadline(60_000);
    const reason = new InterruptedError('SIGINT');
    stop.abort(reason);
    stopping.giveUp();
    expect(signal.reason).toBe(reason);
  });
});

/** Its timer keeps no process alive, this test's neither. */
async function aborted(signal: AbortSignal): Promise<unknown> {
  const stay = setTimeout(() => {}, 60_000);
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  clearTimeout(stay);
  return signal.reason;
}
