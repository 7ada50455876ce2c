import { describe, expect, it } from 'vitest';
import { blockLines } from '../../../../src/cli/collection/block-lines.ts';
import { noProgress, progressAfter } from '../../../../src/cli/collection/progress.ts';
import type { CollectionEvent } from '../../../../src/lib/collection/events.ts';
import { begun, converted, failed, skipped, started } from '../../../support/collection-events.ts';

/** As chalk does it, which takes several texts. */
const colour = (...texts: unknown[]) => texts.join(' ');
const plain = { done: colour, bad: colour, faint: colour };
const wide = { columns: 80, rows: 24 };

/** The block after events that happened a second apart, and another second. */
function blockAfter(events: readonly CollectionEvent[], size = wide): string[] {
  const progress = events.reduce(
    (before, event, index) => progressAfter(before, event, index * 1000),
    noProgress(0),
  );
  return blockLines(progress, events.length * 1000, size, plain);
}

describe('the block of a run', () => {
  it('says how much is done, how fast it goes, how long it takes and has taken, and what is under way', () => {
    const events = [started(10), begun('a'), begun('b'), converted('a'), begun('c')];
    expect(blockAfter(events)).toEqual([
      `${'━'.repeat(4)}${'─'.repeat(36)} 1/10  10 %  ETA 45 s  5 s elapsed`,
      '0.2 MB/s · 0.2 MP/s',
      '  b.tif  3 s',
      '  c.tif  1 s',
    ]);
  });

  it('counts what failed and what is skipped, which is no work', () => {
    const events = [started(10), skipped('a'), failed('b'), converted('c')];
    expect(blockAfter(events)).toEqual([
      `${'━'.repeat(12)}${'─'.repeat(28)} 3/10  30 %  ETA 28 s  4 s elapsed`,
      '1 failed · 0.3 MB/s · 0.3 MP/s · 1 skipped',
    ]);
  });

  it('shows no estimate before the first TIFF is converted', () => {
    expect(blockAfter([started(3), begun('a')])).toEqual([
      `${'─'.repeat(40)} 0/3  0 %  2 s elapsed`,
      '  a.tif  1 s',
    ]);
  });

  it.each([1, 5, 12, 20, 33, 47])(
    'is never wider than the terminal less one column (%i)',
    (columns) => {
      const events = [started(1000), begun('scans/a/long name of a map'), converted('x')];
      for (const line of blockAfter([...events, failed('y')], { columns, rows: 24 }))
        expect(line.length).toBeLessThanOrEqual(Math.max(columns - 1, 1));
    },
  );

  it('keeps, on a narrow terminal, the end of a path, and the failures before the pace', () => {
    const events = [started(9), begun('archive/box 12/map 0143'), failed('y'), converted('z')];
    expect(blockAfter(events, { columns: 24, rows: 24 })).toEqual([
      '2/9  22 %  ETA 28 s',
      '1 failed · 0.3 MB/s',
      '  …12/map 0143.tif  3 s',
    ]);
  });

  it('measures names as a terminal shows them: wide characters take two columns', () => {
    const events = [started(9), begun('地図/東京都千代田区')];
    const [, line = ''] = blockAfter(events, { columns: 20, rows: 24 });
    expect(line).toBe('  …代田区.tif  1 s');
  });

  it('names as many files as there is room for, and counts the others', () => {
    const events = [started(9), ...['a', 'b', 'c', 'd'].map(begun)];
    expect(blockAfter(events, { columns: 40, rows: 6 }).slice(1)).toEqual([
      '  a.tif  4 s',
      '  b.tif  3 s',
      '  … and 2 more',
    ]);
    expect(blockAfter(events, { columns: 40, rows: 2 })).toHaveLength(1);
  });
});
