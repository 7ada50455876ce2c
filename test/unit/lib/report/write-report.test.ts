import { readFile, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { noPictures } from '../../../../src/lib/report/picture-source.ts';
import { reportFormatOf, reportPathProblem } from '../../../../src/lib/report/report.ts';
import { writeReport } from '../../../../src/lib/report/write-report.ts';
import { plainTiff } from '../../../support/pictures.ts';
import { alike, converted, failed, runOf } from '../../../support/report-runs.ts';
import { useFolder } from '../../../support/use-folder.ts';

const folder = useFolder();
const HOSTILE = '</script><script>alert(1)</script><!--.tif';

async function report(name: string, ...records: Parameters<typeof runOf>[0]): Promise<string> {
  const path = folder.path(name);
  await writeReport(path, runOf(records), noPictures);
  return readFile(path, 'utf8');
}

describe('the format of a report', () => {
  it.each([
    ['a.html', 'html'],
    ['a.HTM', 'html'],
    ['a.b/c.csv', 'csv'],
    ['a.json', 'json'],
    ['a.sha256', 'sha256'],
  ])('of %s is %s', (path, format) => {
    expect(reportFormatOf(path)).toBe(format);
    expect(reportPathProblem(path)).toBeUndefined();
  });

  it.each(['report', 'a.html.txt', 'html', ''])('of %j is unknown', (path) => {
    expect(reportPathProblem(path)).toBe('must end with .html, .csv, .json or .sha256');
  });
});

describe('a report', () => {
  it('has the format of its ending', async () => {
    expect(await report('a.csv', converted('a.tif'))).toMatch(/^\uFEFFinput,/);
    expect(JSON.parse(await report('a.json', converted('a.tif'))).v).toBe(1);
    expect(await report('a.html', converted('a.tif'))).toMatch(/^<!doctype html>/);
  });

  it('is written to no other kind of path', async () => {
    await expect(report('a.txt')).rejects.toThrow('must end with .html, .csv, .json or .sha256');
    await expect(stat(folder.path('a.txt'))).rejects.toThrow('ENOENT');
  });

  it('replaces the one of the run before', async () => {
    await report('again.json', converted('a.tif'));
    const { files } = JSON.parse(await report('again.json', failed('b.tif')));
    expect(files).toMatchObject([{ input: 'b.tif' }]);
  });

  it('replaces no TIFF, whatever its name', async () => {
    const tiff = await plainTiff();
    const path = await folder.write('scan.json', tiff);
    await expect(report('scan.json')).rejects.toThrow('originals are never overwritten');
    expect((await readFile(path)).equals(tiff)).toBe(true);
  });

  it('says where it cannot be written', async () => {
    await expect(report('no-such-folder/a.html')).rejects.toThrow(/Could not write .*a\.html/);
  });
});

describe('a page', () => {
  it('contains names exactly, and none can end its script early', async () => {
    const html = await report('hostile.html', converted(HOSTILE, alike(0.9)), failed('b.tif'));
    expect(html).not.toContain(HOSTILE);
    const [, json = ''] =
      /<script type="application\/json" id="data">(.*)<\/script>/.exec(html) ?? [];
    expect(JSON.parse(json).files[0].name).toBe(HOSTILE);
  });

  it('refers to no other file or server', async () => {
    const html = await report('alone.html', converted('a.tif'));
    expect(html).not.toMatch(/(src|href)="(?!data:)|@import|url\(|https?:\/\//);
  });
});
