import type { Budget } from '../convert/plan/resources.ts';
import { taskNames } from '../convert/setting-names.ts';
import { createDeadline, type Deadline } from '../deadline.ts';

/** How much time, CPU and memory a task may take. */
export interface TaskBudget {
  /** From the start of the process to the end of the callback, in milliseconds. */
  readonly timeoutMs: number;
  /** CPU seconds that the plan may spend; without it by the machine's kind. */
  readonly cpuSeconds?: number | undefined;
  /** Memory that the conversion may plan with, in bytes; without it the machine is asked. */
  readonly memoryBytes?: number | undefined;
  /** Whether the machine is one of Fly's, whose shared CPUs are throttled after a burst. */
  readonly onFly: boolean;
}

/** A task's deadlines: each stage ends early enough for what follows it. */
export interface TaskDeadlines {
  /** Of everything, the callback included. */
  readonly task: Deadline;
  /** Of everything but the callback. */
  readonly upload: Deadline;
  /** Of download and conversion. */
  readonly conversion: Deadline;
}

/** What is kept for the callback: one attempt that is never answered takes 10 s, or a fifth of a shorter task. */
const CALLBACK_RESERVE = { mostMs: 10_000, share: 0.2 } as const;
/** What is kept for the upload: a JPEG of 50 MB at 100 Mbit/s, or a tenth of a shorter task. */
const UPLOAD_RESERVE = { mostMs: 5_000, share: 0.1 } as const;

/** The deadlines of a task; `stop` ends it sooner. `sinceStart` counts milliseconds from the start of the process. */
export function taskDeadlines(
  { timeoutMs }: Pick<TaskBudget, 'timeoutMs'>,
  sinceStart: () => number,
  stop: AbortSignal | undefined,
): TaskDeadlines {
  const reserve = ({ mostMs, share }: { mostMs: number; share: number }) =>
    Math.min(mostMs, timeoutMs * share);
  const task = createDeadline(timeoutMs, { now: sinceStart, stop });
  const callback = reserve(CALLBACK_RESERVE);
  return {
    task,
    upload: task.before(callback),
    conversion: task.before(callback + reserve(UPLOAD_RESERVE)),
  };
}

/**
 * CPU seconds on Fly's shared CPUs: two of them have a burst of about 5 s each, then 5 ms in 80 each
 * (https://fly.io/docs/machines/cpu-performance/).
 */
const FLY_CPU = { burstSeconds: 10, share: 0.125 } as const;

/** What the conversion of a task may use. */
export function conversionBudget(budget: TaskBudget, deadline: Deadline): Budget {
  const { cpuSeconds, memoryBytes, onFly } = budget;
  const onSharedCpus = (seconds: number) => FLY_CPU.burstSeconds + FLY_CPU.share * seconds;
  const given = cpuSeconds === undefined ? undefined : () => cpuSeconds;
  return {
    memoryBytes,
    cpuSeconds: given ?? (onFly ? onSharedCpus : undefined),
    secondsLeft: () => deadline.msLeft() / 1000,
    names: taskNames,
  };
}
