import { describe, expect, it } from 'vitest';
import { documentOf, jsonLines } from '../../../../src/cli/collection/json.ts';
import {
  countLines,
  endLines,
  failureLines,
  verifiedLines,
} from '../../../../src/cli/collection/summary.ts';
import {
  type CollectionOutcome,
  inOrder,
  showCollection,
} from '../../../../src/cli/collection/view.ts';
import {
  begun,
  converted,
  due,
  ended,
  failed,
  page,
  run,
  skipped,
  started,
} from '../../../support/collection-events.ts';

const summaryLines = (outcome: CollectionOutcome) => [
  ...countLines(outcome.summary),
  ...verifiedLines(outcome),
  ...failureLines(outcome),
  ...endLines(outcome),
];

const MB = 1e6;
const totals = { source_bytes: 600 * MB, output_bytes: 30 * MB, pixels: 400e6, ms: 72_000 };

describe('the summary of a run', () => {
  it('shows the counts of all outcomes, sizes and speed, and lists the failures, one line each', async () => {
    const outcome = await showCollection(
      run(
        ...[
          started(300),
          converted('a'),
          skipped('b'),
          failed('c'),
          failed('d', 'Empty. Copy it.'),
        ],
        ended({ files: 300, converted: 286, skipped: 12, failed: 2, ...totals }),
      ),
      [],
    );
    expect(summaryLines(outcome)).toEqual([
      '300 TIFFs: 286 converted, 12 up to date, 2 failed; 1 min 12 s',
      '600 MB → 30.0 MB; 4.0 files/s, 8.3 MB/s, 5.6 MP/s',
      'Failed:',
      '  c.tif: It is broken',
      '  d.tif: Empty',
    ]);
  });

  it('tells JPEGs that were there from those that are up to date', async () => {
    const counts = { files: 3, converted: 0, skipped: 3, existing: 2, failed: 0 };
    const outcome = await showCollection(run(started(3), ended({ ...counts, ...totals })), []);
    expect(summaryLines(outcome)[0]).toMatch(/^3 TIFFs: 1 up to date, 2 already there; /);
  });

  it('counts what could not be read, and lists it with the failures', async () => {
    const error = { code: 'FOLDER_UNREADABLE', message: 'No. Ask.' } as const;
    const outcome = await showCollection(
      run(
        ...[
          started(2),
          { event: 'collection.unread', kind: 'folder', path: 'in/x', error } as const,
        ],
        ...[converted('a'), failed('b')],
        ended({ files: 2, converted: 1, failed: 1, folders_unread: 1, files_unread: 2, ms: 12 }),
      ),
      [],
    );
    const [counts, , ...failures] = summaryLines(outcome);
    expect(counts).toBe(
      '2 TIFFs: 1 converted, 1 failed; 1 folder and 2 files could not be read; 12 ms',
    );
    expect(failures).toEqual([
      ...['Could not be read:', '  in/x: No'],
      ...['Failed:', '  b.tif: It is broken'],
    ]);
    expect(documentOf(outcome)).toMatchObject({
      summary: { folders_unread: 1 },
      unread: [{ kind: 'folder', path: 'in/x', error }],
    });
  });

  it('does not call unreadable files failed in a dry run', async () => {
    const error = { code: 'FOLDER_UNREADABLE', message: 'No. Ask.' } as const;
    const outcome = await showCollection(
      run(
        ...[
          started(0),
          { event: 'collection.unread', kind: 'folder', path: 'in/x', error } as const,
        ],
        ended({ files: 0, would_fail: 0, folders_unread: 1, ms: 12 }),
      ),
      [],
    );
    expect(summaryLines(outcome).slice(1)).toEqual(['Could not be read:', '  in/x: No']);
  });

  it('says how many of those that were compared are within the limits', async () => {
    const likeness = { psnr_db: 48, ssim: 0.99 };
    const outcome = await showCollection(
      run(
        ...[started(3), converted('a', [page('a', { likeness })]), skipped('b')],
        ended({ files: 3, converted: 1, skipped: 1, failed: 1 }),
      ),
      [],
    );
    const error = { code: 'UNLIKE', message: 'Too far.' } as const;
    const failures = [{ ...outcome.records[1], status: 'failed', error }] as never[];
    const records = [...outcome.records, ...failures];
    expect(verifiedLines({ records })).toEqual(['verified: 1 of 2 within the limits']);
    expect(verifiedLines({ records: outcome.records.slice(1) })).toEqual([]);
  });

  it('is one line when there was nothing to do', async () => {
    const outcome = await showCollection(
      run(started(1), skipped('a'), ended({ files: 1, skipped: 1, ms: 12 })),
      [],
    );
    expect(summaryLines(outcome)).toEqual(['1 TIFF: 1 up to date; 12 ms']);
  });

  it('says, for a dry run, what the run would take', async () => {
    const predicted = { cpu_seconds: 90.4, seconds: 45.2 };
    const outcome = await showCollection(
      run(
        ...[started(300), due('a'), skipped('b')],
        ended({ files: 300, converted: 288, skipped: 12, ...totals, ms: 40, predicted }),
      ),
      [],
    );
    expect(summaryLines(outcome)).toEqual([
      '300 TIFFs: 288 to convert (not decoded yet), 12 up to date; 40 ms',
      '600 MB → about 30.0 MB; 400.0 MP; predicted 1 min 30 s of CPU, 45.2 s in all',
      'Dry run: nothing was written. Decoding may still reveal errors and warnings.',
    ]);
    expect(documentOf(outcome)).toMatchObject({
      files: [{ status: 'due', input: 'a.tif', pages: [{ effort: 'max', reason: 'it fits' }] }, {}],
      summary: { predicted },
    });
  });

  it('says that a signal is why files remain, and how to resume', async () => {
    const end = ended({ files: 9, left: 9, ms: 5, stopped: 'SIGINT' });
    expect(summaryLines(await showCollection(run(end), []))).toEqual([
      '9 TIFFs: 9 remaining; 5 ms',
      'Interrupted by SIGINT. Run the same command again to resume.',
    ]);
  });

  it('says what to do about the failure that stopped a run, which would stop it again', async () => {
    const end = ended({ files: 9, failed: 1, left: 8, ms: 5 });
    expect(summaryLines(await showCollection(run(failed('e'), end), [])).at(-1)).toBe(
      'Stopped at the first failure (--fail-fast). To convert the rest, fix e.tif, skip it with --exclude, or run without --fail-fast.',
    );
  });
});

