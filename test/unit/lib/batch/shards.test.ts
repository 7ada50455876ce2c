import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balancedShards, shardOf } from '../../../../src/lib/batch/shards.ts';

const aKey = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
const aCount = fc.integer({ min: 1, max: 10_000 });

describe('the shard of a key', () => {
  it('is one of those that there are', () => {
    fc.assert(
      fc.property(aKey, aCount, (key, count) => {
        const shard = shardOf(key, count);
        return Number.isInteger(shard) && shard >= 0 && shard < count;
      }),
    );
  });

  it('is the same in every version of the program', () => {
    // Runs of two versions may share a batch: these figures must never change.
    expect(
      ['staging/a/scan1.tif', 'staging/a/scan2.tif', 'Straße.tif'].map((k) => shardOf(k, 1000)),
    ).toEqual([207, 489, 620]);
  });

  it.each(['map.tiff', 'map.TIF', 'map.tif.tif', 'map.page-2.tif', 'map.tif.jpg'])(
    'is that of map.tif for %s, which may want the same JPEG',
    (other) => {
      for (const count of [2, 3, 64, 9_973])
        expect(shardOf(other, count)).toBe(shardOf('map.tif', count));
    },
  );

  it('spreads names that differ in a number alone', () => {
    const loads = new Array<number>(8).fill(0);
    for (let i = 0; i < 8_000; i++) {
      const shard = shardOf(`staging/box/scan_${i}.tif`, 8);
      loads[shard] = (loads[shard] ?? 0) + 1;
    }
    expect(Math.min(...loads)).toBeGreaterThan(900);
    expect(Math.max(...loads)).toBeLessThan(1_100);
  });
});

describe('shards that are balanced by bytes', () => {
  const aList = fc.array(fc.record({ key: aKey, bytes: fc.nat(1e9) }), { minLength: 1 });

  it('do not depend on the order of the list', () => {
    fc.assert(
      fc.property(aList, aCount, (list, count) => {
        const [one, other] = [
          balancedShards(list, count),
          balancedShards(list.toReversed(), count),
        ];
        return list.every(({ key }) => one(key) === other(key));
      }),
      { numRuns: 30 },
    );
  });

  it('differ by no more than the largest TIFF', () => {
    const sizes = [900, 500, 400, 300, 300, 200, 100, 100];
    const list = sizes.map((bytes, i) => ({ key: `${i}.tif`, bytes }));
    const indexOf = balancedShards(list, 3);
    const loads = [0, 1, 2].map((shard) =>
      list.reduce((sum, { key, bytes }) => sum + (indexOf(key) === shard ? bytes : 0), 0),
    );
    expect(loads.toSorted((a, b) => a - b)).toEqual([900, 900, 1000]);
  });

  it('keep TIFFs together that may want the same JPEG', () => {
    const names = ['a.tif', 'a.tiff', 'b.tif', 'b.tiff'];
    const indexOf = balancedShards(
      names.map((key) => ({ key, bytes: 10 })),
      4,
    );
    expect(indexOf('a.tif')).toBe(indexOf('a.tiff'));
    expect(indexOf('b.tif')).toBe(indexOf('b.tiff'));
    expect(indexOf('a.tif')).not.toBe(indexOf('b.tif'));
  });
});
