import { describe, expect, it } from 'vitest';
import type { FileRecord } from '../../../../src/lib/collection/events.ts';
import { doubtsOf } from '../../../../src/lib/report/doubt.ts';
import { chooseSample, sampleSize } from '../../../../src/lib/report/sample.ts';
import { alike, converted, failed, noted } from '../../../support/report-runs.ts';

/** Files that nothing speaks against. */
const plain = (count: number) =>
  Array.from({ length: count }, (_, i) => converted(`plain-${i}.tif`));

const sample = (records: readonly FileRecord[]) => chooseSample(records, doubtsOf(records));

/** How many of a sample are these. */
function shareOf(records: readonly FileRecord[], isOne: (record: FileRecord) => boolean): number {
  const chosen = sample(records).filter(({ file }) => isOne(records[file] as FileRecord));
  return chosen.length / records.filter(isOne).length;
}

describe('the size of a sample', () => {
  it.each([
    [0, 0],
    [3, 3],
    [20, 5],
    [60, 6],
    [200, 20],
    [400, 20],
    [1_000, 50],
    [10_000, 500],
  ])('is for %i files: %i', (files, size) => {
    expect(sampleSize(files)).toBe(size);
  });
});

describe('a sample', () => {
  it('is the same for the same names in any order', () => {
    const records = [...plain(100), failed('broken.tif')];
    const names = (from: readonly FileRecord[]) =>
      sample(from).map(({ file }) => from[file]?.input);
    expect(names(records.toReversed()).sort()).toEqual(names(records).sort());
  });

  it('is the same wherever the files lie', () => {
    const there = plain(100).map((record) => ({ ...record, input: `/there/${record.input}` }));
    expect(sample(there)).toEqual(sample(plain(100)));
  });

  it('differs for other names', () => {
    const others = plain(100).map((record) => ({ ...record, input: `other-${record.input}` }));
    const places = (records: readonly FileRecord[]) => sample(records).map(({ file }) => file);
    expect(places(others)).not.toEqual(places(plain(100)));
  });

  it('has no file twice', () => {
    const places = sample(plain(300)).map(({ file }) => file);
    expect(new Set(places).size).toBe(places.length);
  });

  it.each<[string, FileRecord[]]>([
    [
      'warnings that the picture may have suffered from',
      Array.from({ length: 30 }, (_, i) => converted(`odd-${i}.tif`, noted('FAX_LINES_DAMAGED'))),
    ],
    [
      'rare kinds',
      Array.from({ length: 30 }, (_, i) => converted(`odd-${i}.tif`, {}, { kind: `kind ${i}` })),
    ],
  ])('has more of the %s than of the others', (_, odd) => {
    const records = [...plain(1_000), ...odd];
    const isOdd = ({ input }: FileRecord) => input.startsWith('odd');
    expect(shareOf(records, isOdd)).toBeGreaterThan(
      3 * shareOf(records, (record) => !isOdd(record)),
    );
  });

  it('has more of those that are least like their TIFFs', () => {
    const records = Array.from({ length: 1_000 }, (_, i) =>
      converted(`a-${i}.tif`, alike(0.9 + i / 10_000)),
    );
    const isLow = ({ input }: FileRecord) => /^a-\d{1,2}\./.test(input);
    expect(shareOf(records, isLow)).toBeGreaterThan(
      3 * shareOf(records, (record) => !isLow(record)),
    );
  });

  it('has unsuspicious files, too', () => {
    const odd = Array.from({ length: 100 }, (_, i) =>
      converted(`odd-${i}.tif`, noted('FAX_LINES_DAMAGED')),
    );
    const isPlain = ({ input }: FileRecord) => input.startsWith('plain');
    expect(shareOf([...plain(2_000), ...odd], isPlain)).toBeGreaterThan(0);
  });

  it('has only files with JPEGs: failures are listed with their reasons', () => {
    const skipped: FileRecord = { ...converted('a.tif'), status: 'skipped', pages: [] };
    const records = [...plain(3), failed('broken.tif'), skipped];
    expect(
      sample(records)
        .map(({ file }) => file)
        .sort(),
    ).toEqual([0, 1, 2]);
  });

  it('says why each file was chosen', () => {
    const odd = converted('odd.tif', noted('SAMPLES_SCALED'), { kind: 'Lab 16-bit' });
    const reasonsAmong = (others: number) =>
      sample([odd, ...plain(others)]).find(({ file }) => file === 0)?.reasons;
    expect(reasonsAmong(4)).toEqual(['Scaled to 8 bits']);
    expect(reasonsAmong(20)).toEqual(['Scaled to 8 bits', 'rare kind: Lab 16-bit']);
  });
});
