import { constants, existsSync } from 'node:fs';
import { openRegularFile } from '../../regular-file.ts';

/** Where Linux has what a process has open, under names that nobody else can put something behind. */
const OPEN_FILES = '/proc/self/fd';

/**
 * Has a library write the JPEG, which knows files by their paths only. It lies in a folder that others may write to, too:
 * where the system can, the library gets a path to the file that is open here, and follows no link. Throws what `write`
 * throws, and an `Error` when there is no regular file at the path.
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
