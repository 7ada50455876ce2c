/**
 * The thread in which a page is written anew: decoding blocks it, and the conversion process must
 * go on giving signs of life and noticing its parent's end. The decoders are loaded only here.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../errors.ts';
import { isFault } from '../fault.ts';
import type { RewriteRequest, Rewritten } from './rewrite.ts';
import type { RewriteReply, ThreadRequest } from './run-thread.ts';

async function rewrite(
  reader: ThreadRequest['reader'],
  request: RewriteRequest,
): Promise<Rewritten> {
  if (reader === 'magick') {
    const { rewriteByMagick } = await import('./magick/rewrite-by-magick.ts');
    return rewriteByMagick(request);
  }
  const { rewriteSamples } = await import('./samples/rewrite-samples.ts');
  return rewriteSamples(request);
}

async function answer({ reader, request }: ThreadRequest): Promise<RewriteReply> {
  try {
    return { ok: true, rewritten: await rewrite(reader, request) };
  } catch (error) {
    return {
      ok: false,
      message: messageOf(error),
      fault: isFault(error) ? error : undefined,
    };
  }
}

void answer(workerData as ThreadRequest).then((said) => parentPort?.postMessage(said));
