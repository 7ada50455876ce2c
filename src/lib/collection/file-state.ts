import { fileId, stat } from '../files.ts';
import { unreadableFile } from '../unreadable-file.ts';

/** The state of a file at one moment. */
export interface FileState {
  readonly bytes: number;
  /** Whole milliseconds: finer times do not survive a copy to another file system. */
  readonly mtimeMs: number;
  readonly accessed: Date;
  readonly modified: Date;
  /** `fileId`. */
  readonly id: string;
}

/**
 * The state of a file, following links; undefined if there is none, it cannot be accessed, or it is
 * not a file (a pipe, say).
 */
export function stateOf(path: string): Promise<FileState | undefined> {
  return lookAt(path, { onlyFiles: true }).catch(() => undefined);
}

/** The same for a file that must exist. Throws `FileError`. */
export async function readableState(path: string): Promise<FileState> {
  try {
    return await lookAt(path);
  } catch (error) {
    throw unreadableFile(`"${path}"`, error);
  }
}

async function lookAt(path: string, { onlyFiles = false } = {}): Promise<FileState> {
  // A double would not always be cut to the same millisecond.
  const stats = await stat(path, { bigint: true });
  if (onlyFiles && !stats.isFile()) throw new Error(`${path} is not a file`);
  const { size, mtimeMs, atime, mtime } = stats;
  return {
    bytes: Number(size),
    mtimeMs: Number(mtimeMs),
    accessed: atime,
    modified: mtime,
    id: fileId(stats),
  };
}
