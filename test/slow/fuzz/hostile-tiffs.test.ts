import { copyFile, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openConverter } from '../../../src/lib/convert/process/converter.ts';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { hasSharedTiffs, noSharedTiffs } from '../../support/shared-tiffs.ts';
import { type Bench, check, pixelsOf } from './check.ts';
import { drawOriginal, mutate } from './mutate.ts';
import { type Original, originals } from './originals.ts';
import { fuzzSettings } from './settings.ts';

const { count: COUNT, seed: SEED } = fuzzSettings({ count: 2_000, seed: 20_260 });
const BENCHES = 2;
/** Ends that are answers, but that somebody should look at. */
const REMARKABLE = ['CRASHED', 'UNRESPONSIVE', 'deadline'];

let folder: TestFolder;
const benches: Bench[] = [];
beforeAll(async () => {
  folder = await makeFolder();
  for (let i = 0; i < BENCHES; i++) {
    const converter = openConverter(await folder.make(`${i}`));
    benches.push({ converter, input: folder.path(`${i}.tif`), output: folder.path(`${i}.jpg`) });
  }
  if (!hasSharedTiffs) console.warn(`Mutated without real ones: ${noSharedTiffs}.`);
});
afterAll(async () => {
  await Promise.all(benches.map(({ converter }) => converter.close()));
  await folder.remove();
});

describe(`${COUNT} mutated TIFFs (ARKE_TEST_FUZZ_SEED=${SEED})`, () => {
  it('become a whole JPEG or a typed error, in time, and leave nothing else', async () => {
    const all = await originals();
    const wholes = new Map<Original, Promise<Buffer | undefined>>();
    const ends: Record<string, number> = {};
    const problems: string[] = [];
    let next = 0;
    await Promise.all(
      benches.map(async (bench) => {
        for (let index = next++; index < COUNT; index = next++) {
          const [original, random] = drawOriginal(all, SEED + index);
          const mutant = mutate(original.bytes, random);
          if (mutant.truncated && !wholes.has(original))
            wholes.set(original, pixelsOf(original.bytes, bench));
          const { end, problem } = await check(mutant, bench, await wholes.get(original));
          ends[end] = (ends[end] ?? 0) + 1;
          const told = `seed ${SEED + index}, ${original.name}: ${mutant.how}`;
          if (problem) problems.push(`${told}: ${problem}`);
          if (REMARKABLE.includes(end)) console.warn(`${end}: ${told}`);
          const { ARKE_TEST_FUZZ_KEEP: keep } = process.env;
          if (keep && (problem || REMARKABLE.includes(end)))
            await copyFile(bench.input, `${keep}/${SEED + index}.tif`);
          await rm(bench.output, { force: true });
        }
      }),
    );
    console.info(`Mutated TIFFs ended as: ${JSON.stringify(ends)}`);
    expect(problems).toEqual([]);
    expect(ends['converted']).toBeGreaterThan(COUNT / 20);
  }, 3_600_000);
});
