import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileNameOf, outputKeys } from '../../../src/lib/storage/keys.ts';

const key = fc.string({ minLength: 1 });

describe('the keys of a JPEG', () => {
  it('are never the key of the TIFF, and none comes twice', () => {
    fc.assert(
      fc.property(key, (input) => {
        const keys = outputKeys(input);
        return !keys.includes(input) && new Set(keys).size === keys.length;
      }),
    );
  });

  it('begin with the contract’s, where the TIFF has its ending', () => {
    fc.assert(
      fc.property(key, fc.constantFrom('.tif', '.tiff', '.TIF', '.Tiff'), (name, ending) => {
        const input = name + ending;
        return outputKeys(input)[0] === input.replace(/\.tiff?$/i, '.jpg');
      }),
    );
  });

  it.each([
    ['a/image.tif', ['a/image.jpg', 'a/image.tif.jpg']],
    ['a/image', ['a/image.jpg']],
    ['a/image.jpg', ['a/image.jpg.jpg']],
  ])('of %s are %j', (input, expected) => {
    expect(outputKeys(input)).toEqual(expected);
  });
});

describe('a file name', () => {
  it('is the contract’s: the last part of the key', () => {
    fc.assert(fc.property(key, (k) => fileNameOf(k) === k.split('/').pop()));
  });
});
