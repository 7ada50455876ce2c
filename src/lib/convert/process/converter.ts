/*
 * The conversion process: a child that lives apart from whoever wants a JPEG, so that a crash, a
 * hang or the kernel's choice costs one conversion. This file supervises it (`child-process.ts`
 * starts it), `child.ts` is its main file, `../messages.ts` is what the two tell each other: paths
 * and settings in, progress and results out.
 *
 * It gets no argument and nothing of the parent's environment, is the first in line when the kernel
 * needs memory, and notices when its parent is gone. It is started early, while a TIFF still
 * downloads, and may convert one TIFF after the other. One that does not get ready is started once
 * more; one that is silent is killed (`silence.ts`); one that a TIFF has failed in is replaced.
 */
import { ConversionError, type ConversionErrorCode, systemCodeOf } from '../../errors.ts';
import { orAborted } from '../../stop.ts';
import { speaksOfMemory } from '../memory-words.ts';
import type { ChildMessage, ConversionJob, ConversionNote, Cost, Rendered } from '../messages.ts';
import { whatRanOut } from '../ran-out.ts';
import { type Child, type ChildEnd, startChild } from './child-process.ts';
import { withPlainPaths } from './plain-paths.ts';
import { watchSilence } from './silence.ts';

/** What a conversion made, and what it took. */
export type Made = Rendered & Cost;

/** How a job is watched. */
export interface Watch {
  /** Ends the job; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Told of each sign of life; `false` ends the job as `TOO_SLOW`. */
  readonly onProgress?: (cost: Cost) => boolean;
  /** How long the process may say nothing, in milliseconds; `SILENCE_MS` unless told. */
  readonly silenceMs?: number | undefined;
}

/** A process that converts, one TIFF after the other; replaced by a new one when it ends. */
export interface Converter {
  /** Where the process may put what it needs between input and output. */
  readonly temporaryFolder: string;
  /**
   * Names and versions of the libraries that make the pixels, once they are loaded. Throws
   * `ConversionError` when they cannot be, and the signal's reason.
   */
  versions(watch?: Pick<Watch, 'signal' | 'silenceMs'>): Promise<string>;
  /**
   * Has a job done. Throws `ConversionError`: what the process says of the TIFF, or by `OUT_OF_MEMORY`
   * (killed), `CRASHED`, `UNRESPONSIVE` and `TOO_SLOW` how it ended. A fault of our own code is an `Error` without a
   * code. Nothing of the job goes on then.
   */
  convert(job: ConversionJob, watch?: Watch): Promise<Made>;
  /** Ends the process, if there is one, and what it is at; no other one is started. */
  close(): Promise<void>;
}

/**
 * How long a conversion process may say nothing, in milliseconds. It speaks four times a second; a
 * throttled machine gives it 5 ms in 80, so this is a hang.
 */
const SILENCE_MS = 15_000;

/**
 * What a conversion process takes while it has nothing to do, in bytes: 95 to 107 MB were measured. One that has grown
 * beyond this and beyond what its next job is predicted to take is replaced: each picture leaves a little, and after
 * 8 000 small ones a process held twice as much as was predicted for the next.
 */
export const IDLE_BYTES = 128 * 1024 * 1024;

/** How often a process is started before it is given up that one gets ready. */
const STARTS = 2;

/** A process, and what it has said of itself. */
interface Session {
  readonly child: Child;
  /** Rejects when its libraries cannot be loaded, or it ends before they are. */
  readonly ready: Promise<string>;
  /** What it held when its last job had ended. */
  heldBytes: number;
}

/**
 * Opens a place for a conversion process, which is started when somebody first needs it: by `convert`, or
 * earlier by `versions`. What it writes besides the outputs goes to `temporaryFolder`; one that holds more than `idleBytes`
 * is replaced where its next job is predicted to take less.
 */
export function openConverter(temporaryFolder: string, idleBytes = IDLE_BYTES): Converter {
  let current: Session | undefined;
  let closed = false;
  const living = () => {
    if (closed) throw endedHere();
    // One that was killed while it waited is no loss: it had nothing to do.
    if (!current?.child.isAlive()) current = openSession(temporaryFolder);
    return current;
  };
  const started = async (watch: Watch, attempt = 1): Promise<Session> => {
    const session = living();
    try {
      await orAborted(heard(session.ready, watch.silenceMs), watch.signal);
      return session;
    } catch (error) {
      await session.child.kill();
      watch.signal?.throwIfAborted();
      // It has seen no TIFF yet: what ended it, or keeps it silent, need not happen to the next one.
      if (closed || attempt >= STARTS) throw error;
      return started(watch, attempt + 1);
    }
  };
  const endGrown = async ({ plan: { memoryBytes = 0 } }: ConversionJob) => {
    if (current && current.heldBytes > Math.max(idleBytes, memoryBytes)) await current.child.kill();
  };
  return {
    temporaryFolder,
    versions: async (watch = {}) => (await started(watch)).ready,
    convert: async (job, watch = {}) => {
      await endGrown(job);
      const session = await started(watch);
      try {
        const made = await withPlainPaths(job, temporaryFolder, (plain) =>
          runJob(session, plain, watch),
        );
        if (made.notes.some(isDamage)) await session.child.kill();
        return made;
      } catch (error) {
        // The next job gets a process that nothing has happened to: a decoder that stopped midway may have left anything.
        if (!isAboutJpeg(error)) await session.child.kill();
        throw error;
      }
    },
    close: async () => {
      closed = true;
      await current?.child.kill();
    },
  };
}

