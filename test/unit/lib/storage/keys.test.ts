import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileNameOf, outputKeys } from '../../../../src/lib/storage/keys.ts';

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

  it.each([
    ['a/image.tif', ['a/image.page-2.jpg', 'a/image.tif.page-2.jpg']],
    ['a.d/image', ['a.d/image.page-2.jpg']],
    ['a/.tif', ['a/.page-2.jpg', 'a/.tif.page-2.jpg']],
  ])('of the second page of %s are %j', (input, expected) => {
    expect(outputKeys(input, 2)).toEqual(expected);
  });

  it('are another for each page, whatever the first ones are called', () => {
    fc.assert(
      fc.property(key, (input) => {
        const keys = [1, 2, 3, 12].flatMap((page) => outputKeys(input, page));
        return !keys.includes(input) && new Set(keys).size === keys.length;
      }),
    );
  });
});

describe('a file name', () => {
  it('is the contract’s: the last part of the key', () => {
    fc.assert(fc.property(key, (k) => fileNameOf(k) === k.split('/').pop()));
  });
});
