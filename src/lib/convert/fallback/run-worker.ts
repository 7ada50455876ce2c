import { ConversionError, messageOf } from '../../errors.ts';
import { whatRanOut } from '../ran-out.ts';
import type { RewriteJob, Rewritten } from './rewrite.ts';

/** What the thread is told. */
export interface WorkerJob {
  readonly reader: 'samples' | 'magick';
  readonly job: RewriteJob;
}

/** What it answers. */
export type Answer =
  | { readonly ok: true; readonly rewritten: Rewritten }
  /** The error as it was thrown, where it is a fault of our own code; of others the message tells all. */
  | { readonly ok: false; readonly message: string; readonly fault: Error | undefined };

/**
 * Writes a page anew in a thread of its own, which is gone when this is done, with all the memory it has
 * taken. Throws an `Error` with what the decoder says of the page, faults of our own code as they are, and
 * `ConversionError` (`CRASHED`) when the thread does not start or ends before it has answered.
 */
export async function rewriteInWorker(
  reader: WorkerJob['reader'],
  job: RewriteJob,
): Promise<Rewritten> {
  const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
  const workerData: WorkerJob = { reader, job };
  // Few pages need a thread; the process starts faster without what makes one.
  const { Worker } = await import('node:worker_threads');
  const worker = new Worker(new URL(file, import.meta.url), { workerData, stderr: false });
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  worker.once('message', resolve);
  worker.once('error', (error: unknown) =>
    reject(isNotStarted(error) ? threadFailed(error) : error),
  );
  worker.once('exit', (code) => reject(threadFailed(`it ended by exit code ${code}`)));
  try {
    const answer = await promise;
    if (answer.ok) return answer.rewritten;
    throw answer.fault ?? new Error(answer.message);
  } finally {
    await worker.terminate();
  }
}

/** Whether there was no thread: an error of what ran in it has no such code. */
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
