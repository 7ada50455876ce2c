/*
 * The conversion process: a separate child, so that a crash, a hang or the kernel's OOM killer
 * costs only one conversion. This file supervises it (`child-process.ts` starts it), `child.ts` is
 * its main file, and `../messages.ts` defines what they send each other: paths and settings in,
 * progress and results out.
 *
 * It gets no arguments and nothing of the parent's environment, is first in line when the kernel
 * needs memory, and notices when its parent is gone. It is started early, while a TIFF still
 * downloads, and may convert one TIFF after the other. A process that does not get ready is started
 * once more; one that is silent is killed (`silence.ts`). It is replaced after a TIFF that failed
 * or was damaged, and if it holds more memory than the plan of its next one predicts.
 */
import { ConversionError, type ConversionErrorCode, systemCodeOf } from '../../errors.ts';
import { orAborted } from '../../stop.ts';
import { speaksOfMemory } from '../memory-words.ts';
import type {
  ConversionNote,
  ConversionReply,
  ConversionRequest,
  ConversionResults,
  Cost,
  RequestKind,
  SentRequest,
} from '../messages.ts';
import { whatRanOut } from '../ran-out.ts';
import { type Child, type ChildEnd, startChild } from './child-process.ts';
import { withPlainPaths } from './plain-paths.ts';
import { removeScratch, scratchIn } from './scratch.ts';
import { watchSilence } from './silence.ts';

/** The result of a request, and its cost. */
export type Made<Kind extends RequestKind = 'jpeg'> = ConversionResults[Kind] & Cost;

/** How a request is supervised. */
export interface Watch {
  /** Ends it; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Predicted memory, in bytes; defaults to `IDLE_BYTES`. */
  readonly memoryBytes?: number | undefined;
  /**
   * Bytes that the process may hold after rewriting the page (`heldBetween`); defaults to
   * `IDLE_BYTES`.
   */
  readonly mayHold?: number | undefined;
  /** Called for each sign of life; `false` ends the request with `TOO_SLOW`. */
  readonly onProgress?: (cost: Cost) => boolean;
  /** How long the process may be silent, in milliseconds; defaults to `SILENCE_MS`. */
  readonly silenceMs?: number | undefined;
}

/** A process that converts one TIFF after the other; replaced by a new one when it ends. */
export interface Converter {
  /** The folder for the process's temporary files, and nobody else's. */
  readonly temporaryFolder: string;
  /** The memory that its process holds between requests, in bytes; 0 if there is none. */
  heldBytes(): number;
  /**
   * Names and versions of the libraries that make the pixels, once they are loaded. Throws
   * `ConversionError` if they cannot be loaded, and the signal's reason.
   */
  versions(watch?: Pick<Watch, 'signal' | 'silenceMs'>): Promise<string>;
  /**
   * Has the process carry out a request. Throws `ConversionError`: what the process says about the
   * TIFF, or `OUT_OF_MEMORY` (killed), `CRASHED`, `UNRESPONSIVE` or `TOO_SLOW` for the way it
   * ended. A fault in our own code is an `Error` without a code. In any case, none of it is still
   * running afterwards, and its temporary files are gone.
   */
  convert<Request extends ConversionRequest>(
    request: Request,
    watch?: Watch,
  ): Promise<Made<Request['kind']>>;
  /** Ends the process, if there is one, and its work; no other one is started. */
  close(): Promise<void>;
}

/**
 * How long a conversion process may be silent, in milliseconds. It speaks four times a second, and
 * a throttled machine gives it 5 ms in 80, so this means that it hangs.
 */
const SILENCE_MS = 15_000;

/**
 * The least memory that is counted for a conversion process, in bytes. It holds 60 MB when it
 * starts, 106 MB (the least that a plan predicts) after 700 to 1 000 small pictures, and more after
 * one more, before it is replaced.
 */
export const IDLE_BYTES = 128 * 1024 * 1024;

/** How often a process is started before giving up. */
const STARTS = 2;

