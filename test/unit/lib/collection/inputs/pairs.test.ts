import { describe, expect, it } from 'vitest';
import { pairsIn } from '../../../../../src/lib/collection/inputs/pairs.ts';

const read = (text: string) => pairsIn(text.split('\n'), 'pairs.tsv');

describe('a list of pairs', () => {
  it('has a TIFF, a tab and its JPEG on each line, and may have empty lines', () => {
    expect(read('a.tif\tb/a copy.jpg\n\nc.tif\tc.jpg\n')).toEqual([
      { input: 'a.tif', output: 'b/a copy.jpg' },
      { input: 'c.tif', output: 'c.jpg' },
    ]);
  });

  it.each([
    ['without a tab', 'a.tif a.jpg'],
    ['without a JPEG', 'a.tif\t'],
    ['without a TIFF', '\ta.jpg'],
    ['with a third field', 'a.tif\ta.jpg\tx'],
  ])('is refused with the numbers of lines %s', (_, wrong) => {
    expect(() => read(`a.tif\ta.jpg\n${wrong}`)).toThrow(
      '--pairs pairs.tsv: line 2 is not a TIFF, a tab and its JPEG',
    );
    expect(() => read(`${wrong}\n\n${wrong}`)).toThrow('lines 1, 3 are not');
  });

  it('names ten wrong lines at most', () => {
    expect(() => read('x\n'.repeat(12))).toThrow('lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more');
  });

  it('is refused if it is empty', () => {
    expect(() => read('\n')).toThrow('--pairs pairs.tsv names no pairs');
  });
});
