import { createHash } from 'node:crypto';

/** One of `count` shares of a batch; `index` counts from 0. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/**
 * The most shards that a batch can have: AWS Batch and Cloud Run start at most 10 000 copies
 * (https://docs.aws.amazon.com/batch/latest/userguide/array_jobs.html,
 * https://cloud.google.com/run/docs/create-jobs).
 */
export const MOST_SHARDS = 10_000;

/**
 * What TIFFs that may want the same JPEG have in common: `map` for `map.tif`, `map.tiff`,
 * `map.tif.tif` and `map.page-2.tif`. One process has to see all of them, to give each its name.
 */
export function stemOf(key: string): string {
  return key.replace(/(?:\.tiff?|\.jpg|\.page-\d+)+$/i, '');
}

/**
 * The shard of a key: a hash of its stem, and of nothing else. So every process and every version
 * gives the same answer, whatever else is in the bucket.
 */
export function shardOf(key: string, count: number): number {
  // 48 bits: that the remainder favours some shards is below one in 10^10.
  return createHash('sha256').update(stemOf(key)).digest().readUIntBE(0, 6) % count;
}

/**
 * The shards of keys whose sizes are known once and for all: the largest goes where the fewest
 * bytes are. Every process must be given the same list. TIFFs with one stem stay together.
 */
export function balancedShards(
  listed: readonly { readonly key: string; readonly bytes: number }[],
  count: number,
): (key: string) => number {
  const bytesOfStem = new Map<string, number>();
  for (const { key, bytes } of listed)
    bytesOfStem.set(stemOf(key), (bytesOfStem.get(stemOf(key)) ?? 0) + bytes);
  // By name where sizes are equal: the order of the list does not matter.
  const largestFirst = [...bytesOfStem].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const loads = new Array<number>(count).fill(0);
  const shards = new Map<string, number>();
  for (const [stem, bytes] of largestFirst) {
    const index = indexOfLeast(loads);
    loads[index] = (loads[index] ?? 0) + bytes;
    shards.set(stem, index);
  }
  return (key) => shards.get(stemOf(key)) ?? shardOf(key, count);
}

function indexOfLeast(loads: readonly number[]): number {
  let least = 0;
  for (const [index, load] of loads.entries()) if (load < (loads[least] ?? 0)) least = index;
  return least;
}
