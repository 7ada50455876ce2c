/**
 * Loaded into the packed program before anything else (`node --import`): it stands still, with its
 * conversion processes, as soon as it has written a text to stdout so many times. What a test does
 * to it then comes neither too early nor too late, however busy the machine is.
 */
import { isMainThread } from 'node:worker_threads';
import { childrenOf } from './processes.ts';

/** Where a run of the program stands still: when it has written a text to stdout so many times. */
export interface StandStill {
  readonly times: number;
  readonly text: string;
}

/** The variable that tells where, as JSON; the program knows none. */
export const STAND_STILL_VARIABLE = 'ARKE_TEST_STAND_STILL';

const where = process.env[STAND_STILL_VARIABLE];
if (where && isMainThread) standStill(JSON.parse(where));

function standStill({ times, text }: StandStill): void {
  const write = process.stdout.write.bind(process.stdout) as (...args: unknown[]) => boolean;
  let written = 0;
  process.stdout.write = (...args: unknown[]) => {
    const taken = write(...args);
    const before = written;
    written += String(args[0]).split(text).length - 1;
    if (before < times && written >= times)
      for (const id of [...childrenOf(process.pid, 'child.'), process.pid])
        process.kill(id, 'SIGSTOP');
    return taken;
  };
}
