import { type Ending, endSoonAfter, firstOf } from '../stop.ts';
import type { TaskPatience } from './running-task.ts';
import type { CallbackTarget } from './settings.ts';
import { STOP_TIMES, type StopWishes } from './stopping.ts';

/** How long after an immediate end a callback is still tried, in milliseconds. */
const ENDED_CALLBACK_MS = 3_000;
/** The same if it must be stored in the outbox afterwards. */
const ENDED_CALLBACK_WITH_OUTBOX_MS = 2_000;
/** How long after an immediate end the outbox is still tried. */
const ENDED_OUTBOX_MS = 1_500;

/**
 * The same after a second stop signal, for callback and outbox, in milliseconds: one round trip
 * each.
 */
const AGAIN_MS = { callback: 500, outbox: 1_000 } as const;

/** What determines the callback time of a stopped task. */
interface Circumstances extends StopWishes {
  readonly patience?: TaskPatience | undefined;
}

/** Milliseconds for a callback after each kind of stop. */
interface AfterWishes {
  readonly stop: number;
  readonly again: number;
  readonly signal: number;
}

/** Until when a stopped task's callback is tried. */
export function callbackEnding(target: CallbackTarget, wishes: Circumstances): Ending {
  return endingAfter(wishes, timesAfterSignal(target, wishes));
}

/** Until when a stopped task's callback is stored in the outbox. */
export function outboxEnding(wishes: Circumstances): Ending {
  const { keptMs } = { ...STOP_TIMES, ...wishes.patience?.stop };
  return endingAfter(wishes, { stop: keptMs, again: AGAIN_MS.outbox, signal: ENDED_OUTBOX_MS });
}

/**
 * How long a callback that was given up had after the stop signal that ended it, in milliseconds.
 */
export function msAfterStop(target: CallbackTarget, wishes: Circumstances, reason: Error): number {
  const { stop, again } = timesAfterSignal(target, wishes);
  return reason === wishes.again?.reason ? again : stop;
}

function timesAfterSignal({ outbox }: CallbackTarget, { patience }: Circumstances): AfterWishes {
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
