import { FileError, reasonOf, systemCodeOf } from './errors.ts';

/** What to do about the system's error codes; about all others, the path is worth a look. */
const remedies: Readonly<Record<string, string>> = {
  EACCES: 'Check who may read it.',
  EPERM: 'Check who may read it.',
  EISDIR: 'It is a folder: name a file in it.',
  ENAMETOOLONG: 'Check the path: most file systems take 255 bytes for a name, and 4096 for a path.',
  EIO: 'Check the disk or the network share.',
  ESTALE: 'Check the disk or the network share.',
  EMFILE: 'Try again with fewer files at once, or raise the limit of open files (ulimit -n).',
  ENFILE: 'Try again with fewer files at once, or raise the limit of open files (ulimit -n).',
};

/** The error for a file that cannot be read: why, and what to do about that. The name is shown as it is given. */
export function unreadableFile(name: string, error: unknown): FileError {
  return new FileError(`Could not read ${name}: ${whyUnreadable(error)}`, { cause: error });
}

/** Why a file cannot be read, and what to do about that. */
export function whyUnreadable(error: unknown): string {
  return `${reasonOf(error)}. ${remedies[systemCodeOf(error) ?? ''] ?? 'Check the path.'}`;
}
