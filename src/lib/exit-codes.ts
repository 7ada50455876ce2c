/**
 * Every exit code of the program, by name. `run` uses only `ok` and `failed`, as in the contract;
 * the other commands also distinguish wrong usage and stop signals.
 */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  /** As in a shell. */
  unknownCommand: 127,
  interrupted: 130,
  readerGone: 141,
  terminated: 143,
} as const;

/**
 * What asks the program to stop, and the exit code of a stopped command (128 + number). SIGPIPE
 * stands for a reader that has left, like `head`: Node.js ignores the signal, and the next write
 * fails.
 */
export const stopSignals = {
  SIGINT: exitCodes.interrupted,
  SIGPIPE: exitCodes.readerGone,
  SIGTERM: exitCodes.terminated,
} as const satisfies Record<StopSignal, number>;

/** A signal that asks the program to stop. */
export type StopSignal = 'SIGINT' | 'SIGPIPE' | 'SIGTERM';
