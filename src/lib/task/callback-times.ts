import type { TaskBudget } from './budget.ts';

/** The times of a callback, in milliseconds since the start of the process. */
export interface CallbackTimes {
  /**
   * When it goes to the log and to the outbox if it has not been taken; before that once an attempt
   * fails after `dueAt`.
   */
  readonly keepAt: number;
  /** When it should have been taken. */
  readonly dueAt: number;
  /** When it is given up; later for a success, which saves its picture however late. */
  readonly endsAt: number;
}

/**
 * An orchestrator that is up answers in some 100 ms, in milliseconds: what takes longer may be lost
 * with the machine.
 */
const FIRST_ANSWER_MS = 1_000;

/** What `callbackTimes` needs. */
interface CallbackCircumstances {
  readonly budget: Pick<TaskBudget, 'timeoutMs' | 'callbackPatienceMs'>;
  readonly status: 'success' | 'error';
  /** Milliseconds since the start of the process. */
  readonly now: number;
  /** The least time for a callback, however late it is, in milliseconds. */
  readonly lateMs: number;
  /** The part of the task's time reserved for the outbox, in milliseconds; 0 without one. */
  readonly outboxMs: number;
}

/**
 * The times of a callback. An error has until the task's deadline, as the orchestrator never takes
 * a second outcome, and is kept when it is given up; a success has as long again as
 * `callbackPatienceMs` says, and is kept before the deadline while that lasts. One that is late is
 * kept when its first attempt fails or has no answer for `FIRST_ANSWER_MS`.
 */
export function callbackTimes({
  budget: { timeoutMs, callbackPatienceMs = 0 },
  status,
  now,
  lateMs,
  outboxMs,
}: CallbackCircumstances): CallbackTimes {
  const dueAt = timeoutMs - outboxMs;
  const lateAt = now + lateMs;
  const firstAt = now + FIRST_ANSWER_MS;
  if (status === 'success' && callbackPatienceMs > 0)
    return {
      keepAt: now < dueAt ? dueAt : now < timeoutMs ? Math.min(firstAt, timeoutMs) : firstAt,
      dueAt,
      endsAt: Math.max(timeoutMs + callbackPatienceMs, lateAt),
    };
  const endsAt = Math.max(dueAt, lateAt);
  return { keepAt: endsAt, dueAt: endsAt, endsAt };
}
