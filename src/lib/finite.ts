/**
 * Returns a computed number if it is finite and at least `least`. Throws `RangeError` otherwise:
 * that is a bug, and would silently corrupt every comparison and sum.
 */
export function finite(what: string, value: number, least = 0): number {
  if (Number.isFinite(value) && value >= least) return value;
  throw new RangeError(`${what} must be a finite number of at least ${least}, and is ${value}`);
}
