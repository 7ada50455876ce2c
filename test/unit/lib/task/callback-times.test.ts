import { describe, expect, it } from 'vitest';
import { callbackTimes } from '../../../../src/lib/task/callback-times.ts';

const budget = { timeoutMs: 50_000, callbackPatienceMs: 60_000 };
const usual = { budget, status: 'success', now: 10_000, lateMs: 3_000, outboxMs: 0 } as const;

describe('a callback', () => {
  it.each([
    ['a success: until its patience ends', {}, { keepAt: 50_000, dueAt: 50_000, endsAt: 110_000 }],
    [
      'an error: until the deadline',
      { status: 'error' },
      { keepAt: 50_000, dueAt: 50_000, endsAt: 50_000 },
    ],
    [
      'with an outbox: kept before the deadline',
      { outboxMs: 1_500 },
      { keepAt: 48_500, dueAt: 48_500, endsAt: 110_000 },
    ],
    [
      'an error with an outbox: given up before the deadline',
      { status: 'error', outboxMs: 1_500 },
      { keepAt: 48_500, dueAt: 48_500, endsAt: 48_500 },
    ],
    [
      'without patience: given up before the deadline',
      { budget: { ...budget, callbackPatienceMs: 0 }, outboxMs: 1_500 },
      { keepAt: 48_500, dueAt: 48_500, endsAt: 48_500 },
    ],
    [
      'an error that is late: no less than 3 s',
      { status: 'error', now: 80_000, outboxMs: 1_500 },
      { keepAt: 83_000, dueAt: 83_000, endsAt: 83_000 },
    ],
    [
      'a success that is nearly late: kept before the deadline all the same',
      { now: 48_000, outboxMs: 1_500 },
      { keepAt: 48_500, dueAt: 48_500, endsAt: 110_000 },
    ],
    [
      'a success whose time to be kept has begun: before the deadline, too',
      { now: 49_500, outboxMs: 1_500 },
      { keepAt: 50_000, dueAt: 48_500, endsAt: 110_000 },
    ],
    [
      'a success that is late: kept when it is not answered soon',
      { now: 80_000 },
      { keepAt: 81_000, dueAt: 50_000, endsAt: 110_000 },
    ],
    [
      'a success that is later than that',
      { now: 200_000 },
      { keepAt: 201_000, dueAt: 50_000, endsAt: 203_000 },
    ],
    [
      'without patience, late: no less than 3 s',
      { budget: { ...budget, callbackPatienceMs: 0 }, now: 80_000 },
      { keepAt: 83_000, dueAt: 83_000, endsAt: 83_000 },
    ],
  ] as const)('%s', (_, more, times) => {
    expect(callbackTimes({ ...usual, ...more })).toEqual(times);
  });
});
