import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CollectionEvent } from '../../../src/lib/collection/events.ts';
import { jpegName } from '../../../src/lib/jpeg-name.ts';
import { runCollection } from '../../support/collections.ts';
import { randomNumbers } from '../../support/noise.ts';
import { useFolder } from '../../support/use-folder.ts';
import { mutate, oneOf, withoutPixels } from './mutate.ts';
import { type Original, originals } from './originals.ts';
import { fuzzSettings } from './settings.ts';

/** CI takes two folders; `npm run test:fuzz` as many as hold its mutants. */
const IN_A_FOLDER = 50;
const { count: MUTANTS, seed: SEED } = fuzzSettings({ count: 100, seed: 20_263 });
const COUNT = Math.ceil(MUTANTS / IN_A_FOLDER);
/**
 * Room for three of the smallest at most: what no number can be compared with would let all four
 * begin.
 */
const MEMORY_BYTES = 400 * 1024 ** 2;
const JOBS = 4;
const MOST_AT_ONCE = 3;
/** Of what is whole: at the beginning, in the middle and at the end of each folder. */
const WHOLE = ['000-whole.tif', '024-whole.tif', '999-whole.tif'] as const;

const folder = useFolder();

describe(`${COUNT} folders of ${IN_A_FOLDER} mutated TIFFs (ARKE_TEST_FUZZ_SEED=${SEED})`, () => {
  it('end for each file, and do not harm the sound files among them', async () => {
    const all = await originals();
    const whole = all.find(({ name }) => name === 'lzw') as Original;
    const alone = await folder.write('alone.tif', whole.bytes);
    await runCollection([alone], { keepRecord: false });
    const expected = await readFile(jpegName(alone));
    const problems: string[] = [];
    const ends: Record<string, number> = {};
    for (let number = 0; number < COUNT; number++) {
      const name = `${SEED + number}`;
      await folder.make(name);
      const paths = await write(name, all, whole);
      const most = { running: new Set<string>(), peak: 0 };
      const signal = AbortSignal.timeout(300_000);
      const run = await runCollection(paths, {
        signal,
        jobs: JOBS,
        keepRecord: false,
        budget: { memoryBytes: MEMORY_BYTES },
        onEvent: (event) => count(event, most),
      });
      if (signal.aborted) problems.push(`${name}: did not end`);
      if (most.peak > MOST_AT_ONCE || most.peak === 0)
        problems.push(`${name}: ${most.peak} at once`);
      for (const path of paths) {
        const file = `${name}/${basename(path)}`;
        const end = run.ends[basename(path)];
        const [told, message] =
          end?.status === 'failed' ? [end.error.code, end.error.message] : [end?.status, ''];
        ends[`${told}`] = (ends[`${told}`] ?? 0) + 1;
        if (!end || told === 'UNEXPECTED' || /NaN|Infinity/.test(message))
          problems.push(`${file}: ${told} ${message}`);
        if (existsSync(jpegName(path)) !== (end?.status === 'converted'))
          problems.push(`${file}: ${told}, and the JPEG says otherwise`);
        if (file.includes('without-pixels') && !message.includes('it has no pixels'))
          problems.push(`${file}: ${told} ${message}`);
        if (!file.includes('whole')) continue;
        const jpeg = await readFile(jpegName(path)).catch(() => undefined);
        if (!jpeg?.equals(expected)) problems.push(`${file}: ${told}, another picture ${message}`);
      }
      await rm(folder.path(name), { recursive: true });
    }
    console.info(`Files in hostile folders ended as: ${JSON.stringify(ends)}`);
    expect(problems).toEqual([]);
    expect(ends['converted']).toBeGreaterThan(COUNT * WHOLE.length);
  }, 7_200_000);
});

/** A folder of mutants, some without pixels, and whole TIFFs between them. */
async function write(name: string, all: readonly Original[], whole: Original): Promise<string[]> {
  const random = randomNumbers(Number(name));
  const one = () => oneOf(all, random);
  const files = new Map<string, Uint8Array>(WHOLE.map((file) => [file, whole.bytes]));
  for (let i = 1; i <= IN_A_FOLDER; i++) {
    const number = String(i).padStart(3, '0');
    const bare = i % 10 === 0 ? withoutPixels(one().bytes, random) : undefined;
    if (bare) files.set(`${number}-without-pixels.tif`, bare);
    else files.set(`${number}.tif`, mutate(one().bytes, random).bytes);
  }
  const sorted = [...files].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Promise.all(sorted.map(([file, bytes]) => folder.write(`${name}/${file}`, bytes)));
}

function count(event: CollectionEvent, most: { running: Set<string>; peak: number }): void {
  if (event.event === 'file.started') most.running.add(event.input);
  // What failed at its look never started.
  if (event.event === 'file.ended') most.running.delete(event.input);
  most.peak = Math.max(most.peak, most.running.size);
}
