import { addAbortSignal, finished, type Readable } from 'node:stream';
import type { Pieces } from './pieces.ts';

/** The body of an answer, of which nothing is lost that arrived. */
export interface Body {
  /** All that has come since it was last asked for, or comes next; ends when the body does, in whatever way. */
  readonly pieces: AsyncIterable<Pieces>;
  /** Why it ended before its end, once it has. */
  problem(): unknown;
  abortOn(signal: AbortSignal): void;
  /** Drops what was not read, and the connection with it if more would have come. */
  destroy(): void;
}

/** Bytes of one body that may wait for the disk, or to be asked for; with eight bodies at once some MiB. */
const WAITING_BYTES = 1024 * 1024;

/**
 * Begins to take a body in. Read by itself, a stream that breaks off would drop what it had received
 * and nobody had read yet, and it would have to be asked for again.
 */
export function receiveBody(stream: Readable): Body {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  let problem: unknown;
  let ended = false;
  let wake = () => {};
  stream.on('data', (piece: Buffer) => {
    waiting.push(piece);
    bytes += piece.length;
    if (bytes >= WAITING_BYTES) stream.pause();
    wake();
  });
  finished(stream, (error) => {
    problem = error;
    ended = true;
    wake();
  });
  async function* pieces() {
    while (waiting.length > 0 || !ended) {
      if (waiting.length === 0)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      const arrived = waiting;
      waiting = [];
      bytes = 0;
      stream.resume();
      if (arrived.length > 0) yield arrived;
    }
  }
  return {
    pieces: pieces(),
    problem: () => problem,
    abortOn: (signal) => {
      addAbortSignal(signal, stream);
    },
    destroy() {
      stream.destroy();
      waiting = [];
    },
  };
}
