/** The progress of a download. */
export interface Arrived {
  readonly bytes: number;
  /**
   * For how long bytes have arrived, in milliseconds, without waits for answers or between
   * attempts.
   */
  readonly transferMs: number;
}

/**
 * A longer pause between two pieces does not count as transfer: an attempt has failed or stalled.
 * In milliseconds.
 */
const LONGEST_PAUSE_MS = 250;

/** Counts arriving bytes from the first piece on, by a clock in milliseconds. */
export function watchArrival(now: () => number): {
  readonly count: (bytes: number) => void;
  readonly arrived: () => Arrived;
} {
  let bytes = 0;
  let transferMs = 0;
  let last: number | undefined;
  return {
    count(more) {
      const at = now();
      transferMs += Math.min(at - (last ?? at), LONGEST_PAUSE_MS);
      bytes += more;
      last = at;
    },
    arrived: () => ({ bytes, transferMs }),
  };
}

/** Before bytes have arrived for this long, their rate is noise. In milliseconds. */
const FIRST_LOOK_MS = 200;

/**
 * Whether a download of this many bytes, at its current rate, finishes in this many milliseconds;
 * true while nothing is known.
 */
export function willArrive(
  { bytes, transferMs }: Arrived,
  ofBytes: number,
  msLeft: number,
): boolean {
  if (transferMs < FIRST_LOOK_MS) return true;
  return ((ofBytes - bytes) * transferMs) / bytes <= msLeft;
}
