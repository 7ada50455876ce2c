/**
 * Returns a number that was reckoned, if it is finite and at least `least`. Throws `RangeError` otherwise: that is a fault
 * of ours, and whatever is compared or added with it would go wrong without a word.
 */
export function finite(what: string, value: number, least = 0): number {
  if (Number.isFinite(value) && value >= least) return value;
  throw new RangeError(`${what} must be a finite number of at least ${least}, and is ${value}`);
}
