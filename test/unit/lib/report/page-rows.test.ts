import { describe, expect, it } from 'vitest';
import { commonFolder } from '../../../../src/lib/report/common-folder.ts';
import { doubtsOf } from '../../../../src/lib/report/doubt.ts';
import { linkBetween, pageDataOf } from '../../../../src/lib/report/page-rows.ts';
import {
  alike,
  converted,
  failed,
  noted,
  pageRecord,
  runOf,
} from '../../../support/report-runs.ts';

function dataOf(...records: Parameters<typeof runOf>[0]) {
  const context = { path: '/r/report.html', pictures: [], pathOf: (output: string) => output };
  return pageDataOf(runOf(records), { ...context, doubts: doubtsOf(records) });
}

describe('the data of a page', () => {
  it('compares only the sizes of TIFFs that have JPEGs', () => {
    const big = failed('/t/b.tif', { source_bytes: 1_000_000 });
    const { totals } = dataOf(converted('/t/a.tif', { bytes: 7 }, { source_bytes: 70 }), big);
    expect(totals).toMatchObject({ files: 2, failed: 1, jpegs: 1, sourceBytes: 70, bytes: 7 });
  });

  it('has one row for a TIFF of several pages, with the likeness of the worst', () => {
    const pages = [pageRecord(alike(0.99)), pageRecord({ page: 2, ...alike(0.9), bytes: 500 })];
    const [row] = dataOf(converted('a.tif', {}, { pages: pages as [never] })).files;
    expect(row).toMatchObject({ worst: 1, bytes: 1_500 });
    expect(row?.pages[1]?.ssim).toBe(0.9);
  });

  it('distinguishes identical pictures from those that were not compared', () => {
    const { files } = dataOf(converted('a.tif', alike(1)), converted('b.tif'));
    expect(files.map(({ pages: [page] }) => page?.psnr)).toEqual([null, undefined]);
  });

  it('counts the JPEGs that were compared', () => {
    const { totals } = dataOf(converted('a.tif'), converted('b.tif', alike(0.9)), failed('c.tif'));
    expect(totals).toMatchObject({ jpegs: 2, compared: 1 });
  });

  it('tells JPEGs that only exist from those that are up to date', () => {
    const { ms, ...current } = { ...converted('a.tif'), status: 'skipped' as const };
    const { totals, files } = dataOf({ ...current, existing: true, pages: [] }, current);
    expect(totals).toMatchObject({ skipped: 2, existing: 1, jpegs: 1 });
    expect(files.map(({ existing }) => existing)).toEqual([true, undefined]);
  });

  it('names each warning once', () => {
    const pages = [pageRecord(noted('SAMPLES_SCALED')), pageRecord(noted('SAMPLES_SCALED'))];
    const [row] = dataOf(converted('a.tif', {}, { pages: pages as [never] })).files;
    expect(row?.warnings).toEqual(['SAMPLES_SCALED']);
  });

  it('says how many pages were not converted, also where it says why to review the file', () => {
    const message = 'Only page 1 of 3 is converted (--page all converts all)';
    const notes = [{ code: 'PAGES_NOT_CONVERTED' as const, message }];
    const { files, sample } = dataOf(converted('a.tif', { notes }), converted('b.tif'));
    const labels = { PAGES_NOT_CONVERTED: '2 pages not converted' };
    expect(files.map((file) => file.labels)).toEqual([labels, undefined]);
    expect(sample.find(({ file }) => file === 0)?.reasons).toContain('2 pages not converted');
  });

  it('counts files with warnings as the summary does, and says which', () => {
    const { totals, warnings } = dataOf(converted('a.tif', noted('SAMPLES_SCALED')), failed('b'));
    expect(totals.warned).toBe(1);
    expect(warnings).toBe(
      '1 with warnings: 1 was scaled to 8 bits, or read as unsigned although signed',
    );
  });

  it('separates names from the common folder', () => {
    const { folder, files } = dataOf(converted('/t/x/a.tif'), converted('/t/y/b.tif'));
    expect([folder, ...files.map(({ name }) => name)]).toEqual(['/t/', 'x/a.tif', 'y/b.tif']);
  });
});

describe('the folder that paths have in common', () => {
  it.each([
    [['/t/a.tif'], '/t/'],
    [['/t/a.tif', '/t/ab/c.tif'], '/t/'],
    [['/t/ab.tif', '/t/a.tif'], '/t/'],
    [['a.tif', 'b.tif'], ''],
    [['a.tif', '/t/a.tif'], ''],
    [[], ''],
  ])('of %j is %j', (paths, folder) => {
    expect(commonFolder(paths)).toBe(folder);
  });
});

describe('a link from a report to a JPEG', () => {
  it.each([
    ['/r/report.html', '/r/a.jpg', './a.jpg'],
    ['/r/report.html', '/r/scans/a.jpg', './scans/a.jpg'],
    ['/r/out/report.html', '/r/scans/a.jpg', '../scans/a.jpg'],
    ['/r/report.html', '/r/a #1 ?ü%.jpg', './a%20%231%20%3F%C3%BC%25.jpg'],
    ['/r/report.html', '/r/javascript:alert(1)', './javascript%3Aalert(1)'],
    ['/r/report.html', '/r/..a.jpg', './..a.jpg'],
  ])('from %s to %s is %s', (report, jpeg, link) => {
    expect(linkBetween(report, jpeg)).toBe(link);
  });
});
