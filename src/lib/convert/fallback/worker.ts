/**
 * The thread in which a page is written anew: decoding blocks it, and the conversion process must go on
 * giving signs of life and noticing its parent's end. The decoders are loaded only here.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../errors.ts';
import { isFault } from '../fault.ts';
import type { RewriteJob, Rewritten } from './rewrite.ts';
import type { Answer, WorkerJob } from './run-worker.ts';

async function rewrite(reader: WorkerJob['reader'], job: RewriteJob): Promise<Rewritten> {
  if (reader === 'magick') {
    const { rewriteByMagick } = await import('./magick/rewrite-by-magick.ts');
    return rewriteByMagick(job);
  }
  const { rewriteSamples } = await import('./samples/rewrite-samples.ts');
  return rewriteSamples(job);
}

async function answer({ reader, job }: WorkerJob): Promise<Answer> {
  try {
    return { ok: true, rewritten: await rewrite(reader, job) };
  } catch (error) {
    return {
      ok: false,
      message: messageOf(error),
      fault: isFault(error) ? error : undefined,
    };
  }
}

void answer(workerData as WorkerJob).then((said) => parentPort?.postMessage(said));
