/** Runs a command and tells what it and all processes that it starts cost. Linux, with bash. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type Sampler, startSampler } from './process-sampler.ts';

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

/** How a command is run. */
interface MeterOptions {
  /** The whole environment that it gets. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** For whoever runs several at once; default: one of its own. */
  readonly sampler?: Sampler;
}

/** Runs the command to its end and to that of all it started. */
export async function meter(
  command: readonly string[],
  { sampler, ...options }: MeterOptions,
): Promise<Metered> {
  if (sampler) return run(command, options, sampler);
  const own = await startSampler();
  try {
    return await run(command, options, own);
  } finally {
    await own.stop();
  }
}

async function run(
  command: readonly string[],
  { env, cwd }: Omit<MeterOptions, 'sampler'>,
  sampler: Sampler,
): Promise<Metered> {
  // The clocks of the system and of this process drift apart, so this is read anew each time.
  const origin = Date.now() - performance.now();
  const bash = spawn('bash', ['-c', TIMED, 'bash', ...command], {
    env: { ...env, LC_ALL: 'C' },
    ...(cwd === undefined ? {} : { cwd }),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const exited = once(bash, 'exit');
  const [, stdout, stderr, times] = bash.stdio as unknown as [null, Readable, Readable, Readable];
  const end = sampler.watch(bash.pid ?? 0);
  const [[code], out, errors, timed] = await Promise.all([
    exited,
    text(stdout),
    text(stderr),
    text(times),
  ]);
  const { peakBytes, cpuSeconds, processes } = await end();
  const [started = 0, user = 0, system = 0, real = 0] = timed.split(/\s+/).map(Number);
  return {
    startedAt: started * 1000 - origin,
    wallMs: real * 1000,
    // One that nobody waited for is missing in the shell's sum, but was seen.
    cpuSeconds: Math.max(user + system, cpuSeconds),
    peakBytes,
    processes,
    exitCode: Number(code ?? -1),
    output: out + errors,
  };
}
