import { addAbortSignal, finished, type Readable } from 'node:stream';
import type { Pieces } from './pieces.ts';

/** The body of an answer, without losing anything that arrived. */
export interface Body {
  /**
   * Everything that has arrived since the last read, or arrives next; ends with the body, for any
   * reason.
   */
  readonly pieces: AsyncIterable<Pieces>;
  /** Why it ended early, once it has. */
  problem(): unknown;
  abortOn(signal: AbortSignal): void;
  /** Drops the unread part, and the connection if more would have come. */
  destroy(): void;
}

/**
 * Bytes of one body that may wait for the disk or the reader; with eight bodies at once some MiB.
 */
const WAITING_BYTES = 1024 * 1024;

/**
 * Starts reading a body. A stream that breaks off would discard unread data, which would have to be
 * requested again.
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
