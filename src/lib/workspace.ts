import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileError, reasonOf } from './errors.ts';
import { lstat } from './files.ts';
import { pathOfBytes, REPLACEMENT } from './path-bytes.ts';
import { procList } from './proc.ts';
import { processMark, removeAbandoned, removeNamed } from './temporary-output.ts';

/** A private temporary folder for the duration of some work. */
export interface Workspace {
  /** Its absolute path. */
  readonly folder: string;
  /** The absolute path of a file in the folder. */
  path(name: string): string;
}

/**
 * Runs `work` with a temporary folder that only this user can read (mode 0700, from `mkdtemp`), and
 * removes it in any case; if that fails, calls `onLeftover`. Throws `FileError` if the folder
 * cannot be created.
 */
export async function withWorkspace<T>(
  work: (workspace: Workspace) => Promise<T>,
  onLeftover?: (message: string) => void,
): Promise<T> {
  const folder = await makeFolder();
  try {
    return await work({ folder, path: (name) => join(folder, name) });
  } finally {
    // Clean-up never changes the result: a finished picture stays finished.
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch((error: unknown) =>
      onLeftover?.(`The temporary folder ${folder} could not be removed: ${reasonOf(error)}`),
    );
  }
}

/** Removes at once the folders of all work in this process, without waiting for it. */
export function removeOwnWorkspaces(): void {
  removeNamed(tmpdir(), `${BEGINNING}${processMark()}-`);
}

/**
 * Removes this user's folders of this machine's killed processes, which may be large. Those of
 * living processes stay, as do links and what cannot be removed.
 */
export function removeAbandonedWorkspaces(): Promise<void> {
  const parent = tmpdir();
  return removeAbandoned(parent, { before: BEGINNING, after: '-[^-]+' }, async (entry) => {
    const user = process.getuid?.();
    if (!entry.isDirectory()) return false;
    return (await lstat(join(parent, entry.name)).catch(() => undefined))?.uid === (user ?? 0);
  });
}

const BEGINNING = 'arke-tiff-';

async function makeFolder(): Promise<string> {
  const parent = tmpdir();
  try {
    return await mkdtemp(join(parent, `${BEGINNING}${processMark()}-`));
  } catch (error) {
    const why = parent.includes(REPLACEMENT) ? 'its path is not UTF-8' : reasonOf(error);
    throw new FileError(
      `Could not create a temporary folder in ${exactFolder(parent)}: ${why}. ` +
        'Set TMPDIR to an existing, writable folder with room for the TIFF and the JPEG.',
      { cause: error },
    );
  }
}

/** The path in the variable behind `tmpdir`, if Node.js has lost some of its bytes. */
function exactFolder(parent: string): string {
  if (!parent.includes(REPLACEMENT)) return parent;
  const exact = procList('environ')
    .map((variable) => variable.subarray(variable.indexOf('=') + 1))
    .find((value) => value.toString().replace(/\/$/, '') === parent);
  return exact ? pathOfBytes(exact) : parent;
}
