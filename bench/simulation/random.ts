/** Chance that can be repeated. */

/** Numbers from 0 up to 1, always the same for a seed: mulberry32. */
export type Random = () => number;

/** A source of them. */
export function seededRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of the values, each as likely as the others. */
export function choose<Value>(values: readonly Value[], random: Random): Value {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('There is nothing to choose from.');
  return value;
}

/** Half of what is drawn is less than `median`, and one in twenty is more than `p95`. */
export interface Spread {
  readonly median: number;
  readonly p95: number;
}

/** Standard deviations from the middle that one in twenty of the normal distribution is above. */
const P95 = 1.645;

/** From a log-normal distribution: never negative, with a long tail, as waits of machines are. */
export function drawSpread({ median, p95 }: Spread, random: Random): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return median * Math.exp((Math.log(p95 / median) / P95) * normal);
}
