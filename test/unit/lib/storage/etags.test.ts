import { describe, expect, it } from 'vitest';
import { isSameEtag, md5OfEtag, spellingsOf, tagOf } from '../../../../src/lib/storage/etags.ts';

const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';

describe('an ETag', () => {
  it.each(['"x"', 'W/"x"', 'x'])('names one version however it is written: %s', (etag) => {
    expect(tagOf(etag)).toBe('x');
    expect(isSameEtag(etag, '"x"')).toBe(true);
    expect(isSameEtag(etag, '"y"')).toBe(false);
    expect(spellingsOf(etag)).toEqual(['"x"', 'x']);
  });

  it('that is missing equals none', () => {
    expect(isSameEtag(undefined, undefined)).toBe(false);
    expect(isSameEtag('', '')).toBe(false);
  });

  it.each([
    [`"${MD5}"`, MD5],
    [MD5.toUpperCase(), MD5],
    // Of an object in two parts; of what a proxy has made other bytes of; of another kind.
    [`"${MD5}-2"`, undefined],
    [`W/"${MD5}"`, undefined],
    ['"64b0a5e4-1c2"', undefined],
  ])('is an MD5 or not: %s', (etag, md5) => {
    expect(md5OfEtag(etag)).toBe(md5);
  });
});
