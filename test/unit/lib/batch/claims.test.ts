import { describe, expect, it } from 'vitest';
import { claimKeys } from '../../../../src/lib/batch/claims.ts';

describe('a key that two TIFFs could have', () => {
  const claims = claimKeys(['a.tif', 'a.tiff', 'a.tiff.tif', 'b.tif']);

  it('is kept for the first of them', () => {
    expect(claims.keptFor('a.jpg', 'a.tiff')).toBe('a.tif');
    expect(claims.keptFor('a.jpg', 'a.tif')).toBeUndefined();
  });

  it('is kept for the one that had to give way, too', () => {
    expect(claims.keptFor('a.tiff.jpg', 'a.tiff.tif')).toBe('a.tiff');
    expect(claims.keptFor('a.tiff.tif.jpg', 'a.tiff.tif')).toBeUndefined();
  });

  it('is kept for nobody when nobody wants it', () => {
    expect(claims.keptFor('b.tif.jpg', 'b.tif')).toBeUndefined();
    expect(claims.keptFor('c.jpg', 'b.tif')).toBeUndefined();
  });
});
