/** Runs a command and tells what it and all processes that it starts cost. Linux, with bash. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Worker } from 'node:worker_threads';
import type { SamplerRequest, TreeSamples } from './process-sampler.ts';

/** What a command cost. */
export interface Metered {
  /** When it was started, by this process's `performance.now()`. */
  readonly startedAt: number;
  /** Until it had ended itself. */
  readonly wallMs: number;
  /** User and system time of all its processes. */
  readonly cpuSeconds: number;
  /** Peak of the sum of PSS over its processes. */
  readonly peakBytes: number;
  /** How many processes were seen. */
  readonly processes: number;
  readonly exitCode: number;
  /** stdout and stderr. */
  readonly output: string;
}

/**
 * The shell's `time` reads the exact times of the command and of every process that was waited for
 * (getrusage), to a millisecond. What it says goes to file 3, apart from what the command says.
 */
const TIMED = `TIMEFORMAT='%3U %3S %3R'; exec 4>&2
echo "$EPOCHREALTIME" >&3; { time "$@" 2>&4 3>&- 4>&-; } 2>&3`;

/** Runs the command to its end and to that of all it started. It gets no environment but `env`. */
export async function meter(
  command: readonly string[],
  { env, cwd }: { env: Readonly<Record<string, string>>; cwd?: string },
): Promise<Metered> {
  const sampler = new Worker(new URL('./process-sampler.ts', import.meta.url), { execArgv: [] });
  await once(sampler, 'online');
  const samples = once(sampler, 'message') as Promise<[TreeSamples]>;
  const tell = (request: SamplerRequest) => sampler.postMessage(request);
  // Handled below; it must not count as unhandled while the command runs.
  samples.catch(() => {});
  // The clocks of the system and of this process drift apart, so this is read anew each time.
  const origin = Date.now() - performance.now();
  const bash = spawn('bash', ['-c', TIMED, 'bash', ...command], {
    env: { ...env, LC_ALL: 'C' },
    ...(cwd === undefined ? {} : { cwd }),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const exited = once(bash, 'exit');
  const [, stdout, stderr, times] = bash.stdio as unknown as [null, Readable, Readable, Readable];
  tell({ watch: bash.pid ?? 0 });
  const [[code], out, errors, timed] = await Promise.all([
    exited,
    text(stdout),
    text(stderr),
    text(times),
  ]);
  tell({ end: true });
  const [{ peakBytes, cpuSeconds, processes }] = await samples;
  const [started = 0, user = 0, system = 0, real = 0] = timed.split(/\s+/).map(Number);
  return {
    startedAt: started * 1000 - origin,
    wallMs: real * 1000,
    // One that nobody waited for is missing in the shell's sum, but was seen.
    cpuSeconds: Math.max(user + system, cpuSeconds),
    ...{ peakBytes, processes },
    exitCode: Number(code ?? -1),
    output: out + errors,
  };
}
