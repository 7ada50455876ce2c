import { type Ending, endSoonAfter, firstOf } from '../stop.ts';
import type { TaskPatience } from './job.ts';
import type { CallbackTarget } from './settings.ts';
import { STOP_TIMES, type StopWishes } from './stopping.ts';

/** When after what ends a task at once a callback is given up, in milliseconds. */
const ENDED_CALLBACK_MS = 3_000;
/** The same where it has to be stored in the outbox then. */
const ENDED_CALLBACK_WITH_OUTBOX_MS = 2_000;
/** When the outbox is. */
const ENDED_OUTBOX_MS = 1_500;

/** When after a further stop signal a callback is given up, and when the outbox, in milliseconds: one round trip each. */
const AGAIN_MS = { callback: 500, outbox: 1_000 } as const;

/** What decides how long the callback of a task that is stopped may take. */
interface Circumstances extends StopWishes {
  readonly patience?: TaskPatience | undefined;
}

/** How many milliseconds a callback has after each of the wishes to stop. */
interface AfterWishes {
  readonly stop: number;
  readonly again: number;
  readonly signal: number;
}

/** Until when after a wish to stop the callback of a task is tried. */
export function callbackEnding(target: CallbackTarget, wishes: Circumstances): Ending {
  return endingAfter(wishes, callbackTimes(target, wishes));
}

/** Until when after a wish to stop a callback is stored in the outbox. */
export function outboxEnding(wishes: Circumstances): Ending {
  const { keptMs } = { ...STOP_TIMES, ...wishes.patience?.stop };
  return endingAfter(wishes, { stop: keptMs, again: AGAIN_MS.outbox, signal: ENDED_OUTBOX_MS });
}

/** How many milliseconds a callback that was given up had after the stop signal by whose reason that was. */
export function msAfterStop(target: CallbackTarget, wishes: Circumstances, reason: Error): number {
  const { stop, again } = callbackTimes(target, wishes);
  return reason === wishes.again?.reason ? again : stop;
}

function callbackTimes({ outbox }: CallbackTarget, { patience }: Circumstances): AfterWishes {
  const last = patience?.lastCallbackMs;
  if (last !== undefined) return { stop: last, again: last, signal: last };
  const { calledBackMs, calledBackWithOutboxMs } = { ...STOP_TIMES, ...patience?.stop };
  return {
    stop: outbox ? calledBackWithOutboxMs : calledBackMs,
    again: AGAIN_MS.callback,
    signal: outbox ? ENDED_CALLBACK_WITH_OUTBOX_MS : ENDED_CALLBACK_MS,
  };
}

function endingAfter({ stop, again, signal }: StopWishes, ms: AfterWishes): Ending {
  return firstOf([
    endSoonAfter(stop, ms.stop),
    endSoonAfter(again, ms.again),
    endSoonAfter(signal, ms.signal),
  ]);
}
