import { describe, expect, it } from 'vitest';
import { doubtsOf } from '../../../../../src/lib/report/doubt.ts';
import { ANY_WARNING, type Filter, matching } from '../../../../../src/lib/report/page/filter.ts';
import { ranksByName, type SortKey, sorted } from '../../../../../src/lib/report/page/order.ts';
import type { FileRow } from '../../../../../src/lib/report/page-data.ts';
import { pageDataOf } from '../../../../../src/lib/report/page-rows.ts';
import { alike, converted, failed, noted, runOf } from '../../../../support/report-runs.ts';

/** The rows of these records, as the page gets them. */
function rowsOf(...records: Parameters<typeof runOf>[0]): readonly FileRow[] {
  const context = { path: 'report.html', pictures: [], pathOf: (output: string) => output };
  return pageDataOf(runOf(records), { ...context, doubts: doubtsOf(records) }).files;
}

const namesOf = (files: readonly FileRow[], places: readonly number[]) =>
  places.map((place) => files[place]?.name);

function names(files: readonly FileRow[], key: SortKey, descending = false) {
  const ranks = ranksByName(files);
  return namesOf(files, sorted(files, [...files.keys()], { key, descending }, ranks));
}

const wanted = (files: readonly FileRow[], filter: Filter) =>
  namesOf(files, matching(files, filter));

describe('sorting', () => {
  const files = rowsOf(
    converted('scan 10.tif', { ...alike(0.95), bytes: 30 }, { source_bytes: 100 }),
    converted('scan 9.tif', { ...alike(1), bytes: 10 }, { source_bytes: 400 }),
    failed('scan 8.tif', { source_bytes: 200 }),
    converted('scan 7.tif', { bytes: 20, ...noted('DECODER_WARNING') }, { source_bytes: 300 }),
  );

  it('by name compares numbers by value', () => {
    const order = ['scan 7.tif', 'scan 8.tif', 'scan 9.tif', 'scan 10.tif'];
    expect(names(files, 'name')).toEqual(order);
    expect(names(files, 'name', true)).toEqual(order.toReversed());
  });

  it('by likeness begins with what has no JPEG, and ends with what was not measured', () => {
    const order = ['scan 8.tif', 'scan 10.tif', 'scan 9.tif', 'scan 7.tif'];
    expect(names(files, 'ssim')).toEqual(order);
    expect(names(files, 'psnr')).toEqual(order);
  });

  it('puts what is unknown last in both directions', () => {
    expect(names(files, 'bytes').at(-1)).toBe('scan 8.tif');
    expect(names(files, 'bytes', true).at(-1)).toBe('scan 8.tif');
    expect(names(files, 'ssim', true).at(-1)).toBe('scan 7.tif');
  });

  it.each<[SortKey, string]>([
    ['sourceBytes', 'scan 10.tif'],
    ['bytes', 'scan 9.tif'],
    ['saved', 'scan 10.tif'],
    ['status', 'scan 8.tif'],
  ])('by %s begins with %s', (key, first) => {
    expect(names(files, key)[0]).toBe(first);
  });

  it('puts the more doubtful of equals first', () => {
    const odd = converted('b.tif', noted('DECODER_WARNING'));
    const equal = rowsOf(converted('a.tif'), odd, converted('c.tif'));
    expect(names(equal, 'kind')).toEqual(['b.tif', 'a.tif', 'c.tif']);
  });
});

describe('filtering', () => {
  const files = rowsOf(
    converted('Brief é.tif', { ...alike(0.95), ...noted('SAMPLES_SCALED') }, { kind: 'Grey' }),
    converted('map.tif', { ...alike(1), ...noted('DECODER_WARNING') }),
    failed('broken.tif', { source_bytes: 5 }),
    converted('new.tif'),
  );

  it.each<[string, Filter, string[]]>([
    ['nothing', {}, ['Brief é.tif', 'map.tif', 'broken.tif', 'new.tif']],
    ['a name, in any case', { name: 'BRIEF' }, ['Brief é.tif']],
    ['a name, however its accents are written', { name: 'e\u0301' }, ['Brief é.tif']],
    ['a status', { status: 'failed' }, ['broken.tif']],
    ['a kind', { kind: 'Grey' }, ['Brief é.tif']],
    ['a warning', { warning: 'DECODER_WARNING' }, ['map.tif']],
    ['any warning', { warning: ANY_WARNING }, ['Brief é.tif', 'map.tif']],
    ['an SSIM that was measured', { mostSsim: 0.99 }, ['Brief é.tif']],
    ['a PSNR that was measured', { mostPsnr: 39 }, ['Brief é.tif']],
    ['the largest', { leastSize: 6 }, ['Brief é.tif', 'map.tif', 'new.tif']],
    ['the smallest', { mostSize: 6 }, ['broken.tif']],
    ['all of it together', { name: 'map', status: 'failed' }, []],
  ])('by %s', (_, filter, found) => {
    expect(wanted(files, filter)).toEqual(found);
  });
});
