import { describe, expect, it } from 'vitest';
import { type Sample, spreadOf } from '../../../bench/sample.ts';
import { cellsOf, workersTable } from '../../../bench/table.ts';
import { type Row, rows } from '../../../bench/works.ts';

const ran = (wallMs: number, peakMB: number): Sample => ({
  at: 0,
  wallMs,
  peakMB,
  cpuSeconds: 1,
  firstRequestMs: 1,
  callbackMs: undefined,
});
const download = rows.find(({ name }) => name === 'download') as Row;
const ours = [ran(3000, 200), ran(1000, 100), ran(2500, 300)];

describe('the spread of runs', () => {
  it('has the least, the most and the middle one of an odd number', () => {
    expect(spreadOf([9, 1, 5])).toEqual({ min: 1, median: 5, max: 9 });
  });

  it('has the mean of the two middle ones of an even number', () => {
    expect(spreadOf([8, 1, 2, 4])).toEqual({ min: 1, median: 3, max: 8 });
  });

  it('is empty when nothing was measured', () => {
    expect(() => spreadOf([])).toThrow(RangeError);
  });
});

describe('the table of the bench', () => {
  it('holds the ratio of the medians against each target of a row', () => {
    const cells = cellsOf(download, { max: ours, example: [ran(5000, 500), ran(7500, 500)] });
    expect(cells.map(({ measure, ratio, met }) => [measure, ratio, met])).toEqual([
      ['wallMs', 0.4, true],
      ['peakMB', 0.4, true],
    ]);
    expect(workersTable(cells).split('\n').slice(2)).toEqual([
      `| ${download.title} | wall | 6.25 s (5.00 s–7.50 s) | 2.50 s (1.00 s–3.00 s) | 0.40 | ≤ 0.40 | ✓ |`,
      '|  | memory | 500 MB (500 MB–500 MB) | 200 MB (100 MB–300 MB) | 0.40 | ≤ 0.50 | ✓ |',
    ]);
  });

  it('marks what is above its target', () => {
    const [cell] = cellsOf(download, { max: ours, example: [ran(6000, 500)] });
    expect(cell).toMatchObject({ met: false });
    expect(workersTable([cell as NonNullable<typeof cell>])).toContain('✗');
  });

  it('has no ratios without the example worker', () => {
    const cells = cellsOf(download, { max: ours });
    expect(cells[0]).toMatchObject({ example: undefined, ratio: undefined, met: undefined });
    expect(workersTable(cells)).toContain('| – | 2.50 s (1.00 s–3.00 s) | – | ≤ 0.40 | – |');
  });
});
