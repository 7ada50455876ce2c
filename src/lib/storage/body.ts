import { addAbortSignal, finished, PassThrough, type Readable } from 'node:stream';

/** The body of an answer, of which nothing is lost that arrived. */
export interface Body {
  /** Ends when the body does, in whatever way. */
  readonly bytes: AsyncIterable<Buffer>;
  /** Why it ended before its end, once it has. */
  problem(): unknown;
  abortOn(signal: AbortSignal): void;
  /** Drops what was not read, and the connection with it if more would have come. */
  destroy(): void;
}

/** Bytes of one body that may wait for the disk, or to be asked for; with four bodies at once a few MiB. */
const WAITING_BYTES = 1024 * 1024;

/**
 * Begins to take a body in. Read by itself, a stream that breaks off would drop what it had received
 * and nobody had read yet, and it would have to be asked for again.
 */
export function receiveBody(stream: Readable): Body {
  const bytes = new PassThrough({ highWaterMark: WAITING_BYTES });
  let problem: unknown;
  finished(stream, (error) => {
    problem = error;
    bytes.end();
  });
  stream.pipe(bytes, { end: false });
  return {
    bytes,
    problem: () => problem,
    abortOn: (signal) => {
      addAbortSignal(signal, stream);
    },
    destroy() {
      stream.destroy();
      bytes.destroy();
    },
  };
}
