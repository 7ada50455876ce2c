import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Time for a worker to stop, as on Fly. */
const FAREWELL_MS = 5_000;

/** How a worker is started. */
export interface WorkerStart {
  readonly command: readonly string[];
  /** Its complete environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Receives each line of its output. */
  readonly onLine: (line: string) => void;
  /** Stops the worker; it is killed if it does not. */
  readonly signal: AbortSignal;
}

/** How a worker ended: `null` if it was ended by a signal or never started. */
export interface WorkerEnd {
  readonly exitCode: number | null;
}

/** Runs a worker to its end. Rejects with the system's error if it cannot be started. */
export async function runWorker({ command, env, onLine, signal }: WorkerStart): Promise<WorkerEnd> {
  signal.throwIfAborted();
  const [program = '', ...args] = command;
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const { promise, resolve, reject } = Promise.withResolvers<WorkerEnd>();
  child.once('error', reject);
  child.once('close', (exitCode) => resolve({ exitCode }));
  const lines = [child.stdout, child.stderr].map((stream) => readLines(stream, onLine));

  let patience: NodeJS.Timeout | undefined;
  const stop = () => {
    child.kill('SIGTERM');
    patience = setTimeout(() => child.kill('SIGKILL'), FAREWELL_MS);
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const end = await promise;
    await Promise.all(lines);
    return end;
  } finally {
    clearTimeout(patience);
    signal.removeEventListener('abort', stop);
  }
}

async function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }))
    onLine(line);
}
