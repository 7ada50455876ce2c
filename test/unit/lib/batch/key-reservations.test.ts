import { describe, expect, it } from 'vitest';
import { reserveKeys } from '../../../../src/lib/batch/key-reservations.ts';

describe('a key that two TIFFs could have', () => {
  const reserved = reserveKeys(['a.tif', 'a.tiff', 'a.tiff.tif', 'b.tif']);

  it('is kept for the first of them', () => {
    expect(reserved.reservedFor('a.jpg', 'a.tiff')).toBe('a.tif');
    expect(reserved.reservedFor('a.jpg', 'a.tif')).toBeUndefined();
  });

  it('is kept for the second, too, under its other name', () => {
    expect(reserved.reservedFor('a.tiff.jpg', 'a.tiff.tif')).toBe('a.tiff');
    expect(reserved.reservedFor('a.tiff.tif.jpg', 'a.tiff.tif')).toBeUndefined();
  });

  it('is not kept when no TIFF wants it', () => {
    expect(reserved.reservedFor('b.tif.jpg', 'b.tif')).toBeUndefined();
    expect(reserved.reservedFor('c.jpg', 'b.tif')).toBeUndefined();
  });
});