/** Whether a TIFF was read although something was wrong with it: its decoder is no more to be trusted than after an error. */
function isDamage({ code }: ConversionNote): boolean {
  return DAMAGE.includes(code);
}

const DAMAGE: readonly ConversionNote['code'][] = [
  'WARNINGS_FORGIVEN',
  'FAX_LINES_DAMAGED',
  'CHECKSUM_MISSING',
];

/** Whether all was decoded, and only the JPEG is not what it should be. */
function isAboutJpeg(error: unknown): boolean {
  return error instanceof ConversionError && error.code === 'UNLIKE';
}

/** A process's promise to be ready, or `UNRESPONSIVE` when it says nothing for too long. */
async function heard(ready: Promise<string>, silenceMs = SILENCE_MS): Promise<string> {
  const { promise, reject } = Promise.withResolvers<never>();
  const silence = watchSilence(silenceMs, () => reject(unresponsive(silenceMs)));
  try {
    return await Promise.race([ready, promise]);
  } finally {
    silence.stop();
  }
}

function openSession(temporaryFolder: string): Session {
  const child = startChild(temporaryFolder);
  const { promise: ready, resolve, reject } = Promise.withResolvers<string>();
  child.onMessage((message) => {
    if (message.kind === 'ready') resolve(message.versions);
    if (message.kind === 'broken') reject(brokenInstallation(message.message));
  });
  void child.ended.then((end) => reject(errorOf(end)));
  // Whoever needs it awaits it; that nobody does is no error.
  ready.catch(() => {});
  return { child, ready, heldBytes: 0 };
}

/** Sends the job and waits for its end, whichever it is. */
async function runJob(session: Session, job: ConversionJob, watch: Watch): Promise<Made> {
  const { child } = session;
  const { promise, resolve, reject } = Promise.withResolvers<Made>();
  const { silenceMs = SILENCE_MS, signal, onProgress } = watch;
  const silence = watchSilence(silenceMs, () => reject(unresponsive(silenceMs)));
  const abort = () => reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  const deafen = child.onMessage((message: ChildMessage) => {
    silence.heard();
    if (message.kind === 'progress' && onProgress?.(message) === false)
      reject(failure('TOO_SLOW', 'The conversion would not have been done in time'));
    if ('heldBytes' in message) session.heldBytes = message.heldBytes;
    if (message.kind === 'failed') reject(new ConversionError(message.code, message.message));
    if (message.kind === 'fault') reject(faultOf(message, job));
    if (message.kind !== 'done') return;
    const { cpuSeconds, peakBytes, rendered } = message;
    resolve({ ...rendered, cpuSeconds, peakBytes });
  });
  void child.ended.then((end) => reject(errorOf(end)));
  child.send(job);
  try {
    return await promise;
  } finally {
    deafen();
    silence.stop();
    signal?.removeEventListener('abort', abort);
  }
}

/** No `ConversionError`: nothing is wrong with the TIFF. Its stack is that of the process. */
function faultOf(
  { message, stack }: { readonly message: string; readonly stack: string | undefined },
  { name }: ConversionJob,
): Error {
  const error = new Error(`The conversion of "${name}" failed by a fault of arke-tiff: ${message}`);
  if (stack) error.stack = stack;
  return error;
}

/**
 * What it means that the process is gone. SIGKILL that did not come from here comes from the kernel,
 * which ends the process with the highest `oom_score_adj` when memory runs out.
 */
function errorOf({ exitCode, signal, killedHere, lastWords, error }: ChildEnd): ConversionError {
  if (error) return notStarted(error);
  if (killedHere) return endedHere();
  // A library or V8 that gets no memory aborts the process, and says why.
  if (signal === 'SIGABRT' && speaksOfMemory(lastWords))
    return failure('OUT_OF_MEMORY', `The conversion process got no more memory: ${lastWords}`);
  if (signal === 'SIGKILL')
    return failure(
      'OUT_OF_MEMORY',
      'The conversion process was killed by SIGKILL, as happens when memory runs out',
    );
  const how = signal ? `was ended by ${signal}` : `ended by exit code ${exitCode}`;
  const words = lastWords ? `; its last words: ${lastWords}` : '';
  return failure('CRASHED', `The conversion process ${how}${words}`);
}

/** Whoever ended it knows why; this is for whoever else waited for it. */
function endedHere(): ConversionError {
  return failure('CRASHED', 'The conversion process was closed before it was done');
}

function unresponsive(silenceMs: number): ConversionError {
  return failure('UNRESPONSIVE', `The conversion process said nothing for ${silenceMs / 1000} s`);
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
