import type { Outcome } from './outcome.ts';

/** What a task is at when something happens. */
export type Stage =
  | 'GET, its answer'
  | 'GET, its body'
  | 'GET, a further range'
  | 'HEAD'
  | 'PUT'
  | 'PUT over an older JPEG'
  | 'callback of a success'
  | 'callback of an error';

/** How often it happens, one time after the other. */
export type Times = 'once' | 'twice' | 'for good';

/** One field of the fault table. */
export interface Cell {
  readonly stage: Stage;
  readonly fault: string;
  /** Faults that differ in a number only are one kind. */
  readonly kind: string;
  readonly times: Times;
  readonly outcome: Outcome;
}

/** One line of the table: a fault at a stage. Times that make no difference are left out. */
export interface Row {
  readonly fault: string;
  readonly outcomes: Partial<Record<Times, Outcome>>;
}

/** How often a request is sent before it is given up, to R2 and to the orchestrator. */
export const ATTEMPTS = 3;

/** So that "once" and "twice" are followed by an attempt that succeeds. */
export function passing(forGood: Outcome, once: Outcome, twice: Outcome): Row['outcomes'] {
  return { once, twice, 'for good': forGood };
}

/** The cells of a stage. */
export function cellsOf(stage: Stage, rows: readonly Row[]): Cell[] {
  return rows.flatMap(({ fault, outcomes }) =>
    Object.entries(outcomes).map(([times, outcome]) => ({
      stage,
      fault,
      kind: fault.replace(/^52\d|^530/, '52x').replace(/^50\d/, '50x'),
      times: times as Times,
      outcome,
    })),
  );
}
