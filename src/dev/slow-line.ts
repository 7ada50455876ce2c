import { setTimeout as wait } from 'node:timers/promises';
import { sinceStart } from '../lib/clock.ts';

/** What a body is sent in while the line is slow, in bytes: so that it flows and does not stutter. */
const PIECE_BYTES = 16 * 1024;

/** A line that all bodies share while it is slow. */
export interface SlowLine {
  /** The body, as fast as the line is while `isSlow`, else as it comes. */
  through(body: AsyncIterable<Uint8Array>, isSlow: () => boolean): AsyncGenerator<Uint8Array>;
}

/** A line of so many bytes per second. */
export function createSlowLine(bytesPerSecond: number): SlowLine {
  // Milliseconds of `sinceStart` when all that was given to the line will be through.
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