describe('a run as JSON', () => {
  const events = [
    ...[started(3), begun('b'), begun('a'), converted('a')],
    converted('b', [page('b'), page('b', { page: 2, output: 'b.page-2.jpg' })]),
    ...[failed('c'), ended({ files: 3, converted: 2, failed: 1 })],
  ];

  it('is one document: the files in order, and the summary', async () => {
    const outcome = await showCollection(run(...events), []);
    expect(documentOf(inOrder(outcome, ['b.tif', 'a.tif', 'c.tif']))).toEqual({
      files: [
        expect.objectContaining({
          status: 'converted',
          input: 'b.tif',
          output: 'b.jpg',
          ms: 1000,
          pages: [
            expect.objectContaining({ page: 1, output: 'b.jpg', width: 1250 }),
            expect.objectContaining({ page: 2, output: 'b.page-2.jpg', ms: 900 }),
          ],
        }),
        expect.objectContaining({ input: 'a.tif', output: 'a.jpg' }),
        expect.objectContaining({
          status: 'failed',
          input: 'c.tif',
          output: 'c.jpg',
          error: { code: 'UNREADABLE_TIFF', message: 'It is broken. Mend it.' },
        }),
      ],
      summary: expect.objectContaining({ files: 3, converted: 2, failed: 1 }),
      unread: [],
      warnings: [],
    });
  });

  it('is one line per event, without secrets', async () => {
    const lines: string[] = [];
    const redact = (text: string) => text.replaceAll('broken', '[redacted]');
    await showCollection(run(...events), [jsonLines((line) => lines.push(line), redact)]);
    expect(lines.every((line) => line.endsWith('}\n'))).toBe(true);
    const objects = lines.map((line) => JSON.parse(line));
    expect(objects).toHaveLength(events.length);
    expect(objects.map(({ event }) => event)).toEqual(events.map(({ event }) => event));
    expect(objects.at(-2).error.message).toBe('It is [redacted]. Mend it.');
  });

  it('tells views that it has ended, even with an error', async () => {
    let closed = 0;
    const broken = (async function* () {
      yield started(1);
      throw new Error('a bug');
    })();
    const view = { show: () => {}, close: () => void closed++ };
    await expect(showCollection(broken, [view])).rejects.toThrow('a bug');
    await expect(showCollection(run(started(1)), [view])).rejects.toThrow('without its last event');
    expect(closed).toBe(2);
  });
});

describe('a run whose lines are not read', () => {
  it('makes no line before the earlier ones are read', async () => {
    const written: string[] = [];
    let take = () => {};
    const taken = () => new Promise<void>((resolve) => (take = resolve));
    const view = jsonLines((line) => written.push(line), String);
    const events = run(started(2), converted('a'), converted('b'), ended({ files: 2 }));
    const shown = showCollection(events, [view], taken);
    for (let lines = 1; lines <= 4; lines++) {
      await new Promise((resolve) => setImmediate(resolve));
      expect(written).toHaveLength(lines);
      take();
    }
    expect((await shown).summary.files).toBe(2);
  });
});
