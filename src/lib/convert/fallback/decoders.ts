import type { Worker } from 'node:worker_threads';
import { ConversionError, messageOf } from '../../errors.ts';
import { residentBytes } from '../../resident-memory.ts';
import type { ConversionNote } from '../messages.ts';
import { whatRanOut } from '../ran-out.ts';
import type { RewriteRequest, Rewritten } from './rewrite.ts';

/** The thread's input. */
export interface ThreadRequest {
  readonly reader: 'samples' | 'magick';
  readonly request: RewriteRequest;
}

/** The thread's answer. */
export type RewriteReply =
  | { readonly ok: true; readonly rewritten: Rewritten }
  /** The original error if it is a bug of ours; for others the message is enough. */
  | { readonly ok: false; readonly message: string; readonly fault: Error | undefined };

/** The decoders beside sharp, in a thread that is started on first use and kept between pages. */
export interface Decoders {
  /**
   * Rewrites a page; one at a time. The thread ends afterwards, and releases all its memory, if
   * anything was wrong with the page, or if the process then holds more than `mayHold` bytes.
   *
   * Throws an `Error` with the decoder's words about the page, our own bugs unchanged, and
   * `ConversionError` (`CRASHED`) if the thread does not start or ends without an answer.
   */
  rewrite(
    reader: ThreadRequest['reader'],
    request: RewriteRequest,
    mayHold: number,
  ): Promise<Rewritten>;
  /** Ends the thread, if there is one, and releases its memory. */
  end(): Promise<void>;
}

/** A running thread. */
interface Thread {
  /** Rejects if it fails or ends without an answer. */
  ask(request: ThreadRequest): Promise<RewriteReply>;
  isAlive(): boolean;
  end(): Promise<unknown>;
}

/** Decoders without a thread yet. */
export function openDecoders(): Decoders {
  let thread: Thread | undefined;
  const end = async () => {
    const ending = thread;
    thread = undefined;
    await ending?.end();
  };
  return {
    end,
    rewrite: async (reader, request, mayHold) => {
      if (!thread?.isAlive()) thread = await startThread();
      const reply = await thread.ask({ reader, request }).catch(async (error: unknown) => {
        await end();
        throw error;
      });
      if (isSpent(reply, mayHold)) await end();
      if (reply.ok) return reply.rewritten;
      throw reply.fault ?? new Error(reply.message);
    },
  };
}

/** Notes about sound pages: how their samples are shown. */
const SOUND: readonly ConversionNote['code'][] = ['SAMPLES_SCALED', 'EXTRA_SAMPLES_DROPPED'];

/**
 * Whether a thread must not read another page: it has failed, its page was faulty (a note says so,
 * or a decoder warned, however harmlessly), or the process holds too much. A decoder that met
 * faults may be in any state, and WebAssembly's memory never shrinks.
 */
function isSpent(reply: RewriteReply, mayHold: number): boolean {
  if (!reply.ok) return true;
  const { notes, warned } = reply.rewritten;
  return warned || notes.some(({ code }) => !SOUND.includes(code)) || residentBytes() > mayHold;
}

async function startThread(): Promise<Thread> {
  const file = import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js';
  // Few pages need a thread, and the process starts faster without loading this.
  const { Worker } = await import('node:worker_threads');
  const thread = new Worker(new URL(file, import.meta.url), { stderr: false });
  let isAlive = true;
  let waiting: PromiseWithResolvers<RewriteReply> | undefined;
  const ended = (reason: unknown) => {
    isAlive = false;
    waiting?.reject(reason);
  };
  thread.on('message', (reply: RewriteReply) => waiting?.resolve(reply));
  thread.on('error', (error: unknown) => ended(isNotStarted(error) ? threadFailed(error) : error));
  thread.on('exit', (code) => ended(threadFailed(`it ended by exit code ${code}`)));
  return {
    isAlive: () => isAlive,
    ask: (request) =>
      answerOf(thread, () => {
        waiting = Promise.withResolvers<RewriteReply>();
        thread.postMessage(request);
        return waiting.promise;
      }),
    end: () => thread.terminate(),
  };
}

/** Waits for an answer; a thread that is idle does not keep its process alive. */
async function answerOf<T>(thread: Worker, ask: () => Promise<T>): Promise<T> {
  thread.ref();
  try {
    return await ask();
  } finally {
    thread.unref();
  }
}

/** Whether the thread did not start; errors inside it have no such code. */
function isNotStarted(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === 'ERR_WORKER_INIT_FAILED';
}

function threadFailed(reason: unknown): ConversionError {
  const words = messageOf(reason);
  return new ConversionError(
    'CRASHED',
    `The thread of the decoder failed: ${whatRanOut(words) ?? words}.`,
    { cause: reason },
  );
}
