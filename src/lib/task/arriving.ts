/** How far a download has got. */
export interface Arrived {
  readonly bytes: number;
  /** For how long bytes have been coming, in milliseconds: no wait for an answer, none between two attempts. */
  readonly transferMs: number;
}

/** A longer pause between two pieces is none of the transfer's: an attempt has failed, or stalls. In milliseconds. */
const LONGEST_PAUSE_MS = 250;

/** Counts what arrives from the first piece on, by a clock of milliseconds. */
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

/** Before bytes have been coming for so long, their rate is noise. In milliseconds. */
const FIRST_LOOK_MS = 200;

/** Whether a download of so many bytes that goes on as it has come so far is done in so many milliseconds; true while nothing is known. */
export function willArrive(
  { bytes, transferMs }: Arrived,
  ofBytes: number,
  msLeft: number,
): boolean {
  if (transferMs < FIRST_LOOK_MS) return true;
  return ((ofBytes - bytes) * transferMs) / bytes <= msLeft;
}
