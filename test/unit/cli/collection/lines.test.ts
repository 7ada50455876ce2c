import { describe, expect, it } from 'vitest';
import { lineView } from '../../../../src/cli/collection/lines.ts';
import type { CollectionEvent } from '../../../../src/lib/collection/events.ts';
import {
  begun,
  converted,
  due,
  failed,
  page,
  skipped,
  started,
} from '../../../support/collection-events.ts';

function linesOf(
  events: readonly CollectionEvent[],
  options?: { skipped: boolean; plans: boolean },
): string[] {
  const lines: string[] = [];
  const to = (kind: string) => (line: string) => void lines.push(`${kind}: ${line}`);
  const view = lineView({ result: to('result'), warn: to('warn'), error: to('error') }, options);
  for (const event of events) view.show(event);
  return lines;
}

describe('the lines of a run', () => {
  it('are one for each TIFF, as it ended', () => {
    const events = [started(3), begun('a'), converted('a'), skipped('b'), begun('c'), failed('c')];
    expect(linesOf(events)).toEqual([
      'result: a.tif → a.jpg  1250 × 800, 20.5 kB, 1000 ms',
      'result: b.tif → b.jpg  up to date',
      'error: c.tif: It is broken. Mend it.',
    ]);
  });

  it('omit what is up to date if that is shown elsewhere', () => {
    expect(linesOf([skipped('a')], { skipped: false, plans: false })).toEqual([]);
  });

  it('are, in a dry run, one for each TIFF with how it would be converted', () => {
    expect(linesOf([started(1), due('a')])).toEqual([
      'result: a.tif → a.jpg  RGB 8-bit LZW: max, 0.11 CPU-s, 100 MB of memory',
    ]);
    expect(linesOf([started(1), due('a')], { skipped: false, plans: false })).toEqual([
      'result: a.tif → a.jpg  RGB 8-bit LZW',
    ]);
  });

  it('are one for each page where there are several, with its own time', () => {
    const second = page('a', { page: 2, output: 'a.page-2.jpg', ms: 77 });
    expect(linesOf([converted('a', [page('a'), second])])).toEqual([
      'result: a.tif (page 1) → a.jpg  1250 × 800, 20.5 kB, 900 ms',
      'result: a.tif (page 2) → a.page-2.jpg  1250 × 800, 20.5 kB, 77 ms',
    ]);
  });

  it('show warnings before the result, and those of the collection as they occur', () => {
    const note = { code: 'SAMPLES_SCALED', message: 'Samples were scaled.' } as const;
    const message = 'a.tif and a.tiff would both become a.jpg.';
    expect(
      linesOf([
        { event: 'collection.warning', code: 'SAME_NAME', message },
        { event: 'file.replanned', input: 'a.tif', message: 'It was too slow.' },
        converted('a', [page('a', { notes: [note] })]),
      ]),
    ).toEqual([
      `warn: ${message}`,
      'warn: a.tif: It was too slow. Retrying with a cheaper plan',
      'warn: a.tif: Samples were scaled.',
      expect.stringMatching(/^result: a\.tif/),
    ]);
  });

  it.each([
    [{ psnr_db: 48.25, ssim: 0.99871 }, '48.3 dB, SSIM 0.9987'],
    [{ psnr_db: undefined, ssim: 1 }, 'identical pixels'],
  ])('show the likeness of a JPEG if it was measured (%j)', (likeness, text) => {
    const [line] = linesOf([converted('a', [page('a', { likeness })])]);
    expect(line).toMatch(new RegExp(`1000 ms, ${text}$`));
  });
});
