import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { useCollections } from '../../../support/collection-folders.ts';
import { outputsIn, type RunChanges, runCollection } from '../../../support/collections.ts';
import { grey } from '../../../support/paged-tiffs.ts';
import { childrenOf } from '../../../support/processes.ts';
import { makeTiff } from '../../../support/tiff-writer.ts';

const collectionOf = useCollections();
/** Worth a second process, by their size: more than half a second of work after the first. */
const large = makeTiff(...Array.from({ length: 4 }, (_, i) => grey(1_400, 1_400, 60 * i)));
const small = makeTiff(...Array.from({ length: 40 }, (_, i) => grey(16 + i, 8, i)));

/** Converts all pages, and tells how many conversion processes there were, and what was made. */
async function convertAll(tiff: Buffer, changes: RunChanges) {
  const { inputs } = await collectionOf({ 'scan.tif': tiff });
  const processes = new Set<number>();
  const look = setInterval(() => {
    for (const pid of childrenOf(process.pid, 'child.')) processes.add(pid);
  }, 50);
  const run = await runCollection(inputs, { pages: 'all', ...changes });
  clearInterval(look);
  const ended = run.ends['scan.tif'];
  const pages = ended?.status === 'converted' ? ended.pages.map(({ page }) => page) : [];
  return { processes: processes.size, pages, jpegs: await outputsIn(dirname(inputs[0] ?? '')) };
}

it('pages of one TIFF are made by as many processes as there are jobs, with the same JPEGs', async () => {
  const two = await convertAll(large, { jobs: 2 });
  const one = await convertAll(large, { jobs: 1 });
  expect([two.processes, one.processes]).toEqual([2, 1]);
  expect([two.pages, one.pages]).toEqual([
    [1, 2, 3, 4],
    [1, 2, 3, 4],
  ]);
  expect(two.jpegs).toEqual(one.jpegs);
});

it.each([
  ['for which two have no memory', large, { budget: { memoryBytes: 160 * 2 ** 20 } }],
  ['that take less time than its start', small, {}],
])('no other process is started for pages %s', async (_, tiff, changes) => {
  const { processes, pages } = await convertAll(tiff, { jobs: 2, ...changes });
  expect(processes).toBe(1);
  expect(pages.length).toBeGreaterThan(3);
});
