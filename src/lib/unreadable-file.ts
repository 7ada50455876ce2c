import { FileError, reasonOf, systemCodeOf } from './errors.ts';

/** Remedies by system error code; for others, check the path. */
const remedies: Readonly<Record<string, string>> = {
  EACCES: 'Check its permissions.',
  EPERM: 'Check its permissions.',
  EISDIR: 'It is a folder: name a file in it.',
  ENAMETOOLONG: 'Check the path: most file systems take 255 bytes for a name, and 4096 for a path.',
  EIO: 'Check the disk or the network share.',
  ESTALE: 'Check the disk or the network share.',
  EMFILE: 'Try again with fewer files at once, or raise the limit of open files (ulimit -n).',
  ENFILE: 'Try again with fewer files at once, or raise the limit of open files (ulimit -n).',
};

/**
 * The error for a file that cannot be read: the reason and the remedy. The name is shown as given.
 */
export function unreadableFile(name: string, error: unknown): FileError {
  return new FileError(`Could not read ${name}: ${whyUnreadable(error)}`, { cause: error });
}

/** Why a file cannot be read, and the remedy. */
export function whyUnreadable(error: unknown): string {
  return `${reasonOf(error)}. ${remedies[systemCodeOf(error) ?? ''] ?? 'Check the path.'}`;
}
