import { mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defaultEncoderSettings } from '../../../../src/lib/convert/encoder-settings.ts';
import { planConversion } from '../../../../src/lib/convert/plan/plan.ts';
import { readable } from '../../../../src/lib/convert/plan/readable.ts';
import { openConverter } from '../../../../src/lib/convert/process/converter.ts';
import { tiffPages } from '../../../../src/lib/convert/tiff-pages.ts';
import type { MadePage } from '../../../../src/lib/outputs/make-pages.ts';
import type { MakingTask } from '../../../../src/lib/task/conversion.ts';
import { openTaskPlaces } from '../../../../src/lib/task/places.ts';
import { headerOf } from '../../../support/tiff-headers.ts';
import { makeTiff } from '../../../support/tiff-writer.ts';
import { useFolder } from '../../../support/use-folder.ts';

const folder = useFolder();

/** Places for a task of so many pages, on two cores and in the memory of so many of them. */
async function placesOf({
  count = 0,
  side = 2_000,
  sides = Array.from({ length: count }, () => side),
  memories = 9,
  atOnce = 2,
}: {
  readonly count?: number;
  readonly side?: number;
  readonly sides?: readonly number[];
  readonly memories?: number;
  readonly atOnce?: number;
}) {
  // The data of an empty file are enough for what is planned.
  const page = { samplesPerPixel: 1, photometric: 1 };
  const header = await headerOf(
    makeTiff(
      ...sides.map((one) => ({ ...page, width: one, height: one, data: new Uint8Array(one ** 2) })),
    ),
  );
  const encoder = defaultEncoderSettings;
  const limits = { memoryBytes: 1e12, cpuSeconds: 1e9, seconds: 1e9, diskBytes: 1e12 };
  const pages = tiffPages(header, 'scan.tif');
  const plan = planConversion(readable(pages.numbered(1), pages.file), limits, encoder);
  const root = await mkdtemp(folder.path('task-'));
  const converter = openConverter(root);
  const numbers = sides.map((_, i) => i + 1);
  const signal = new AbortController().signal;
  const task = {
    settings: { encoder, pages: 'all' },
    options: { log: () => {} },
    deadlines: { conversion: { signal } },
    converter,
  } as unknown as MakingTask;
  const places = openTaskPlaces(
    task,
    {
      tiff: { header, name: 'scan.tif', file: 'scan.tif', numbers: [1, ...numbers.slice(1)] },
      numbers,
      further: (number) => (number === 1 ? undefined : number),
      budget: { memoryBytes: Math.ceil(plan.memoryBytes * memories) },
      pathOf: (name) => join(root, name),
    },
    atOnce,
  );
  const take = (number: number) => places.take({ page: number, output: '', jpeg: '' });
  const processes = async () => (await readdir(root)).filter((name) => /^process-/.test(name));
  return { take, converter, plan, processes };
}

const made = { conversion: { cpuSeconds: 1 } } as unknown as MadePage;

it('pages of a task are made two at once, each with the memory that the other leaves', async () => {
  const { take, converter, plan, processes } = await placesOf({ count: 9, memories: 2.5 });
  const first = await take(1);
  const second = await take(2);
  expect(first?.making.converter).toBe(converter);
  expect(second?.making.converter).not.toBe(converter);
  expect(second?.making.budget?.memoryBytes).toBeCloseTo(plan.memoryBytes * 1.5, -1);
  // No third on two cores; and one process is used again and again.
  expect(await take(3)).toBeUndefined();
  await second?.release(made);
  const third = await take(3);
  expect(third?.making.converter).toBe(second?.making.converter);
  expect(await processes()).toHaveLength(1);
});

it('what idle processes hold counts as memory: they end where a page would lack it', async () => {
  const sides = [2_000, 2_000, 500, 2_000, 500, 2_000, 2_000, 2_000];
  const { take, processes } = await placesOf({ sides, memories: 2.9, atOnce: 3 });
  await take(1);
  const [large, small] = [await take(2), await take(3)];
  await small?.release(made);
  await large?.release(made);
  // This one gets the process of the small page, beside which that of the large one has no room.
  expect((await take(4))?.making.converter).toBe(small?.making.converter);
  expect(await processes()).toHaveLength(2);
  expect((await take(5))?.making.converter).not.toBe(large?.making.converter);
  expect(await processes()).toHaveLength(3);
});

it.each([
  ['on one core', { count: 9, atOnce: 1 }],
  ['where two do not fit into the memory', { count: 9, memories: 1.9 }],
  ['where what is left is not worth another process', { count: 9, side: 100 }],
])('pages of a task are made one after the other %s, in one process', async (_, setup) => {
  const { take, converter, processes } = await placesOf(setup);
  for (const number of [1, 2, 3]) {
    const place = await take(number);
    expect(place?.making.converter).toBe(converter);
    expect(await take(number + 1)).toBeUndefined();
    await place?.release(made);
  }
  expect(await processes()).toEqual([]);
});

it('a single page gets all the memory and time of the task', async () => {
  const { take, converter, plan } = await placesOf({ count: 1, memories: 1.5 });
  const place = await take(1);
  expect(place?.making.converter).toBe(converter);
  expect(place?.making.budget?.memoryBytes).toBe(Math.ceil(plan.memoryBytes * 1.5));
});
