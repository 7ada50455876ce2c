import { inParentheses, messageOf, StorageError } from '../errors.ts';
import type { Storage } from './client.ts';
import {
  attemptRequest,
  type ObjectInfo,
  type RequestAttempt,
  type RequestOptions,
} from './objects.ts';
import { lengthOf, type Pieces, partOf } from './pieces.ts';
import { type ByteRange, type RangeAnswer, requestRange } from './ranges.ts';

/** One range of one version of an object, and its destination. */
export interface ObjectSegment {
  readonly storage: Storage;
  readonly info: ObjectInfo;
  readonly range: ByteRange;
  readonly write: (pieces: Pieces, position: number) => Promise<void>;
  /** The answer that brings its bytes, if already requested. */
  readonly waiting?: RangeAnswer | undefined;
}

/**
 * After an attempt that brought this many bytes, attempts are counted from 1 again: the connection
 * is bad, but the download progresses. That happens at most once per MiB of the segment, so a
 * server that always breaks off cannot hold it forever.
 */
const PROGRESS_BYTES = 1024 * 1024;

/**
 * Downloads a segment. If an attempt breaks off or stalls, the next one requests what is still
 * missing. Throws `StorageError` (`PRECONDITION_FAILED` if the object has changed) or what `write`
 * throws.
 */
export async function fetchSegment(segment: ObjectSegment, options: RequestOptions): Promise<void> {
  const { storage, info, range } = segment;
  const request = { storage, key: info.key, action: 'read' } as const;
  let { waiting } = segment;
  let { start } = range;
  while (start < range.end) {
    await attemptRequest(request, options, async (attempt) => {
      const missing = { start, end: range.end };
      const answer = waiting ?? (await requestRange(storage, info.key, missing, attempt, info));
      waiting = undefined;
      const read = await readBody(answer, missing, segment, attempt);
      start = read.reached;
      if (!('problem' in read)) return;
      options.signal?.throwIfAborted();
      const error = brokenOff(info, start, read.problem);
      if (start - missing.start < PROGRESS_BYTES) throw error;
      options.onRetry?.({ attempt: attempt.number, error, delayMs: 0 });
    });
  }
}

/** The bytes of a segment, in memory. Throws like `fetchSegment`. */
export async function fetchBytes(
  segment: Omit<ObjectSegment, 'write'>,
  options: RequestOptions,
): Promise<Uint8Array> {
  const { start, end } = segment.range;
  const bytes = new Uint8Array(end - start);
  const write = async (pieces: Pieces, position: number) => {
    let at = position - start;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
  };
  await fetchSegment({ ...segment, write }, options);
  return bytes;
}

/** How far a range was read, and why it stopped. */
interface BodyRead {
  readonly reached: number;
  readonly problem?: unknown;
}

/** Writes a body as far as it arrives. Throws only what `write` throws. */
async function readBody(
  answer: RangeAnswer,
  wanted: ByteRange,
  { write }: ObjectSegment,
  { watch, patience }: RequestAttempt,
): Promise<BodyRead> {
  const { body } = answer;
  body.abortOn(watch.signal);
  let position = answer.start;
  let reached = wanted.start;
  try {
    watch.expect('further bytes', patience.stallMs);
    for await (const pieces of body.pieces) {
      watch.rest();
      const end = position + lengthOf(pieces);
      // A server that sends more than announced may have sent something else: start again.
      if (end > answer.end)
        return { reached: wanted.start, problem: new Error('more bytes came than R2 had said') };
      // An answer with the whole object begins before the range and ends after it.
      const from = Math.max(position, wanted.start);
      const to = Math.min(end, wanted.end);
      if (from < to) await write(partOf(pieces, from - position, to - position), from);
      if (to > reached) reached = to;
      position = end;
      if (watch.signal.aborted || (reached === wanted.end && answer.end > wanted.end)) break;
      watch.expect('further bytes', patience.stallMs);
    }
    if (reached === wanted.end) return { reached };
    if (watch.signal.aborted) return { reached, problem: watch.signal.reason };
    return { reached, problem: body.problem() ?? new Error('the answer ended') };
  } finally {
    body.destroy();
  }
}

function brokenOff({ key, size }: ObjectInfo, reached: number, cause: unknown): StorageError {
  return new StorageError(
    'BROKEN_TRANSFER',
    `The download of "${key}" broke off at byte ${reached} of ${size} ${inParentheses(messageOf(cause))}. Try again.`,
    { cause, retryable: true },
  );
}
