/** Real tasks, many at once: each a process of its own, each held to what its callback must say. */
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { parse } from 'valibot';
import { successPayloadSchema } from '../../src/lib/callback/payload.ts';
import { inParallel } from '../../src/lib/in-parallel.ts';
import type { Sandbox } from '../../src/lib/sandbox/sandbox.ts';
import { watchMemory } from './memory.ts';
import { keysOf, megapixelsOf } from './tiffs.ts';

/** What one task took; MB of 1024 × 1024 bytes. */
export interface TaskSample {
  readonly megapixels: number;
  readonly tiffMB: number;
  readonly jpegMB: number;
  /** From the start of the process to its end. */
  readonly wallSeconds: number;
  /** By the callback; `start` is what of its total time is none of the three, the callback itself left out. */
  readonly startSeconds: number;
  readonly downloadSeconds: number;
  readonly conversionSeconds: number;
  readonly uploadSeconds: number;
  /** Of all its processes. */
  readonly cpuSeconds: number;
  /** Of these, what the conversion process says of its job. */
  readonly conversionCpuSeconds: number;
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
/** The shell tells what the processes took that it waited for: no sampling can miss the end of one. */
const TIMED = '"$@"; code=$?; times >&2; exit $code';

/** R2 and the orchestrator are elsewhere in truth: here they share the tasks' cores, and come first. */
const BEHIND_SANDBOX = 10;

/**
 * To be called before the sandbox is started, which then comes before everything of usual priority. Only
 * root may do so; for others the tasks come after everything of usual priority.
 */
export function raisePriority(): void {
  try {
    setPriority(-BEHIND_SANDBOX);
  } catch {
    // Not root: being first by the tasks' lower priority is enough on a machine with nothing else to do.
  }
}

/** Runs a level on the TIFFs that are stored, and removes the JPEGs that it made. */
export async function runLevel(
  sandbox: Sandbox,
  level: Level,
  folder: string,
): Promise<LevelResult> {
  const pids = new Map<number, number>();
  const memory = watchMemory(() => pids.values());
  const batch = `scale-${level.atOnce}-${level.timeoutMs}`;
  const began = performance.now();
  const tasks = [...Array(level.tasks).keys()];
  const ends = await inParallel(
    tasks,
    async (task) => {
      const running = startTask(sandbox, { batch, task, timeoutMs: level.timeoutMs, folder });
      if (running.pid !== undefined) pids.set(task, running.pid);
      const started = performance.now();
      const { stdout, stderr } = await running;
      pids.delete(task);
      return {
        task,
        pid: running.pid,
        stdout,
        stderr,
        wallSeconds: (performance.now() - started) / 1000,
      };
    },
    { limit: level.atOnce },
  );
  const seconds = (performance.now() - began) / 1000;
  const peaks = await memory.stop();
  const results = await Promise.all(
    ends.map((end) => judge(sandbox, batch, end, peaks.ofTree.get(end.pid ?? 0) ?? 0)),
  );
  for (const task of tasks) await sandbox.deleteObject(keysOf(task).output);
  return {
    ...level,
    samples: results.filter((result) => typeof result !== 'string'),
    failures: results.filter((result) => typeof result === 'string'),
    seconds: rounded(seconds),
    peakMB: Math.round(peaks.ofAll / MB),
  };
}

function startTask(
  sandbox: Sandbox,
  task: { batch: string; task: number; timeoutMs: number; folder: string },
) {
  const { input } = keysOf(task.task);
  return execa(
    'nice',
    ['-n', String(BEHIND_SANDBOX), 'sh', '-c', TIMED, 'sh', process.execPath, program, 'run'],
    {
      env: {
        PATH: process.env['PATH'],
        TMPDIR: task.folder,
        ...sandbox.environment(task.batch, String(task.task), input),
        TASK_TIMEOUT_MS: String(task.timeoutMs),
        // As on the machine of the contract; without it a task would plan with this whole machine.
        MEMORY_LIMIT_MB: '1024',
      },
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
    },
  );
}

interface TaskEnd {
  readonly task: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly wallSeconds: number;
}

/** The task's sample, or what is wrong with it: there must be exactly one success, with the right key. */
async function judge(
  sandbox: Sandbox,
  batch: string,
  { task, stdout, stderr, wallSeconds }: TaskEnd,
  peakBytes: number,
): Promise<TaskSample | string> {
  const callbacks = await sandbox.callbacks(batch, String(task));
  const [body, ...more] = callbacks.map((one) => JSON.parse(one.body));
  const wrong = (what: string) => `Task ${task} (${megapixelsOf(task)} MP): ${what}`;
  if (body === undefined) return wrong(`no callback; ${stderr.slice(0, 500)}`);
  if (more.length > 0) return wrong(`${callbacks.length} callbacks`);
  if (body.status !== 'success') return wrong(body.error);
  const payload = parse(successPayloadSchema, body);
  const { output } = keysOf(task);
  if (payload.output_r2_key !== output) return wrong(`the JPEG is at ${payload.output_r2_key}`);
  const { total_time_ms, download_time_ms, conversion_time_ms, upload_time_ms } =
    payload.performance ?? NO_TIMES;
  const stages = download_time_ms + conversion_time_ms + upload_time_ms;
  const [, megabytes = '0'] = /Downloaded ([\d.]+) MB/.exec(stdout) ?? [];
  const [, effort = '', cpu = '0'] =
    /Done as (\w+).*measured \d+ MB and ([\d.]+) CPU-s/.exec(stdout) ?? [];
  return {
    megapixels: megapixelsOf(task),
    tiffMB: Number(megabytes),
    jpegMB: rounded(payload.output_file_size / MB),
    wallSeconds: rounded(wallSeconds),
    startSeconds: rounded((total_time_ms - stages) / 1000),
    downloadSeconds: rounded(download_time_ms / 1000),
    conversionSeconds: rounded(conversion_time_ms / 1000),
    uploadSeconds: rounded(upload_time_ms / 1000),
    cpuSeconds: rounded(childrensCpuSeconds(stderr)),
    conversionCpuSeconds: Number(cpu),
    effort,
    peakMB: Math.round(peakBytes / MB),
  };
}

const NO_TIMES = {
  total_time_ms: Number.NaN,
  download_time_ms: Number.NaN,
  conversion_time_ms: Number.NaN,
  upload_time_ms: Number.NaN,
};

/** The last line of the shell's `times`: user and system of its children, theirs included (POSIX). */
function childrensCpuSeconds(stderr: string): number {
  const times = [...(stderr.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  return times.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
}

const rounded = (value: number) => Math.round(value * 1000) / 1000;
