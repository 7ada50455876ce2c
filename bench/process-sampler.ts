/**
 * Looks at the processes that commands start, all the time, and tells what was seen of them. Linux.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { SamplerNews, SamplerRequest, TreeSamples } from './process-sampler-thread.ts';

/** Watches process trees, as many as there are at one time. */
export interface Sampler {
  /**
   * Watches all processes that the one with this id starts, but not itself. The returned function
   * ends that, after those that still run have ended.
   */
  watch(pid: number): () => Promise<TreeSamples>;
  /**
   * Ends the watch, and gives the most memory that all trees have held at one time, in bytes of
   * PSS.
   */
  stop(): Promise<number>;
}

/**
 * Starts a sampler: a thread, so that neither the sampling nor what this one does meanwhile waits
 * for the other.
 */
export async function startSampler(): Promise<Sampler> {
  const url = new URL('./process-sampler-thread.ts', import.meta.url);
  const thread = new Worker(url, { execArgv: [] });
  await once(thread, 'online');
  const tell = (request: SamplerRequest) => thread.postMessage(request);
  const ended = new Map<number, (samples: TreeSamples) => void>();
  const stopped = Promise.withResolvers<number>();
  thread.on('message', (news: SamplerNews) => {
    if (news.kind === 'stopped') stopped.resolve(news.peakBytes);
    else ended.get(news.pid)?.(news.samples);
  });
  return {
    watch: (pid) => {
      const { promise, resolve } = Promise.withResolvers<TreeSamples>();
      ended.set(pid, resolve);
      tell({ kind: 'watch', pid });
      return () => {
        tell({ kind: 'end', pid });
        return promise;
      };
    },
    stop: () => {
      tell({ kind: 'stop' });
      return stopped.promise;
    },
  };
}
