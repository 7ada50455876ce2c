import { describe, expect, it } from 'vitest';
import { watchArrival, willArrive } from '../../../../src/lib/task/arriving.ts';

/** What has arrived when pieces of so many bytes have come at these times, in milliseconds. */
function arrivedBy(pieces: readonly (readonly [at: number, bytes: number])[]) {
  let now = 0;
  const { count, arrived } = watchArrival(() => now);
  for (const [at, bytes] of pieces) {
    now = at;
    count(bytes);
  }
  return arrived();
}

/** Ten pieces of a tenth of a megabyte, one in so many milliseconds. */
const pieces = (everyMs: number, from = 0) =>
  Array.from({ length: 10 }, (_, i) => [from + i * everyMs, 1e5] as const);

describe('how far a download has got', () => {
  it('is nothing before the first piece', () => {
    expect(arrivedBy([])).toEqual({ bytes: 0, transferMs: 0 });
  });

  it('counts from the first piece, however late that is', () => {
    expect(arrivedBy(pieces(100, 5_000))).toEqual({ bytes: 1e6, transferMs: 900 });
  });

  it('does not count the wait between two attempts', () => {
    const { bytes, transferMs } = arrivedBy([...pieces(100), ...pieces(100, 10_000)]);
    expect(bytes).toBe(2e6);
    expect(transferMs).toBeLessThanOrEqual(900 + 250 + 900);
  });
});

describe('a download of 2 MB that is to be done in two seconds', () => {
  it.each([
    ['nothing is known of', [], true],
    ['has only begun', [[0, 10] as const, [100, 10] as const], true],
    ['is fast enough', pieces(200), true],
    ['was late, and is fast enough', pieces(200, 5_000), true],
    ['is too slow', pieces(240), false],
  ])('%s', (_, come, expected) => {
    expect(willArrive(arrivedBy(come), 2e6, 2_000)).toBe(expected);
  });

  it('is in time when all of it was downloaded again', () => {
    expect(willArrive({ bytes: 3e6, transferMs: 5_000 }, 2e6, 0)).toBe(true);
  });
});
