/** Real tasks, many at once: each a process of its own, each held to what its callback must say. */
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parse } from 'valibot';
import type { Sandbox } from '../../src/dev/sandbox/sandbox.ts';
import { successPayloadSchema } from '../../src/lib/callback/payload.ts';
import { inParallel } from '../../src/lib/in-parallel.ts';
import { type Metered, meter } from '../process-meter.ts';
import { type Sampler, startSampler } from '../process-sampler.ts';
import { keysOf, megapixelsOf } from './tiffs.ts';

/** What one task took; MB of 1024 × 1024 bytes. */
export interface TaskSample {
  readonly megapixels: number;
  /** From the start of the process to its end. */
  readonly wallSeconds: number;
  /** Of all its processes. */
  readonly cpuSeconds: number;
  /** The effort that it was converted with. */
  readonly effort: string;
  /** Of all its processes, peak of the sum of PSS. */
  readonly peakMB: number;
}

/** How many tasks run, how many of them at once. */
export interface Level {
  readonly tasks: number;
  readonly atOnce: number;
  /** TASK_TIMEOUT_MS of each. */
  readonly timeoutMs: number;
}

/** What became of the tasks of a level. */
export interface LevelResult extends Level {
  readonly samples: readonly TaskSample[];
  /** What was wrong, one line per task that failed. */
  readonly failures: readonly string[];
  /** From the start of the first to the end of the last. */
  readonly seconds: number;
  /** Of all at one time. */
  readonly peakMB: number;
}

const MB = 1024 * 1024;
const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

/**
 * R2 and the orchestrator are elsewhere in truth: here they share the tasks' cores, and come first.
 */
const BEHIND_SANDBOX = 10;

/**
 * To be called before the sandbox is started, which then comes before everything of usual priority.
 * Only root may do so; for others the tasks come after everything of usual priority.
 */
export function raisePriority(): void {
  try {
    setPriority(-BEHIND_SANDBOX);
  } catch {
    // Not root: being first by the tasks' lower priority is enough on a machine with nothing else
    // to do.
  }
}

/** Runs a level on the TIFFs that are stored, and removes the JPEGs that it made. */
export async function runLevel(
  sandbox: Sandbox,
  level: Level,
  folder: string,
): Promise<LevelResult> {
  const sampler = await startSampler();
  const batch = `scale-${level.atOnce}-${level.timeoutMs}`;
  const { timeoutMs } = level;
  const began = performance.now();
  const tasks = [...Array(level.tasks).keys()];
  const ends = await inParallel(
    tasks,
    async (task) => ({
      task,
      metered: await runTask(sandbox, { batch, task, timeoutMs, folder, sampler }),
    }),
    { limit: level.atOnce },
  );
  const seconds = (performance.now() - began) / 1000;
  const peakBytes = await sampler.stop();
  const results = await Promise.all(
    ends.map(({ task, metered }) => judge(sandbox, batch, task, metered)),
  );
  for (const task of tasks) await sandbox.deleteObject(keysOf(task).output);
  return {
    ...level,
    samples: results.filter((result) => typeof result !== 'string'),
    failures: results.filter((result) => typeof result === 'string'),
    seconds: rounded(seconds),
    peakMB: Math.round(peakBytes / MB),
  };
}

interface Task {
  readonly batch: string;
  readonly task: number;
  readonly timeoutMs: number;
  readonly folder: string;
  readonly sampler: Sampler;
}

function runTask(
  sandbox: Sandbox,
  { batch, task, timeoutMs, folder, sampler }: Task,
): Promise<Metered> {
  const { input } = keysOf(task);
  return meter(['nice', '-n', String(BEHIND_SANDBOX), process.execPath, program, 'run'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      TMPDIR: folder,
      ...sandbox.environment(batch, String(task), input),
      TASK_TIMEOUT_MS: String(timeoutMs),
      // As on the machine of the contract; without it a task would plan with this whole machine.
      MEMORY_LIMIT_MB: '1024',
    },
    sampler,
  });
}

/**
 * The task's sample, or what is wrong with it: there must be exactly one success, with the right
 * key.
 */
async function judge(
  sandbox: Sandbox,
  batch: string,
  task: number,
  { wallMs, cpuSeconds, peakBytes, output: log }: Metered,
): Promise<TaskSample | string> {
  const callbacks = await sandbox.callbacks(batch, String(task));
  const [body, ...more] = callbacks.map((one) => JSON.parse(one.body));
  const wrong = (what: string) => `Task ${task} (${megapixelsOf(task)} MP): ${what}`;
  if (body === undefined) return wrong(`no callback; ${log.slice(-500)}`);
  if (more.length > 0) return wrong(`${callbacks.length} callbacks`);
  if (body.status !== 'success') return wrong(body.error);
  const payload = parse(successPayloadSchema, body);
  const { output } = keysOf(task);
  if (payload.output_r2_key !== output) return wrong(`the JPEG is at ${payload.output_r2_key}`);
  const [, effort = ''] = /Done as (\w+)/.exec(log) ?? [];
  return {
    megapixels: megapixelsOf(task),
    wallSeconds: rounded(wallMs / 1000),
    cpuSeconds: rounded(cpuSeconds),
    effort,
    peakMB: Math.round(peakBytes / MB),
  };
}

const rounded = (value: number) => Math.round(value * 1000) / 1000;
