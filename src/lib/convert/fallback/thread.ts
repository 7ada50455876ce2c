/**
 * The thread in which pages are written anew, one at a time: decoding blocks it, and the conversion
 * process must go on giving signs of life and noticing its parent's end. The decoders are loaded
 * only here, each on first use.
 */
import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../errors.ts';
import { isFault } from '../fault.ts';
import type { RewriteReply, ThreadRequest } from './decoders.ts';
import type { RewriteRequest, Rewritten } from './rewrite.ts';

type Decoder = (request: RewriteRequest) => Promise<Rewritten>;

const LOADED_BY: Readonly<Record<ThreadRequest['reader'], () => Promise<Decoder>>> = {
  samples: async () => (await import('./samples/rewrite-samples.ts')).rewriteSamples,
  magick: async () => {
    const { rewriteByMagick } = await import('./magick/rewrite-by-magick.ts');
    const { loadMagick } = await import('./magick/load-magick.ts');
    let magick: ReturnType<typeof loadMagick> | undefined;
    return (request) => rewriteByMagick(request, () => (magick ??= loadMagick()));
  },
};

async function reply(decoder: Promise<Decoder>, request: RewriteRequest): Promise<RewriteReply> {
  try {
    return { ok: true, rewritten: await (await decoder)(request) };
  } catch (error) {
    return {
      ok: false,
      message: messageOf(error),
      fault: isFault(error) ? error : undefined,
    };
  }
}

function listen(): void {
  const loaded = new Map<ThreadRequest['reader'], Promise<Decoder>>();
  parentPort?.on('message', async ({ reader, request }: ThreadRequest) => {
    const decoder = loaded.get(reader) ?? LOADED_BY[reader]();
    loaded.set(reader, decoder);
    parentPort?.postMessage(await reply(decoder, request));
  });
}

listen();
