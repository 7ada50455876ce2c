import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxSizeRange, reducedSides, reductionOf } from '../../../../src/lib/convert/max-size.ts';

describe('a maximum size', () => {
  it.each([
    [{ width: 6000, height: 4000 }, 2000, { width: 2000, height: 1333 }],
    [{ width: 4000, height: 6000 }, 2000, { width: 1333, height: 2000 }],
    [{ width: 100_000, height: 1 }, 1000, { width: 1000, height: 1 }],
  ])('is the longer side of a larger picture: %j to %i', (sides, maxSize, reduced) => {
    expect(reducedSides(sides, maxSize)).toEqual(reduced);
    expect(reductionOf(sides, maxSize)).toEqual({
      from: Math.max(sides.width, sides.height),
      to: maxSize,
    });
  });

  it.each([
    [{ width: 2000, height: 10 }, 2000],
    [{ width: 20, height: 1999 }, 2000],
    [{ width: 6000, height: 4000 }, undefined],
  ])('leaves a picture that is no larger as it is: %j to %s', (sides, maxSize) => {
    expect(reductionOf(sides, maxSize)).toBeUndefined();
    expect(reducedSides(sides, maxSize)).toEqual(sides);
  });

  it('keeps each side between one pixel and its own, and the ratio to half a pixel', () => {
    const side = fc.integer({ min: 1, max: 1_000_000 });
    const [least, most] = maxSizeRange;
    fc.assert(
      fc.property(side, side, fc.integer({ min: least, max: most }), (width, height, maxSize) => {
        const reduced = reducedSides({ width, height }, maxSize);
        const longer = Math.max(width, height);
        expect(Math.max(reduced.width, reduced.height)).toBe(Math.min(longer, maxSize));
        for (const [before, after] of [
          [width, reduced.width],
          [height, reduced.height],
        ] as const) {
          expect(after).toBeGreaterThanOrEqual(1);
          expect(after).toBeLessThanOrEqual(before);
          const exact = (before * Math.min(longer, maxSize)) / longer;
          if (after > 1) expect(Math.abs(after - exact)).toBeLessThanOrEqual(0.5);
        }
      }),
    );
  });
});
