import { expect, it } from 'vitest';
import { planPages } from '../../../../src/lib/collection/plan-pages.ts';
import { defaultEncoderSettings } from '../../../../src/lib/convert/encoder-settings.ts';
import type { TiffHeader } from '../../../../src/lib/convert/header/tiff-header.ts';
import { notesBesides } from '../../../../src/lib/convert/notes-on-pages.ts';
import { openPage } from '../../../../src/lib/convert/open-page.ts';
import { tiffPages } from '../../../../src/lib/convert/tiff-pages.ts';
import { sharedBudgets } from '../../../../src/lib/task/page-budget.ts';
import { grey } from '../../../support/paged-tiffs.ts';
import { headerOf } from '../../../support/tiff-headers.ts';
import { makeTiff } from '../../../support/tiff-writer.ts';

/** How often a directory of the list is looked at while `work` opens all of so many pages. */
async function looksAtPages(
  count: number,
  work: (header: TiffHeader, numbers: [number, ...number[]]) => unknown,
): Promise<number> {
  const header = await headerOf(makeTiff(...Array.from({ length: count }, () => grey(8, 8, 1))));
  let looks = 0;
  const pages = new Proxy(header.pages, {
    get: (list, key, self) => {
      if (typeof key === 'string' && /^\d+$/.test(key)) looks++;
      return Reflect.get(list, key, self);
    },
  });
  const others = Array.from({ length: count - 1 }, (_, i) => i + 2);
  await work({ ...header, pages }, [1, ...others]);
  return looks;
}

const limits = { memoryBytes: 1e9, cpuSeconds: 1e9, seconds: 1e9, diskBytes: 1e9 };

it.each<[string, Parameters<typeof looksAtPages>[1]]>([
  [
    'opened, with what is to be said of it',
    async (header, numbers) => {
      const tiff = tiffPages(header, 'scan.tif');
      for (const page of numbers) notesBesides(await openPage('scan.tif', { tiff, page }), page);
    },
  ],
  [
    'planned in a collection',
    (header, numbers) =>
      planPages(
        { header, numbers },
        {
          name: 'scan.tif',
          outputs: numbers.map((page) => `scan.page-${page}.jpg`),
          pages: 'all',
          encoder: defaultEncoderSettings,
          limits,
          verify: true,
        },
      ),
  ],
  [
    'given its part of a task’s time',
    (header, numbers) => {
      const budgets = sharedBudgets({}, numbers, tiffPages(header, 'scan.tif'));
      for (const number of numbers) {
        budgets.next(number, 1);
        budgets.begin(number)(1);
      }
    },
  ],
])(
  'a page is %s without reading all others: twice the pages are twice the reads',
  async (_, work) => {
    const [some, twice] = [await looksAtPages(40, work), await looksAtPages(80, work)];
    expect(twice).toBeLessThanOrEqual(2 * some);
  },
);
