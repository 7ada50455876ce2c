import { expect, it } from 'vitest';
import { damagedTiff } from '../../../src/lib/convert/refusal.ts';
import { inParentheses } from '../../../src/lib/errors.ts';

it.each([
  ['the decoder failed', '(the decoder failed)'],
  ['(0 elements of 8 bytes each)', '[(0 elements of 8 bytes each)]'],
])('a library’s words are in parentheses, never nested: %s', (words, shown) => {
  expect(inParentheses(words)).toBe(shown);
});

it('a decoder’s words may have parentheses', () => {
  const words = 'tiff2vips: out of order (line 7)';
  const { message } = damagedTiff('a.tif', 'it is cut', { decoder: 'sharp', words });
  expect(message).toMatch(/ \[the decoder, sharp, says: tiff2vips: out of order \(line 7\)\]\.$/);
});
