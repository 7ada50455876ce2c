import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { systemCodeOf } from './errors.ts';
import { open } from './files.ts';

/** Follows no link, and waits for nobody at the other end of a pipe; Windows knows neither. */
const CAREFULLY = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Opens a file whose name is ours, in a folder that others may write to, too: what lies there by this name may have been put there so
 * that something else is read or written through it, or so that nothing goes on. Flags are those of `constants` (`O_RDONLY`, …).
 * Throws what opening throws, or an `Error` that says what it is instead of a file.
 */
export async function openRegularFile(path: string, flags: number): Promise<FileHandle> {
  const file = await open(path, flags | CAREFULLY, 0o666).catch((error: unknown) => {
    const code = systemCodeOf(error);
    if (code === 'ELOOP')
      throw new Error('it is a symbolic link, and none is followed', { cause: error });
    // A pipe that nobody reads, and a socket.
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

const NO_FILE = 'it is no file, but a folder, a pipe or a device';
