import { fileId, stat } from '../files.ts';
import { unreadableFile } from '../unreadable-file.ts';

/** A file as it was when it was looked at. */
export interface FileState {
  readonly bytes: number;
  /** Whole milliseconds: finer times do not outlive a copy to another file system. */
  readonly mtimeMs: number;
  readonly accessed: Date;
  readonly modified: Date;
  /** `fileId`. */
  readonly id: string;
}

/** Looks at a file, through links; undefined when there is none that can be looked at, or what is there is none (a pipe, say). */
export function stateOf(path: string): Promise<FileState | undefined> {
  return lookAt(path, { onlyFiles: true }).catch(() => undefined);
}

/** The same for a file that must be there. Throws `FileError`. */
export async function readableState(path: string): Promise<FileState> {
  try {
    return await lookAt(path);
  } catch (error) {
    throw unreadableFile(`"${path}"`, error);
  }
}

async function lookAt(path: string, { onlyFiles = false } = {}): Promise<FileState> {
  // No double holds the time so that it is always cut to the same millisecond.
  const stats = await stat(path, { bigint: true });
  if (onlyFiles && !stats.isFile()) throw new Error(`${path} is no file`);
  const { size, mtimeMs, atime, mtime } = stats;
  return {
    bytes: Number(size),
    mtimeMs: Number(mtimeMs),
    accessed: atime,
    modified: mtime,
    id: fileId(stats),
  };
}
