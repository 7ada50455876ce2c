import { constants } from 'node:fs';
import { open, rm } from '../files.ts';
import { unwritableFile } from '../unwritable-file.ts';
import { lengthOf, type Pieces, partOf } from './pieces.ts';

/** A local file that receives several ranges of an object at once. */
export interface TargetFile {
  /** Writes all bytes at an offset. Throws `FileError`. */
  write(pieces: Pieces, position: number): Promise<void>;
  /** Reads bytes back. Throws `FileError`; undefined if it cannot be read, like a device. */
  readonly read: ((buffer: Uint8Array, position: number) => Promise<void>) | undefined;
  /** Empties it. */
  clear(): Promise<void>;
  /** Throws `FileError` if the last bytes could not be written. */
  close(): Promise<void>;
  /** Closes and removes it. */
  discard(): Promise<void>;
}

/** Flags that do not write through something that has replaced a temporary file. */
const WRITE_AND_READ =
  constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC | (constants.O_NOFOLLOW ?? 0);

/**
 * Passes `write` the file, created or emptied; leaves no file of ours if it throws. `onBytes` gets
 * the bytes of each write. Throws `FileError`, and what `write` throws.
 */
export async function writeTargetFile<T>(
  path: string,
  write: (file: TargetFile) => Promise<T>,
  onBytes?: (bytes: number) => void,
): Promise<T> {
  const file = await createTargetFile(path, onBytes);
  try {
    const result = await write(file);
    await file.close();
    return result;
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/**
 * Creates or empties the file; `onBytes` gets the bytes of each write. Throws `FileError` with a
 * remedy.
 */
async function createTargetFile(
  path: string,
  onBytes?: (bytes: number) => void,
): Promise<TargetFile> {
  const explained = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw unwritableFile(path, error);
    });
  const handle = await explained(open(path, WRITE_AND_READ, 0o666));
  // Something other than a file (a device, a pipe) existed before and stays.
  const ours = await handle.stat().then(
    (stats) => stats.isFile(),
    () => true,
  );
  const read = async (buffer: Uint8Array, position: number) => {
    for (let done = 0; done < buffer.length; ) {
      const rest = handle.read(buffer, done, buffer.length - done, position + done);
      const { bytesRead } = await explained(rest);
      if (bytesRead === 0) throw unwritableFile(path, new Error('it has become shorter'));
      done += bytesRead;
    }
  };
  return {
    read: ours ? read : undefined,
    async write(pieces, position) {
      const length = lengthOf(pieces);
      // A write may be partial, as when the disk has room for a part only.
      for (let done = 0; done < length; ) {
        const rest = partOf(pieces, done, length);
        done += (await explained(handle.writev(rest, position + done))).bytesWritten;
      }
      onBytes?.(length);
    },
    clear: () => explained(handle.truncate(0)),
    close: () => explained(handle.close()),
    async discard() {
      await handle.close().catch(() => {});
      if (ours) await rm(path, { force: true });
    },
  };
}
