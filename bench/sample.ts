/** What a run of the bench tells, and what many of them tell together. */

/** What a run took. Milliseconds count from the start of the process. */
export interface Sample {
  /** When it was, in milliseconds since the bench began. */
  readonly at: number;
  readonly wallMs: number;
  /** Of all processes. */
  readonly cpuSeconds: number;
  /** Of all processes together, in MB of 1024 × 1024 bytes. */
  readonly peakMB: number;
  readonly firstRequestMs: number;
  /** Not told by a download. */
  readonly callbackMs: number | undefined;
}

/** What can be told of a run. */
export type Measure = Exclude<keyof Sample, 'at'>;

/** Of one measure over all runs. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** Throws RangeError when there are no values. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  if (sorted.length === 0) throw new RangeError('Nothing was measured.');
  const middle = sorted.length / 2;
  return {
    min: at(0),
    median: (at(Math.ceil(middle) - 1) + at(Math.floor(middle))) / 2,
    max: at(sorted.length - 1),
  };
}
