import { sinceStart } from '../lib/clock.ts';
import { createDeadline } from '../lib/deadline.ts';
import { reasonOf, systemCodeOf } from '../lib/errors.ts';
import { exitCodes } from '../lib/exit-codes.ts';
import { escapeControls } from '../lib/redact.ts';
import { endSoonAfter, orAborted, type StopSignalWatch } from '../lib/stop.ts';
import { readTaskTimeout } from '../lib/task/settings.ts';
import { processEnvironment } from './environment.ts';

/**
 * Ends the process once its output has been read: a pipe accepts 64 KiB, and the rest waits in this
 * process and would be lost with it.
 */
export interface Leave {
  /** Waits for the reader of the output, however long that takes. */
  command(exitCode: number): Promise<void>;
  /**
   * Waits until the deadline of this environment's task, until a second stop signal, or as long
   * after one as Fly leaves.
   *
   * @param stops the task's own, which know of a signal that came while it ran
   */
  task(exitCode: number, stops: StopSignalWatch): Promise<void>;
}

/** How long to wait for the reader of a late task's log, in milliseconds. */
const LATE_LOG_MS = 3_000;
/** The same after a stop signal: Fly kills the machine 5 s after it. In milliseconds. */
const STOPPED_LOG_MS = 4_800;

/**
 * Keeps the process alive if its output cannot be written, because its reader has left or the disk
 * is full: work must be cleaned up, and a task reported, before the process ends. Called first, to
 * remove oclif's listener, which throws everything but EPIPE.
 */
export function outliveReaders(): Leave {
  let failure: Error | undefined;
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error');
    stream.on('error', (error) => {
      if (stream === process.stdout && systemCodeOf(error) !== 'EPIPE') failure ??= error;
    });
  }
  return {
    command: async (exitCode) => {
      await allTaken();
      if (!failure || exitCode !== exitCodes.ok) return exit(exitCode);
      const text = `Error: The output is incomplete: could not write to stdout: ${reasonOf(failure)}.`;
      process.stderr.write(`${escapeControls(text)}\n`);
      await allTaken();
      exit(exitCodes.failed);
    },
    task: async (exitCode, stops) => {
      const endsAt = Math.max(
        readTaskTimeout(processEnvironment()),
        Math.ceil(sinceStart()) + LATE_LOG_MS,
      );
      const deadline = createDeadline(endsAt, { now: sinceStart });
      const stopped = endSoonAfter(stops.signal, STOPPED_LOG_MS);
      const patience = AbortSignal.any([deadline.signal, stopped.signal, stops.again]);
      await orAborted(allTaken(), patience).catch(() => {});
      exit(exitCode);
    },
  };
}

/** Resolves when the streams have accepted everything, or can accept no more. */
export async function allTaken(
  streams: readonly NodeJS.WritableStream[] = [process.stdout, process.stderr],
): Promise<void> {
  await Promise.all(
    streams.map((stream) => new Promise<void>((resolve) => stream.write('', () => resolve()))),
  );
}

/** Connections kept alive would delay the end by seconds. */
function exit(exitCode: number): void {
  // biome-ignore lint/plugin: the one end of the program.
  process.exit(exitCode);
}
