import { describe, expect, it } from 'vitest';
import { countOf, percentOf, savedOf, timeOf, visible } from '../../../../src/lib/browser/words.ts';

describe('words of a page', () => {
  it.each([
    [12.4, '12 ms'],
    [1_500, '1.5 s'],
    [150_000, '3 min'],
    [7_500_000, '2 h 5 min'],
  ])('tell a time of %i ms as %s', (ms, words) => {
    expect(timeOf(ms)).toBe(words);
  });

  it('say what was saved, and what was not', () => {
    expect(percentOf(savedOf(200, 50) ?? 0)).toBe('75 %');
    expect(percentOf(savedOf(100, 150) ?? 0)).toBe('−50 %');
    expect(savedOf(0, 10)).toBeUndefined();
  });

  it('count one file, and two files', () => {
    expect([countOf(1, 'file'), countOf(1_000, 'file')]).toEqual(['1 file', '1,000 files']);
  });

  it('show invisible characters of a name', () => {
    expect(visible('a\u202egpj.tif')).toBe('a⟨202E⟩gpj.tif');
    expect(visible('a\nb.tif')).toBe('a⟨000A⟩b.tif');
    expect(visible('שלום 目録.tif')).toBe('שלום 目録.tif');
  });
});
