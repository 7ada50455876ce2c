import { describe, expect, it } from 'vitest';
import { jsonOf } from '../../../../src/lib/report/json.ts';
import { alike, converted, failed, runOf, unreadFolder } from '../../../support/report-runs.ts';

const json = (run: ReturnType<typeof runOf>) => JSON.parse([...jsonOf(run)].join(''));

describe('a report as JSON', () => {
  it('has every record unchanged, and the summary', () => {
    const unread = [unreadFolder('in/locked')];
    const run = runOf([converted('a.tif', alike(0.9)), failed('b.tif')], unread);
    const report = json(run);
    expect(report.summary).toEqual(run.summary);
    expect(report.unread).toEqual(unread);
    expect(report.files).toEqual(JSON.parse(JSON.stringify(run.records)));
  });

  it('says by what, when and how it was made', () => {
    expect(json(runOf([]))).toMatchObject({
      v: 1,
      program: 'arke-tiff/0.0.0',
      started_at: '2026-01-02T03:04:05.000Z',
      files: [],
      settings: { quality: 95, chroma_subsampling: '4:2:0', effort: 'auto' },
    });
  });
});
