import type { CallbackFault, Faults, StorageFault } from './api.ts';
import type { DevEvents } from './dev-events.ts';

/** What is set to go wrong. */
export interface FaultSwitches {
  now(): Faults;
  /** Sets those that are named. */
  set(faults: Partial<Faults>): Faults;
  /** The fault of the callback that has just come: it is for that one only. */
  takeCallbackFault(): CallbackFault | null;
}

const CALLBACK_FAULTS: readonly unknown[] = ['fail', 'hang', 'redirect'] satisfies CallbackFault[];
const STORAGE_FAULTS: readonly unknown[] = ['slow', 'break'] satisfies StorageFault[];

/** Switches that are all off; each change is told. */
export function createFaultSwitches(events: Pick<DevEvents, 'tell'>): FaultSwitches {
  let faults: Faults = { callback: null, storage: null };
  const set = (changes: Partial<Faults>) => {
    faults = { ...faults, ...changes };
    events.tell({ type: 'faults', data: faults });
    return faults;
  };
  return {
    now: () => faults,
    set,
    takeCallbackFault() {
      const { callback } = faults;
      if (callback !== null) set({ callback: null });
      return callback;
    },
  };
}

/** The faults that a request's JSON names, or undefined when it is something else. */
export function faultsOf(json: unknown): Partial<Faults> | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  const { callback, storage, ...others } = json as Partial<Faults>;
  const known =
    (callback == null || CALLBACK_FAULTS.includes(callback)) &&
    (storage == null || STORAGE_FAULTS.includes(storage));
  if (!known || Object.keys(others).length > 0) return undefined;
  return {
    ...(callback === undefined ? {} : { callback }),
    ...(storage === undefined ? {} : { storage }),
  };
}
