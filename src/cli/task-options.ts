import { sinceStart } from '../lib/clock.ts';
import type { RunOptions } from '../lib/task/run-from-environment.ts';
import { programName } from '../lib/version.ts';

/** What a task of this process gets besides its environment: where its log goes, and what ends it. */
export function taskOptions(
  stream: NodeJS.WritableStream,
  signals: readonly AbortSignal[],
): RunOptions {
  return {
    program: programName(),
    sinceStart,
    signal: AbortSignal.any([...signals]),
    write: (line) => stream.write(`${line}\n`),
  };
}
