import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileNameOf, keyProblem, outputKeys, unseenEnds } from '../../../src/lib/keys.ts';

const key = fc.string({ minLength: 1 });

describe('the keys of a JPEG', () => {
  it('are never the key of the TIFF, and all differ', () => {
    fc.assert(
      fc.property(key, (input) => {
        const keys = outputKeys(input);
        return !keys.includes(input) && new Set(keys).size === keys.length;
      }),
    );
  });

  it('begin with the contract’s, if the TIFF has a usual ending', () => {
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

describe('a key that R2 cannot be asked for', () => {
  it.each(['.', '..', './a.tif', 'a/../b.tif', 'a/./b.tif', 'a/..', '/../a'])(
    'is one with a part that addresses resolve: %s',
    (key) => expect(keyProblem(key)).toMatch(/^must not contain the segment "\.\.?": /),
  );

  it('is every one that an address does not keep, and none but those and long ones', () => {
    const part = fc.oneof(fc.constantFrom('.', '..', '...', '%2e', '.a', '', ' '), fc.string());
    const parts = fc.array(part, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(parts, (names) => {
        const key = names.join('/').toWellFormed();
        const path = `/bucket/${key.split('/').map(encodeURIComponent).join('/')}`;
        const kept = new URL(`https://r2.test${path}`).pathname === path;
        return (keyProblem(key) === undefined) === kept;
      }),
    );
  });

  it('is one of more than 1024 bytes', () => {
    expect(keyProblem('ü'.repeat(512))).toBeUndefined();
    expect(keyProblem(`${'ü'.repeat(512)}a`)).toBe(
      'must have at most 1024 bytes, and it has 1025: R2 accepts no longer ones',
    );
  });
});

describe('invisible characters at the ends of a key', () => {
  it.each([
    ['a.tif', undefined],
    ['a b.tif', undefined],
    ['a.tif ', 'The key ends with a space'],
    ['a.tif\n', 'The key ends with a line break'],
    ['a.tif\r\n', 'The key ends with a line break'],
    ['\ta.tif', 'The key begins with a tab'],
    [' a.tif\u00a0', 'The key begins with a space and ends with a blank (U+00A0)'],
  ])('are reported for %j: %s', (key, said) => expect(unseenEnds(key)).toBe(said));
});