/** A process and its state. */
interface ProcessSession {
  readonly child: Child;
  /** Rejects if its libraries cannot be loaded, or it ends before they are. */
  readonly ready: Promise<string>;
  /** The memory that it held when it was ready, or when its last request ended. */
  heldBytes: number;
}

/**
 * Opens a converter, whose process is started on first use: by `convert`, or earlier by `versions`.
 * The process writes to `temporaryFolder` and the outputs only.
 */
export function openConverter(temporaryFolder: string): Converter {
  let current: ProcessSession | undefined;
  let closed = false;
  const living = () => {
    if (closed) throw endedHere();
    // A process killed while it was idle is no loss.
    if (!current?.child.isAlive()) current = openSession(temporaryFolder);
    return current;
  };
  const started = async (watch: Watch, attempt = 1): Promise<ProcessSession> => {
    const session = living();
    try {
      await orAborted(heard(session.ready, watch.silenceMs), watch.signal);
      return session;
    } catch (error) {
      await session.child.kill();
      watch.signal?.throwIfAborted();
      // It has not seen a TIFF yet: what ended or silenced it need not happen to the next one.
      if (closed || attempt >= STARTS) throw error;
      return started(watch, attempt + 1);
    }
  };
  const heldBytes = () => (current?.child.isAlive() ? current.heldBytes : 0);
  return {
    temporaryFolder,
    heldBytes,
    versions: async (watch = {}) => (await started(watch)).ready,
    convert: async <Request extends ConversionRequest>(request: Request, watch: Watch = {}) => {
      // Each picture leaves a little: after 8 000 small ones it was twice the prediction.
      if (heldBytes() > (watch.memoryBytes ?? IDLE_BYTES)) await current?.child.kill();
      const session = await started(watch);
      const scratch = scratchIn(temporaryFolder);
      const { mayHold = IDLE_BYTES } = watch;
      try {
        const made = await withPlainPaths(request, temporaryFolder, (plain) =>
          carryOut<Request['kind']>(session, { ...plain, scratch, mayHold }, watch),
        );
        if (made.notes.some(isDamage)) await session.child.kill();
        return made;
      } catch (error) {
        // The next request gets a fresh process: a decoder that stopped midway may have left it in
        // any state.
        if (!isAboutJpeg(error)) await session.child.kill();
        throw error;
      } finally {
        await removeScratch(scratch);
      }
    },
    close: async () => {
      closed = true;
      await current?.child.kill();
    },
  };
}

/**
 * Whether a TIFF was read despite damage: its decoder is then no more reliable than after an error.
 */
function isDamage({ code }: ConversionNote): boolean {
  return DAMAGE.includes(code);
}

const DAMAGE: readonly ConversionNote['code'][] = [
  'DECODER_WARNING',
  'WARNINGS_FORGIVEN',
  'FAX_LINES_DAMAGED',
  'FAX_ROWS_MISSING',
  'CHECKSUM_MISSING',
];

/** Whether decoding succeeded, and only the JPEG is wrong. */
function isAboutJpeg(error: unknown): boolean {
  return error instanceof ConversionError && error.code === 'UNLIKE';
}

/** Waits for an answer of a process; throws `UNRESPONSIVE` if it is silent for too long. */
async function heard<T>(answer: Promise<T>, silenceMs = SILENCE_MS): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const silence = watchSilence(silenceMs, () => reject(unresponsive(silenceMs)));
  try {
    return await Promise.race([answer, promise]);
  } finally {
    silence.stop();
  }
}

function openSession(temporaryFolder: string): ProcessSession {
  const child = startChild(temporaryFolder);
  const { promise: ready, resolve, reject } = Promise.withResolvers<string>();
  const session: ProcessSession = { child, ready, heldBytes: 0 };
  child.onMessage((message) => {
    if ('heldBytes' in message) session.heldBytes = message.heldBytes;
    if (message.kind === 'ready') resolve(message.versions);
    if (message.kind === 'broken') reject(brokenInstallation(message.message));
  });
  void child.ended.then((end) => reject(errorOf(end)));
  // Awaited on use; until then a rejection is not an error.
  ready.catch(() => {});
  return session;
}

