import { expect, it } from 'vitest';
import { sizeOf } from '../../../src/lib/size-words.ts';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [99_949, '99.9 kB'],
  [99_951, '100 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [150_000_000, '150 MB'],
  [2_500_000_000, '2.5 GB'],
  [12_345_000_000_000_000, '12345 TB'],
])('a size of %i bytes is %s: the units are those of SI', (bytes, words) => {
  expect(sizeOf(bytes)).toBe(words);
});
