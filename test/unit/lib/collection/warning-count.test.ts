import { describe, expect, it } from 'vitest';
import type { FileRecord } from '../../../../src/lib/collection/events.ts';
import { createWarningCount, warningLine } from '../../../../src/lib/collection/warning-count.ts';
import { converted, failed, noted, pageRecord } from '../../../support/report-runs.ts';

function countsOf(...records: FileRecord[]) {
  const count = createWarningCount();
  for (const record of records) count.add(record);
  return count.counts();
}

const skipped = (input: string, code: Parameters<typeof noted>[0]): FileRecord => {
  const { ms: _, ...record } = converted(input, noted(code));
  return { ...record, status: 'skipped' };
};

describe('the warnings of a run', () => {
  it('are counted by TIFF: each code once for all its pages, those that were up to date too', () => {
    const pages = [
      pageRecord(noted('SAMPLES_SCALED')),
      pageRecord({ page: 2, ...noted('SAMPLES_SCALED') }),
      pageRecord({ page: 3, ...noted('METADATA_DROPPED') }),
    ] as const;
    const counts = countsOf(
      converted('a.tif', {}, { pages: [...pages] as never }),
      ...[skipped('b.tif', 'SAMPLES_SCALED'), converted('c.tif'), failed('d.tif')],
    );
    expect(counts).toEqual({ files: 2, by_code: { SAMPLES_SCALED: 2, METADATA_DROPPED: 1 } });
  });

  it('are said in a line, the most frequent first', () => {
    const counts = { METADATA_DROPPED: 1, PAGES_NOT_CONVERTED: 14, SAMPLES_SCALED: 12 };
    expect(warningLine({ files: 20, by_code: counts })).toBe(
      '20 with warnings: 14 have further pages that were not converted (see --page); 12 were scaled to 8 bits, or read as unsigned although signed; 1 lost metadata',
    );
    expect(warningLine({ files: 1, by_code: { PAGES_NOT_CONVERTED: 1 } })).toBe(
      '1 with warnings: 1 has further pages that were not converted (see --page)',
    );
  });

  it('are no line where there are none', () => {
    expect(warningLine(countsOf(converted('a.tif')))).toBeUndefined();
  });
});
