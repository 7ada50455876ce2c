import type { DevEvents } from './dev-events.ts';
import { type CallbackFault, DOWN_SECONDS, type Faults, groupOf } from './faults.ts';

/** What is set to go wrong. */
export interface FaultSwitches {
  now(): Faults;
  /** Sets those that are named. */
  set(faults: Partial<Faults>): Faults;
  /** The fault of the callback that has just come, which may switch itself off by that. */
  takeCallbackFault(): CallbackFault | null;
}

/** Those that are for one callback only. */
const ONCE: readonly (CallbackFault | null)[] = ['fail', 'hang', 'lost', 'redirect'];

/**
 * Switches that are all off; each change is told.
 *
 * @param downMs how long the fault `down` lasts, in milliseconds
 */
export function createFaultSwitches(
  events: Pick<DevEvents, 'tell'>,
  downMs = DOWN_SECONDS * 1000,
): FaultSwitches {
  let faults: Faults = { callback: null, storage: null };
  let downFor: NodeJS.Timeout | undefined;
  const set = (changes: Partial<Faults>) => {
    if (changes.callback !== undefined) {
      clearTimeout(downFor);
      downFor = undefined;
    }
    faults = { ...faults, ...changes };
    events.tell({ type: 'faults', data: faults });
    return faults;
  };
  return {
    now: () => faults,
    set,
    takeCallbackFault() {
      const { callback } = faults;
      if (ONCE.includes(callback)) set({ callback: null });
      if (callback === 'down')
        downFor ??= setTimeout(() => set({ callback: null }), downMs).unref();
      return callback;
    },
  };
}

/** The faults that a request's JSON names, or undefined when it is something else. */
export function switchedFaults(json: unknown): Partial<Faults> | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  const { callback, storage, ...others } = json as Partial<Faults>;
  if (!isOff(callback) && !namesOf('callback').includes(callback)) return undefined;
  if (!isOff(storage) && !namesOf('storage').includes(storage)) return undefined;
  if (Object.keys(others).length > 0) return undefined;
  return {
    ...(callback === undefined ? {} : { callback }),
    ...(storage === undefined ? {} : { storage }),
  };
}

/** The names of one kind of fault, in the order of the table. */
export function namesOf(of: keyof Faults): readonly string[] {
  return Object.keys(groupOf(of).faults);
}

function isOff(fault: unknown): fault is null | undefined {
  return fault === null || fault === undefined;
}
