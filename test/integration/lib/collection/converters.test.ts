import { mkdtemp } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type Converters, openConverters } from '../../../../src/lib/collection/converters.ts';
import type { Converter } from '../../../../src/lib/convert/process/converter.ts';
import { useFolder } from '../../../support/use-folder.ts';

const folder = useFolder();
let pool: Converters;
afterEach(() => pool.close());

/** So many processes that are ready. */
async function ready(count: number): Promise<Converter[]> {
  pool = openConverters(await mkdtemp(folder.path('pool-')));
  const taken = await Promise.all(Array.from({ length: count }, () => pool.take(0)));
  for (const one of taken) await one.versions();
  return taken;
}

const heldBy = (converters: readonly Converter[]) =>
  converters.reduce((sum, one) => sum + one.heldBytes(), 0);

describe('the conversion processes of a run', () => {
  it.each([
    ['less than it holds', 1, false],
    ['as much as it holds', 0, true],
  ])(
    'go to work that is given %s: %i byte less, and it is the same: %s',
    async (_, less, stays) => {
      const [one] = await ready(1);
      const held = one?.heldBytes() ?? 0;
      expect(held).toBeGreaterThan(20e6);
      if (one) await pool.giveBack(one, 0);
      expect((await pool.take(held - less)) === one).toBe(stays);
      expect(one?.heldBytes()).toBe(stays ? held : 0);
    },
  );

  it('stay idle in what nobody else has been given, by what they really hold', async () => {
    const all = await ready(3);
    const held = heldBy(all);
    for (const one of all) await pool.giveBack(one, 0);
    await pool.keepIdle(held);
    expect(heldBy(all)).toBe(held);
    await pool.keepIdle(held - 1);
    expect(all.map((one) => one.heldBytes() > 0)).toEqual([false, true, true]);
    await pool.keepIdle(-1);
    expect(heldBy(all)).toBe(0);
  });
});
