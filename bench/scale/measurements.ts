/** What the scale bench measured last, as bench/scale.json keeps it. */
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { LevelResult, TaskSample } from './tasks.ts';

/** A level without its samples: what a row of the table says. */
export interface LevelSummary {
  readonly tasks: number;
  readonly atOnce: number;
  /** TASK_TIMEOUT_MS of each, in seconds. */
  readonly timeoutSeconds: number;
  readonly failures: number;
  /** From the start of the first to the end of the last. */
  readonly seconds: number;
  /** The longest that one task took, from its start to its end. */
  readonly slowestSeconds: number;
  readonly megapixels: number;
  /** Of all tasks that succeeded, their processes summed up. */
  readonly cpuSeconds: number;
  /** How many were converted with each effort. */
  readonly efforts: Readonly<Record<string, number>>;
  /** Of one task: median and most, PSS of its processes. */
  readonly medianMB: number;
  readonly mostMB: number;
  /** Of all tasks at one time. */
  readonly allMB: number;
}

/** What bench/scale.json holds. */
export interface ScaleMeasurements {
  readonly machine: string;
  readonly levels: readonly LevelSummary[];
}

const file = fileURLToPath(new URL('../scale.json', import.meta.url));

/** Reads what was measured last. */
export async function readMeasurements(): Promise<ScaleMeasurements> {
  return JSON.parse(await readFile(file, 'utf8')) as ScaleMeasurements;
}

/** Keeps what was measured, a level a line, so that a change of one shows as one. */
export async function writeMeasurements(measured: ScaleMeasurements): Promise<void> {
  const { machine, levels } = measured;
  const lines = levels.map((level) => JSON.stringify(level)).join(',\n');
  await writeFile(file, `{"machine": ${JSON.stringify(machine)},\n"levels": [\n${lines}\n]}\n`);
}

/** The machine in a few words. */
export function describeMachine(): string {
  return `${cpus().length} × ${cpus()[0]?.model.trim()}, Node.js ${process.version}`;
}

/** What a level comes to. */
export function summarize(result: LevelResult): LevelSummary {
  const { samples, tasks, atOnce, timeoutMs, failures, seconds, peakMB } = result;
  const sum = (value: (sample: TaskSample) => number) =>
    Math.round(samples.reduce((total, sample) => total + value(sample), 0) * 100) / 100;
  const memory = samples.map((sample) => sample.peakMB).sort((a, b) => a - b);
  const efforts = Map.groupBy(samples, ({ effort }) => effort);
  return {
    tasks,
    atOnce,
    timeoutSeconds: timeoutMs / 1000,
    failures: failures.length,
    seconds,
    slowestSeconds: Math.max(0, ...samples.map(({ wallSeconds }) => wallSeconds)),
    megapixels: sum(({ megapixels }) => megapixels),
    cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
    efforts: Object.fromEntries([...efforts].map(([effort, of]) => [effort, of.length])),
    medianMB: memory[Math.floor(memory.length / 2)] ?? 0,
    mostMB: memory.at(-1) ?? 0,
    allMB: peakMB,
  };
}

/** The levels as a table in Markdown. */
export function levelTable(levels: readonly LevelSummary[]): string {
  const rows = levels.map((level) => {
    const { tasks, atOnce, timeoutSeconds, failures, seconds, slowestSeconds } = level;
    const done = tasks - failures;
    const efforts = Object.entries(level.efforts).map(([effort, count]) => `${count} ${effort}`);
    return [
      atOnce,
      tasks,
      `${timeoutSeconds} s`,
      failures,
      efforts.join(', '),
      `${seconds.toFixed(1)} s`,
      `${slowestSeconds.toFixed(1)} s`,
      (done / seconds).toFixed(2),
      (level.megapixels / seconds).toFixed(1),
      (level.cpuSeconds / done).toFixed(2),
      `${level.medianMB} / ${level.mostMB} MB`,
      `${level.allMB} MB`,
    ];
  });
  const head = [
    'at once',
    'tasks',
    'time-out',
    'failed',
    'effort',
    'all done in',
    'slowest task',
    'tasks/s',
    'MP/s',
    'CPU-s per task',
    'memory of a task, median / most',
    'of all at one time',
  ];
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