/** Sends the request and waits for its result or error. */
async function carryOut<Kind extends RequestKind>(
  { child }: ProcessSession,
  request: SentRequest,
  watch: Watch,
): Promise<Made<Kind>> {
  const { promise, resolve, reject } = Promise.withResolvers<Made<Kind>>();
  const { silenceMs = SILENCE_MS, signal, onProgress } = watch;
  const silence = watchSilence(silenceMs, () => reject(unresponsive(silenceMs)));
  const abort = () => reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  const deafen = child.onMessage((message: ConversionReply) => {
    silence.heard();
    if (message.kind === 'progress' && onProgress?.(message) === false)
      reject(failure('TOO_SLOW', 'The conversion would not have finished in time'));
    if (message.kind === 'failed') reject(new ConversionError(message.code, message.message));
    if (message.kind === 'fault') reject(faultOf(message, request.name));
    if (message.kind !== 'done') return;
    const { cpuSeconds, peakBytes, result } = message;
    // Requests run one at a time, so this is the answer to it.
    resolve({ ...(result as ConversionResults[Kind]), cpuSeconds, peakBytes });
  });
  void child.ended.then((end) => reject(errorOf(end)));
  child.send(request);
  try {
    return await promise;
  } finally {
    deafen();
    silence.stop();
    signal?.removeEventListener('abort', abort);
  }
}

/** Not a `ConversionError`: nothing is wrong with the TIFF. The stack is that of the process. */
function faultOf(
  { message, stack }: { readonly message: string; readonly stack: string | undefined },
  name: string,
): Error {
  const error = new Error(
    `The conversion of "${name}" failed because of a bug in arke-tiff: ${message}`,
  );
  if (stack) error.stack = stack;
  return error;
}

/**
 * The error for a process that is gone. A SIGKILL that was not sent from here comes from the
 * kernel, which ends the process with the highest `oom_score_adj` when memory runs out.
 */
function errorOf({ exitCode, signal, killedHere, lastWords, error }: ChildEnd): ConversionError {
  if (error) return notStarted(error);
  if (killedHere) return endedHere();
  // A library or V8 without memory aborts the process and says why.
  if (signal === 'SIGABRT' && speaksOfMemory(lastWords))
    return failure('OUT_OF_MEMORY', `The conversion process got no more memory: ${lastWords}`);
  if (signal === 'SIGKILL')
    return failure(
      'OUT_OF_MEMORY',
      'The conversion process was killed by SIGKILL, as happens when memory runs out',
    );
  const how = signal ? `was killed by ${signal}` : `ended with exit code ${exitCode}`;
  const words = lastWords ? `; its last words: ${lastWords}` : '';
  return failure('CRASHED', `The conversion process ${how}${words}`);
}

/** Whoever ended it knows why; this error is for everybody else who waited for it. */
function endedHere(): ConversionError {
  return failure('CRASHED', 'The conversion process was closed before it had finished');
}

function unresponsive(silenceMs: number): ConversionError {
  return failure(
    'UNRESPONSIVE',
    `The conversion process did not respond for ${silenceMs / 1000} s`,
  );
}

function notStarted(error: Error): ConversionError {
  const reason = whatRanOut(systemCodeOf(error) ?? '');
  if (!reason) return brokenInstallation(error.message);
  const message = `The conversion process could not be started: ${reason}.`;
  return new ConversionError('CRASHED', message, { cause: error });
}

function brokenInstallation(message: string): ConversionError {
  return failure(
    'CRASHED',
    `The conversion process could not be started: ${message}. Install the packages again (npm ci)`,
  );
}

function failure(code: ConversionErrorCode, what: string): ConversionError {
  return new ConversionError(code, `${what}.`);
}
