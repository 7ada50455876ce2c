import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { systemCodeOf } from './errors.ts';
import { readdir, readdirSync, rm, rmSync } from './files.ts';

/**
 * The path of a temporary file beside a target, to be renamed: unique, and with machine and process
 * in its name, so that leftovers of killed processes can be recognised.
 */
export function temporaryBeside(target: string): string {
  const name = `.arke-tiff-${processMark()}-${randomUUID().slice(0, 8)}.part`;
  return join(dirname(target), name);
}

/** The part of temporary names that identifies this process among living ones. */
export function processMark(): string {
  return `${machine()}-${process.pid}`;
}

/**
 * Removes at once this process's temporary files in a folder, without waiting for its work. What
 * cannot be removed stays.
 */
export function removeOwnTemporaries(folder: string): void {
  removeNamed(folder, `.arke-tiff-${processMark()}-`);
}

/**
 * Removes at once everything in a folder whose name begins with `beginning`; what cannot be removed
 * stays.
 */
export function removeNamed(folder: string, beginning: string): void {
  try {
    for (const name of readdirSync(folder))
      if (name.startsWith(beginning)) rmSync(join(folder, name), { recursive: true, force: true });
  } catch {}
}

/**
 * Removes temporary outputs of this machine's ended processes in a folder; those of living
 * processes and other machines stay, as does what cannot be removed.
 */
export function removeAbandonedOutputs(folder: string): Promise<void> {
  return removeAbandoned(folder, /^\.arke-tiff-([\da-f]{8})-(\d+)-[\da-f]{8}\.part$/);
}

/**
 * The same for names that match a pattern, whose first two groups are machine and process of
 * `processMark`.
 */
export async function removeAbandoned(folder: string, pattern: RegExp): Promise<void> {
  const entries = await readdir(folder).catch(() => []);
  const abandoned = entries.filter(({ name }) => {
    const [, host, pid] = pattern.exec(name) ?? [];
    return host === machine() && !isRunning(Number(pid));
  });
  await Promise.all(
    abandoned.map(({ name }) =>
      // A child of such a process may still be writing there.
      rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => {}),
    ),
  );
}

/** This machine's name, in characters allowed in file names. */
function machine(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
}

/** Whether a process of this machine exists. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user may not be signalled, but exists.
    return systemCodeOf(error) !== 'ESRCH';
  }
}
