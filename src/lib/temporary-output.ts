import { createHash, randomUUID } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { systemCodeOf } from './errors.ts';
import { readdir, readdirSync, rm, rmSync } from './files.ts';
import { processNamespace, processStart } from './proc.ts';

/**
 * The path of a temporary file beside a target, to be renamed: unique, and with machine and process
 * in its name, so that leftovers of killed processes can be recognised.
 */
export function temporaryBeside(target: string): string {
  const name = `.arke-tiff-${processMark()}-${randomUUID().slice(0, 8)}.part`;
  return join(dirname(target), name);
}

/**
 * The part of temporary names that identifies this process: machine, id and, where the system tells
 * it, start. Ids are reused, in containers by almost every process.
 */
export function processMark(): string {
  const start = processStart('self');
  return `${machine()}-${process.pid}${start ? `.${start}` : ''}`;
}

/** What `processMark` returns, as groups: machine, id, start. */
const MARK = String.raw`([\da-f]{8})-(\d+)(?:\.(\d+))?`;

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
  return removeAbandoned(folder, {
    before: String.raw`\.arke-tiff-`,
    after: String.raw`-[\da-f]{8}\.part`,
  });
}

/**
 * The same for other names, of a mark and what is before and after it (regular expressions), and of
 * entries that `isOurs`; default: of any.
 */
export async function removeAbandoned(
  folder: string,
  { before, after }: { readonly before: string; readonly after: string },
  isOurs: (entry: Dirent) => Promise<boolean> = async () => true,
): Promise<void> {
  const pattern = new RegExp(`^${before}${MARK}${after}$`);
  const entries = await readdir(folder).catch(() => []);
  const abandoned = entries.filter(({ name }) => {
    const [, host, pid, start] = pattern.exec(name) ?? [];
    return host === machine() && !isLiving(Number(pid), start);
  });
  await Promise.all(
    abandoned.map(async (entry) => {
      if (!(await isOurs(entry))) return;
      const path = join(folder, entry.name);
      // A child of such a process may still be writing there.
      await rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
    }),
  );
}

/** Whether a marked process lives; one with its id that started at another time does not count. */
function isLiving(pid: number, start: string | undefined): boolean {
  if (!isRunning(pid)) return false;
  const startNow = processStart(pid);
  return start === undefined || startNow === undefined || start === startNow;
}

/**
 * This machine's name, in characters allowed in file names. Containers may have one host name and
 * one folder, but not the same processes: each namespace of process ids counts as a machine.
 */
function machine(): string {
  const name = `${hostname()} ${processNamespace()}`;
  return createHash('sha256').update(name).digest('hex').slice(0, 8);
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
