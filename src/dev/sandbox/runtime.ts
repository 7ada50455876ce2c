import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import type { Miniflare, MiniflareOptions } from 'miniflare';
import { loadMiniflare } from './load-miniflare.ts';
import { startOrphanGuard } from './orphan-guard.ts';
import { collectChildren, withoutSignalHandlers } from './processes.ts';
import { within } from './within.ts';

/** A Miniflare that answers, and the way to end it reliably. */
export interface Runtime {
  mf: Miniflare;
  /** Ends workerd and removes its temporary folder, within some seconds even if workerd hangs. */
  stop(): Promise<void>;
}

/** How patient `launch` is. */
export interface LaunchLimits {
  /** Number of attempts. */
  attempts: number;
  /**
   * Longest start of the first attempt, in milliseconds; each further one gets twice as long,
   * because the machine may be busy.
   */
  startMs: number;
  signal?: AbortSignal | undefined;
}

/** Longest wait for Miniflare's own clean-up, which normally takes 30 ms. */
const STOP_LIMIT_MS = 3_000;

/** How much of workerd's last words an error quotes, in characters. */
const LAST_WORDS = 600;

/** Keeps workerd's output out of the terminal, and the end of it for an error message. */
function muteOutput() {
  let lastWords = '';
  const drain = (stream: Readable) =>
    stream.on('data', (chunk) => {
      lastWords = `${lastWords}${chunk}`.slice(-LAST_WORDS);
    });
  return {
    handleRuntimeStdio(stdout: Readable, stderr: Readable) {
      drain(stdout);
      drain(stderr);
    },
    lastWords: () => lastWords.trim(),
  };
}

/** Miniflare's private temporary folder, which it names only through its persistence paths. */
function temporaryFolder(mf: Miniflare): string | undefined {
  const cache = mf.unsafeGetPersistPaths().get('cache');
  return cache === undefined ? undefined : dirname(cache);
}

/** A Miniflare, perhaps not ready yet, with everything needed to end it. */
function create(options: MiniflareOptions, Runtime: typeof Miniflare) {
  const guard = startOrphanGuard();
  const children = collectChildren(guard.watch);
  const { handleRuntimeStdio, lastWords } = muteOutput();
  const start = () => new Runtime({ ...options, handleRuntimeStdio });
  const mf = children.run(() => withoutSignalHandlers(start));
  const folder = temporaryFolder(mf);
  if (folder !== undefined) guard.folder(folder);

  const stop = async (limitMs = STOP_LIMIT_MS) => {
    // Dispose first: it keeps Miniflare from replacing the workerd that may have to be killed.
    const disposed = mf.dispose().catch(() => {});
    if (!(await within(disposed, limitMs))) {
      children.kill();
      await within(disposed, STOP_LIMIT_MS);
    }
    children.forget();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    guard.dismiss();
  };
  return { mf, stop, lastWords };
}

/** Ready means that a request succeeds: listening alone does not prove it. */
async function answers(mf: Miniflare): Promise<void> {
  await mf.ready;
  const response = await mf.dispatchFetch('http://127.0.0.1/');
  await response.arrayBuffer();
}

/** One attempt; returns the problem instead of throwing, unless it was aborted. */
async function attempt(
  options: MiniflareOptions,
  limits: Pick<LaunchLimits, 'startMs' | 'signal'>,
  Runtime: typeof Miniflare,
) {
  const { mf, stop, lastWords } = create(options, Runtime);
  let failure: string;
  try {
    if (await within(answers(mf), limits.startMs, limits.signal)) {
      return { runtime: { mf, stop: () => stop() } };
    }
    failure = `no answer within ${limits.startMs} ms`;
  } catch (error) {
    if (limits.signal?.aborted) {
      await stop(0);
      throw limits.signal.reason;
    }
    failure = error instanceof Error ? error.message : String(error);
  }
  await stop(0);
  return { failure: [failure, lastWords()].filter(Boolean).join('; its last output: ') };
}

/**
 * Starts Miniflare. Its workerd sometimes hangs while it starts, so each attempt has a time limit,
 * after which it is killed and the next one made.
 *
 * @throws Error that lists every attempt's failure, once no attempts are left; the signal's reason,
 * if that is aborted; ArkeError, if Miniflare is not installed
 */
export async function launch(options: MiniflareOptions, limits: LaunchLimits): Promise<Runtime> {
  limits.signal?.throwIfAborted();
  const Runtime = await loadMiniflare();
  const failures: string[] = [];
  while (failures.length < limits.attempts) {
    limits.signal?.throwIfAborted();
    const { signal } = limits;
    const startMs = limits.startMs * 2 ** failures.length;
    const { runtime, failure } = await attempt(options, { startMs, signal }, Runtime);
    if (runtime !== undefined) return runtime;
    failures.push(`attempt ${failures.length + 1}: ${failure}`);
  }
  throw new Error(
    `The sandbox did not start (${failures.join('; ')}). ` +
      'Run it again on a less busy machine, or reinstall with `npm ci`.',
  );
}
