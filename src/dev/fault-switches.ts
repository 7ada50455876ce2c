import type { DevEvents } from './dev-events.ts';
import { type CallbackFault, DOWN_SECONDS, type Faults, groupOf } from './faults.ts';

/** The active faults. */
export interface FaultSwitches {
  now(): Faults;
  /** Sets the named faults. */
  set(faults: Partial<Faults>): Faults;
  /** The fault for the callback that has just arrived; some faults then switch off. */
  takeCallbackFault(): CallbackFault | null;
}

/** Faults for a single callback. */
const ONCE: readonly (CallbackFault | null)[] = [
  ...(['fail', 'hang', 'lost', 'redirect', 'busy', 'denied', 'missing', 'portal'] as const),
];

/**
 * Switches, initially off; each change is reported.
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

/** The faults in a request's JSON; undefined if it is something else. */
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
