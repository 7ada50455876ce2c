import { constants, existsSync } from 'node:fs';
import { openRegularFile } from '../../regular-file.ts';

/** Linux lists a process's open files here, under names that nobody else can redirect. */
const OPEN_FILES = '/proc/self/fd';

/**
 * Lets a library that needs a path write the JPEG. Others may be able to write to its folder, so
 * where possible the library gets a path to the file that is open here, and follows no link. Throws
 * what `write` throws, and an `Error` if there is no regular file at the path.
 */
export async function writeOwnOutput<T>(
  path: string,
  write: (path: string) => Promise<T>,
): Promise<T> {
  const file = await openRegularFile(path, constants.O_RDWR | constants.O_CREAT);
  try {
    return await write(existsSync(OPEN_FILES) ? `${OPEN_FILES}/${file.fd}` : path);
  } finally {
    await file.close();
  }
}
