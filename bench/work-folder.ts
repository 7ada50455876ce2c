/** Where a bench program works, so that nothing of it is left when it ends. */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endDescendants } from './process-tree.ts';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Does the work of a bench program in a temporary folder of its own, which is also where this
 * process and those that it starts put what is temporary. However it ends, the folder goes with it;
 * when SIGINT or SIGTERM ends it, so do all processes that were started (on Linux), and then this
 * one by that signal.
 *
 * @param name what its folder is called after
 * @param clear takes away what else is left when a signal has ended the processes
 */
export async function inWorkFolder(
  name: string,
  work: (folder: string) => Promise<void>,
  clear: () => void = () => {},
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), `arke-tiff-${name}-`));
  process.env['TMPDIR'] = folder;
  // All at once, with no turn for the work: it would start other processes in the place of those
  // that end.
  const stop = (signal: NodeJS.Signals) => {
    endDescendants(process.pid);
    clear();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    for (const one of STOP_SIGNALS) process.removeAllListeners(one);
    process.kill(process.pid, signal);
  };
  for (const signal of STOP_SIGNALS) process.prependListener(signal, stop);
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    for (const signal of STOP_SIGNALS) process.off(signal, stop);
  }
}
