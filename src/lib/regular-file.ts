import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { systemCodeOf } from './errors.ts';
import { open } from './files.ts';

/** Follows no link and waits for no pipe; Windows has neither flag. */
const CAREFULLY = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Opens a file of ours in a folder that others may write to: something else may have been put in
 * its place, to be read or written through it, or to block us. Flags are those of `constants`
 * (`O_RDONLY`, …). Throws what opening throws, or an `Error` that says what is there instead.
 */
export async function openRegularFile(path: string, flags: number): Promise<FileHandle> {
  const file = await open(path, flags | CAREFULLY, 0o666).catch((error: unknown) => {
    const code = systemCodeOf(error);
    if (code === 'ELOOP')
      throw new Error('it is a symbolic link, which is not followed', { cause: error });
    // A pipe without a reader, or a socket.
    if (code === 'ENXIO') throw new Error(NO_FILE, { cause: error });
    throw error;
  });
  const isFile = await file.stat().then(
    (stats) => stats.isFile(),
    () => false,
  );
  if (isFile) return file;
  await file.close();
  throw new Error(NO_FILE);
}

const NO_FILE = 'it is not a file, but a folder, a pipe or a device';
