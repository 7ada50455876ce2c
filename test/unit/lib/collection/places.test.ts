import { expect, it } from 'vitest';
import type { ConvertingTools, FurtherConverter } from '../../../../src/lib/collection/item.ts';
import { placesFor } from '../../../../src/lib/collection/places.ts';
import type { PlannedPages } from '../../../../src/lib/collection/plan-pages.ts';
import { defaultEncoderSettings } from '../../../../src/lib/convert/encoder-settings.ts';
import { openConverter } from '../../../../src/lib/convert/process/converter.ts';
import type { MadePage } from '../../../../src/lib/outputs/make-pages.ts';
import { useFolder } from '../../../support/use-folder.ts';

const folder = useFolder();
const made = {} as MadePage;

/** The places for pages that take so many seconds each, in a run that has room for one more. */
function placesOf(count: number, seconds: number) {
  const converter = openConverter(folder.root);
  const other = openConverter(folder.root);
  const asked: number[] = [];
  const released: boolean[] = [];
  const further = async (bytes: number): Promise<FurtherConverter> => {
    asked.push(bytes);
    const release = async (isWell: boolean) => {
      released.push(isWell);
    };
    return { converter: other, memoryBytes: 77, release };
  };
  const { signal } = new AbortController();
  const tools: ConvertingTools = { converter, budget: {}, signal, onReplan: () => {}, further };
  const plans = Array.from({ length: count }, (_, i) => ({
    page: i + 1,
    cpu_seconds: seconds,
    peak_bytes: 100 * (i + 1),
  }));
  const priced = plans.map(({ page }) => ({ name: `page ${page}` }));
  const planned = { plans, priced } as unknown as PlannedPages;
  const settings = { encoder: defaultEncoderSettings, pages: 'all' } as const;
  const places = placesFor(tools, planned, settings);
  const take = (page: number) => places.take({ page, output: '', jpeg: '' });
  return { take, converter, other, asked, released };
}

it('a TIFF’s further pages go to another process while the run has room, each in its own memory', async () => {
  const { take, converter, other, asked, released } = placesOf(4, 1);
  const first = await take(1);
  const second = await take(2);
  const [ownPrices, otherPrices] = [{ name: 'page 1' }, { name: 'page 2' }];
  expect(first?.making).toMatchObject({ converter, budget: {}, priced: ownPrices });
  expect(second?.making).toMatchObject({
    converter: other,
    budget: { memoryBytes: 77 },
    priced: otherPrices,
  });
  expect(asked).toEqual([200]);
  await first?.release(made);
  // Its own process is free again, and needs no room.
  expect((await take(3))?.making.converter).toBe(converter);
  expect(asked).toEqual([200]);
  await second?.release(undefined);
  expect(released).toEqual([false]);
});

it('no other process is started for what is done before it is ready', async () => {
  const { take, asked } = placesOf(4, 0.1);
  await take(1);
  expect(await take(2)).toBeUndefined();
  expect(asked).toEqual([]);
});

it('the work that is left does not become less where a page finds no file, or fails', async () => {
  const { take, asked } = placesOf(3, 1);
  for (let look = 0; look < 5; look++) await (await take(1))?.release(undefined);
  await take(1);
  expect(await take(2)).toBeDefined();
  expect(asked).toEqual([200]);
});
