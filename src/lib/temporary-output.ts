import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { systemCodeOf } from './errors.ts';
import { readdir, readdirSync, rm, rmSync } from './files.ts';

/**
 * The path of a file beside a target, to be written and then renamed: unique, and with machine and process
 * in its name, so that what a killed process has left can be told from what a living one is at.
 */
export function temporaryBeside(target: string): string {
  const name = `.arke-tiff-${processMark()}-${randomUUID().slice(0, 8)}.part`;
  return join(dirname(target), name);
}

/** What the names of temporary files and folders have of this process: no other living one has it. */
export function processMark(): string {
  return `${machine()}-${process.pid}`;
}

/**
 * Removes at once what this process has begun beside targets in a folder: for one that does not wait for
 * its own work. What cannot be removed stays.
 */
export function removeOwnTemporaries(folder: string): void {
  removeNamed(folder, `.arke-tiff-${processMark()}-`);
}

/** Removes at once all in a folder whose names begin so; what cannot be removed stays. */
export function removeNamed(folder: string, beginning: string): void {
  try {
    for (const name of readdirSync(folder))
      if (name.startsWith(beginning)) rmSync(join(folder, name), { recursive: true, force: true });
  } catch {}
}

/**
 * Removes what processes of this machine that are gone have left of their outputs in a folder; what a
 * living process or another machine writes stays. What cannot be removed, too: nobody reads it.
 */
export function removeAbandonedOutputs(folder: string): Promise<void> {
  return removeAbandoned(folder, /^\.arke-tiff-([\da-f]{8})-(\d+)-[\da-f]{8}\.part$/);
}

/**
 * The same for whatever is called by a pattern, whose first two groups are what `processMark` is made of:
 * machine and process.
 */
export async function removeAbandoned(folder: string, pattern: RegExp): Promise<void> {
  const entries = await readdir(folder).catch(() => []);
  const abandoned = entries.filter(({ name }) => {
    const [, host, pid] = pattern.exec(name) ?? [];
    return host === machine() && !isRunning(Number(pid));
  });
  await Promise.all(
    abandoned.map(({ name }) =>
      // What such a process has started may not have noticed yet, and still write there.
      rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => {}),
    ),
  );
}

/** This machine, as far as process ids go: names may hold what file names must not. */
function machine(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
}

/** Whether a process of this machine is there. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's may not be asked, but it is there.
    return systemCodeOf(error) !== 'ESRCH';
  }
}
