import { ConversionError, messageOf } from '../../errors.ts';
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

/**
 * Rewrites a page in a thread, which ends afterwards and releases all its memory. Throws an `Error`
 * with the decoder's words about the page, our own bugs unchanged, and `ConversionError`
 * (`CRASHED`) if the thread does not start or ends without an answer.
 */
export async function rewriteInThread(
  reader: ThreadRequest['reader'],
  request: RewriteRequest,
): Promise<Rewritten> {
  const file = import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js';
  const workerData: ThreadRequest = { reader, request };
  // Few pages need a thread, and the process starts faster without loading this.
  const { Worker } = await import('node:worker_threads');
  const thread = new Worker(new URL(file, import.meta.url), { workerData, stderr: false });
  const { promise, resolve, reject } = Promise.withResolvers<RewriteReply>();
  thread.once('message', resolve);
  thread.once('error', (error: unknown) =>
    reject(isNotStarted(error) ? threadFailed(error) : error),
  );
  thread.once('exit', (code) => reject(threadFailed(`it ended by exit code ${code}`)));
  try {
    const answer = await promise;
    if (answer.ok) return answer.rewritten;
    throw answer.fault ?? new Error(answer.message);
  } finally {
    await thread.terminate();
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
