import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchSilence } from '../../../../../src/lib/convert/process/silence.ts';

// The clock alone is made: what is said and heard is the test's own.
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a watch over silence', () => {
  it('reports it after the time and a second check', () => {
    const onSilent = vi.fn();
    watchSilence(5_000, onSilent);
    vi.advanceTimersByTime(5_999);
    expect(onSilent).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onSilent).toHaveBeenCalledOnce();
  });

  it('starts again with every message, also with one at the second check', () => {
    const onSilent = vi.fn();
    const watch = watchSilence(5_000, onSilent);
    for (const pause of [4_000, 5_500, 5_900]) {
      vi.advanceTimersByTime(pause);
      watch.heard();
    }
    expect(onSilent).not.toHaveBeenCalled();
  });

  it('reports nothing once it has ended', () => {
    const onSilent = vi.fn();
    const watch = watchSilence(5_000, onSilent);
    vi.advanceTimersByTime(5_500);
    watch.stop();
    vi.advanceTimersByTime(60_000);
    expect(onSilent).not.toHaveBeenCalled();
  });
});
