import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { drawOriginal, mutate, withoutPixels } from './mutate.ts';
import { originals } from './originals.ts';

const SEEDS = 200;

/** Each original, and the mutants of some seeds, made anew: what they are, and their bytes. */
async function make(): Promise<string[]> {
  const all = await originals();
  const mutants = Array.from({ length: SEEDS }, (_, seed) => {
    const [{ name, bytes }, random] = drawOriginal(all, seed);
    const { how, bytes: mutated } = mutate(bytes, random);
    const bare = withoutPixels(bytes, random);
    return `${seed}: ${name}, ${how}: ${digest(mutated)} ${bare ? digest(bare) : ''}`;
  });
  return [...all.map(({ name, bytes }) => `${name}: ${digest(bytes)}`), ...mutants];
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

it('one seed makes the same mutants each time', async () => {
  const first = await make();
  expect(new Set(first).size).toBeGreaterThan(SEEDS);
  expect(await make()).toEqual(first);
});
