/**
 * Every exit code of the program, by name (design: "Exit codes"). `run` uses only `ok` and `failed`,
 * as the contract has it; the other commands also tell wrong usage and a stop by signal apart.
 */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  /** As in a shell; @oclif/plugin-not-found exits by it. */
  unknownCommand: 127,
  interrupted: 130,
  terminated: 143,
} as const;

/** Signals that ask the program to stop, and the exit code of a command stopped by each (128 + number). */
export const stopSignals = {
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
} as const;

/** A signal that asks the program to stop. */
export type StopSignal = keyof typeof stopSignals;
