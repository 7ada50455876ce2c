import type { Budget, Hurry } from '../convert/plan/resources.ts';
import { taskNames } from '../convert/setting-names.ts';
import { createDeadline, type Deadline, earlierOf } from '../deadline.ts';
import type { Stopping } from './stopping.ts';

/** How much time, CPU and memory a task may take. */
export interface TaskBudget {
  /** From the start of the process to the end of the callback, in milliseconds. */
  readonly timeoutMs: number;
  /**
   * For how long after that a success's callback is still tried, in milliseconds; not at all if
   * unset.
   */
  readonly callbackPatienceMs?: number | undefined;
  /** CPU seconds that the plan may spend; by default from the kind of machine. */
  readonly cpuSeconds?: number | undefined;
  /** Memory that the conversion may plan with, in bytes; by default detected. */
  readonly memoryBytes?: number | undefined;
  /** Whether this is a Fly machine, whose shared CPUs are throttled after a burst. */
  readonly onFly: boolean;
  /** Fly's version of this machine's configuration, which reveals when it was requested. */
  readonly machineVersion?: string | undefined;
}

/** A task's deadlines: each stage ends early enough for what follows it. */
export interface TaskDeadlines {
  /** For everything but the callback. */
  readonly upload: Deadline;
  /** For download and conversion. */
  readonly conversion: Deadline;
}

/**
 * Reserved for the callback: one attempt without an answer takes 10 s, or a fifth of a shorter
 * task.
 */
const CALLBACK_RESERVE = { mostMs: 10_000, share: 0.2 } as const;
/** Reserved for the upload: a JPEG of 50 MB at 100 Mbit/s, or a tenth of a shorter task. */
const UPLOAD_RESERVE = { mostMs: 5_000, share: 0.1 } as const;

/**
 * The deadlines of a task, which a stop signal moves forward. `now` counts milliseconds from the
 * start of the process.
 */
export function taskDeadlines(
  { timeoutMs }: Pick<TaskBudget, 'timeoutMs'>,
  now: () => number,
  { times, deadline: afterStop }: Pick<Stopping, 'times' | 'deadline'>,
): TaskDeadlines {
  const reserve = ({ mostMs, share }: { mostMs: number; share: number }) =>
    Math.min(mostMs, timeoutMs * share);
  const uploadEndsAt = timeoutMs - reserve(CALLBACK_RESERVE);
  const conversionEndsAt = uploadEndsAt - reserve(UPLOAD_RESERVE);
  return {
    upload: earlierOf(createDeadline(uploadEndsAt, { now }), afterStop(times.uploadedMs)),
    conversion: earlierOf(createDeadline(conversionEndsAt, { now }), afterStop(times.convertedMs)),
  };
}

/**
 * CPU seconds on Fly's shared CPUs: two of them have a burst of about 5 s each, then 5 ms in 80
 * each (https://fly.io/docs/machines/cpu-performance/).
 */
const FLY_CPU = { burstSeconds: 10, share: 0.125 } as const;

/**
 * How much longer the orchestrator waits than a task may take (60 s, not 50), for its machine to
 * start. In milliseconds.
 */
export const USUAL_START_MS = 10_000;

/**
 * What a task's conversion may use. The orchestrator counts from its request for the machine,
 * `msBeforeStart` milliseconds before this process started: the unusual part of that shortens the
 * plan, but ends nothing earlier.
 */
export function conversionBudget(
  budget: TaskBudget,
  deadline: Deadline,
  { msBeforeStart = 0, hurry }: { readonly msBeforeStart?: number; readonly hurry?: Hurry } = {},
): Budget {
  const { cpuSeconds, memoryBytes, onFly } = budget;
  const onSharedCpus = (seconds: number) => FLY_CPU.burstSeconds + FLY_CPU.share * seconds;
  const given = cpuSeconds === undefined ? undefined : () => cpuSeconds;
  return {
    memoryBytes,
    cpuSeconds: given ?? (onFly ? onSharedCpus : undefined),
    secondsLeft: () => deadline.msLeft() / 1000,
    secondsBehind: Math.max(0, msBeforeStart - USUAL_START_MS) / 1000,
    hurry,
    names: taskNames,
  };
}
