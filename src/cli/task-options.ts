import { sinceStart } from '../lib/clock.ts';
import type { StopSignalWatch, StopWatch } from '../lib/stop.ts';
import type { RunOptions } from '../lib/task/run-from-environment.ts';
import { programName } from '../lib/version.ts';

/** A task's options in this process: its log, and the signals that end it. */
export function taskOptions(
  stream: NodeJS.WritableStream,
  stops: StopSignalWatch,
  crashes: StopWatch,
): RunOptions {
  return {
    program: programName(),
    sinceStart,
    stop: stops.signal,
    again: stops.again,
    signal: crashes.signal,
    write: (line) => stream.write(`${line}\n`),
  };
}
