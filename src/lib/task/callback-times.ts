import type { TaskBudget } from './budget.ts';

/** When what is done with a callback, in milliseconds since the start of the process. */
export interface CallbackTimes {
  /** When it goes to the log and to the outbox if it has not been taken. */
  readonly keepAt: number;
  /** When it is given up; later than that for a success, which saves its picture however late it comes. */
  readonly endsAt: number;
}

/** What `callbackTimes` needs. */
interface CallbackCircumstances {
  readonly budget: Pick<TaskBudget, 'timeoutMs' | 'callbackPatienceMs'>;
  readonly status: 'success' | 'error';
  /** Milliseconds since the start of the process. */
  readonly now: number;
  /** How long a callback may take however late it is, in milliseconds. */
  readonly lateMs: number;
  /** What is kept of the task's time for the outbox, in milliseconds; 0 where there is none. */
  readonly outboxMs: number;
}

/**
 * The times of a callback. An error has until the task's deadline, as the orchestrator never takes a second outcome, and is
 * kept when it is given up; a success has as long again as `callbackPatienceMs` says, and is kept before the deadline while that
 * lasts, or at once.
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
  if (status === 'success' && callbackPatienceMs > 0)
    return {
      keepAt: Math.max(dueAt, now),
      endsAt: Math.max(timeoutMs + callbackPatienceMs, lateAt),
    };
  const endsAt = Math.max(dueAt, lateAt);
  return { keepAt: endsAt, endsAt };
}
