import { type ChildProcess, fork } from 'node:child_process';
import module from 'node:module';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { systemCodeOf } from '../../errors.ts';
import type { ConversionReply, SentRequest } from '../messages.ts';

/** How the conversion process ended. */
export interface ChildEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Whether `kill` was called before it ended. */
  readonly killedHere: boolean;
  /** The end of its stderr: a library's assertion, for example. */
  readonly lastWords: string;
  /** Why it could not be started. */
  readonly error?: Error;
}

/** A conversion process, alive or not. */
export interface Child {
  /** Resolves when it has ended, in whatever way; never rejects. */
  readonly ended: Promise<ChildEnd>;
  /** Whether it can be given work: false once `kill` was called, even before it is gone. */
  isAlive(): boolean;
  send(request: SentRequest): void;
  /** Listens until the returned function is called. */
  onMessage(listen: (message: ConversionReply) => void): () => void;
  /** Ends it at once, even if it is suspended; resolves when it is gone, or after a second. */
  kill(): Promise<void>;
}

/** How much of the end of stderr is kept, in characters. */
const LAST_WORDS = 500;

/** How long to wait for the kernel to end a killed process, in milliseconds. */
const KILL_PATIENCE_MS = 1_000;

/**
 * Starts a conversion process. It inherits nothing: its whole environment is its temporary folder
 * and, if enabled, Node's compile cache. One memory arena per core keeps libvips' pools small.
 */
export function startChild(temporaryFolder: string): Child {
  const url = new URL(
    import.meta.url.endsWith('.ts') ? './child.ts' : './child.js',
    import.meta.url,
  );
  const child = forked(url, temporaryFolder);
  if (child instanceof Error) return neverStarted(child);
  const lastWords = collect(child.stderr);
  const ended = endOf(child, lastWords);
  return {
    ended,
    isAlive: () =>
      child.pid !== undefined &&
      !child.killed &&
      child.exitCode === null &&
      child.signalCode === null,
    send: (request) => {
      // If the process is gone, its end reports that.
      if (child.connected) child.send(request, () => {});
    },
    onMessage: (listen) => {
      child.on('message', listen);
      return () => child.off('message', listen);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await within(ended, KILL_PATIENCE_MS);
    },
  };
}

/**
 * The process, or why it could not start: some errors are thrown, others (`EAGAIN`, `EMFILE`)
 * arrive as an event.
 */
function forked(url: URL, temporaryFolder: string): ChildProcess | Error {
  try {
    return fork(url, [], {
      env: { TMPDIR: temporaryFolder, MALLOC_ARENA_MAX: '2', ...compileCache() },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error;
    return error as Error;
  }
}

function neverStarted(error: Error): Child {
  const nothing = { exitCode: null, signal: null, killedHere: false, lastWords: '' };
  return {
    ended: Promise.resolve({ ...nothing, error }),
    isAlive: () => false,
    send: () => {},
    onMessage: () => () => {},
    kill: async () => {},
  };
}

/**
 * The variable by which Node shares this process's compile cache; it makes a folder for each
 * version and user in it.
 */
function compileCache(): Record<string, string> {
  const folder = module.getCompileCacheDir();
  return folder ? { NODE_COMPILE_CACHE: dirname(folder) } : {};
}

function endOf(child: ChildProcess, lastWords: () => string): Promise<ChildEnd> {
  return new Promise((resolve) => {
    child.on('error', (error) => {
      // Also emitted if a message could not be sent; only a process that never started has no id.
      if (child.pid !== undefined) return;
      resolve({ exitCode: null, signal: null, killedHere: false, lastWords: '', error });
    });
    // Not `exit`: the end of its stderr may still arrive after that.
    child.on('close', (exitCode, signal) =>
      resolve({ exitCode, signal, killedHere: child.killed, lastWords: lastWords() }),
    );
  });
}

function collect(stream: Readable | null): () => string {
  let text = '';
  stream?.on('data', (chunk: Buffer) => {
    text = `${text}${chunk}`.slice(-LAST_WORDS);
  });
  return () => text.trim();
}

async function within(work: Promise<unknown>, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}
