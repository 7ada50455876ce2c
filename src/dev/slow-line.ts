import { setTimeout as wait } from 'node:timers/promises';
import { sinceStart } from '../lib/clock.ts';

/** Size of the pieces of a slow body, in bytes, so that it flows steadily. */
const PIECE_BYTES = 16 * 1024;

/** A line that all bodies share while it is slow. */
export interface SlowLine {
  /** The body, at the line's speed while `isSlow`, otherwise unchanged. */
  through(body: AsyncIterable<Uint8Array>, isSlow: () => boolean): AsyncGenerator<Uint8Array>;
}

/** A line of so many bytes per second. */
export function createSlowLine(bytesPerSecond: number): SlowLine {
  // When everything sent so far will be through, in milliseconds of `sinceStart`.
  let busyUntil = 0;
  const pass = async (bytes: number) => {
    busyUntil = Math.max(busyUntil, sinceStart()) + (bytes / bytesPerSecond) * 1000;
    await wait(busyUntil - sinceStart());
  };
  return {
    async *through(body, isSlow) {
      for await (const chunk of body) {
        for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
          const piece = chunk.subarray(at, at + PIECE_BYTES);
          if (isSlow()) await pass(piece.length);
          yield piece;
        }
      }
    },
  };
}
