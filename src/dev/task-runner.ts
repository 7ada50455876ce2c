import { fileURLToPath } from 'node:url';
import { sinceStart } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import { packageFile } from '../lib/package-file.ts';
import type { TaskSummary } from './api.ts';
import { type CpuChoice, memoryLimitOf } from './machine-limits.ts';
import { runWorker } from './run-worker.ts';
import { followStages } from './stage-times.ts';
import type { TaskList } from './task-list.ts';
import { createTaskQueue } from './task-queue.ts';
import { notRun, type TaskRecord } from './task-store.ts';
import { outcomeOfBody, outcomeOfLog } from './worker-outcome.ts';

/** Runs our own tasks, each with the real program in a separate process. */
export interface TaskRunner {
  /** Queues a task. */
  queue(id: string): void;
  /** Stops the running workers and waits for them. */
  stop(): Promise<void>;
}

/** What tasks are run with. */
export interface RunnerOptions {
  readonly jobs: number;
  readonly cpus: CpuChoice;
  /** Memory of each task's machine, in MB. */
  readonly memoryMb: number;
  /** Tells the orchestrator that the task's machine was requested. */
  readonly announce: (task: TaskSummary) => Promise<void>;
  /** The contract's variables for a task. */
  readonly variablesOf: (task: TaskSummary) => Readonly<Record<string, string>>;
  /** Variables that every process needs: where programs and temporary files are. */
  readonly systemVariables: Readonly<Record<string, string>>;
}

/** A runner for the tasks of a list. */
export function createTaskRunner(list: TaskList, options: RunnerOptions): TaskRunner {
  const stopping = new AbortController();
  const queue = createTaskQueue(options.jobs, async (id, place) => {
    const record = list.get(id);
    if (record) await runTask(list, record, place, options, stopping.signal);
  });
  return {
    queue(id) {
      const record = list.get(id);
      if (!record) return;
      list.clearLog(record);
      list.change(record, { ...notRun, state: 'queued' });
      queue.add(id);
    },
    async stop() {
      stopping.abort();
      await queue.close();
    },
  };
}

async function runTask(
  list: TaskList,
  record: TaskRecord,
  place: number,
  { cpus, memoryMb, announce, variablesOf, systemVariables }: RunnerOptions,
  signal: AbortSignal,
): Promise<void> {
  const stages = followStages(sinceStart());
  const earlier = record.received.length;
  const program = fileURLToPath(packageFile('bin/run.js'));
  list.change(record, { state: 'running', started_at: now() });
  const start = {
    command: cpus.wrap(place, [process.execPath, program, 'run']),
    env: {
      ...systemVariables,
      ...variablesOf(record.summary),
      ...record.summary.settings,
      MEMORY_LIMIT_MB: String(memoryLimitOf(memoryMb)),
    },
    onLine(line: string) {
      list.addLine(record, line);
      const times = stages.line(line, sinceStart());
      if (times) list.change(record, { stages: times });
    },
    signal,
  };
  const run = async () => {
    await announce(record.summary);
    return runWorker(start);
  };
  const outcome = await run().then(
    ({ exitCode }) => {
      const silent = signal.aborted ? ENDED_WITH_US : silentEnd(exitCode);
      return { exit_code: exitCode, ...outcomeOf(record, exitCode, { earlier, silent }) };
    },
    (error: unknown) => ({
      state: 'failed' as const,
      error: `The worker could not be started: ${messageOf(error)}`,
    }),
  );
  list.change(record, { ...outcome, stages: stages.ended(sinceStart()), ended_at: now() });
}

/**
 * The error of a task whose worker was stopped with this program and could report nothing itself.
 */
export const ENDED_WITH_US = 'arke-tiff dev was stopped while this task was running. Run it again.';

function silentEnd(exitCode: number | null): string {
  return `The worker was ended by ${exitCode === null ? 'a signal' : `exit code ${exitCode}`} without an outcome.`;
}

/** The outcome of a task, from its exit code, its log and the callbacks of this run. */
function outcomeOf(
  { log, received }: TaskRecord,
  exitCode: number | null,
  { earlier, silent }: { readonly earlier: number; readonly silent: string },
): Partial<TaskSummary> {
  const said = received
    .slice(earlier)
    .filter(({ replay }) => !replay)
    .map(({ body }) => outcomeOfBody(body))
    .findLast((outcome) => outcome !== undefined);
  const outcome = { output_key: null, jpeg_bytes: null, error: null, ...said };
  if (exitCode === 0) return { ...outcome, state: 'succeeded' };
  const logged = outcomeOfLog(log);
  const error = logged?.error ?? outcome.error ?? silent;
  const { output_key, jpeg_bytes } = outcome.output_key === null && logged ? logged : outcome;
  return { output_key, jpeg_bytes, error, state: 'failed' };
}

function now(): string {
  return new Date().toISOString();
}
