import { FileError, reasonOf, systemCodeOf } from './errors.ts';

/** What to do about the system's error codes; about all others, the path is worth a look. */
const remedies: Readonly<Record<string, string>> = {
  EACCES: 'Check who may read it.',
  EPERM: 'Check who may read it.',
  EISDIR: 'It is a folder: name the files in it.',
  EIO: 'Check the disk or the network share.',
  ESTALE: 'Check the disk or the network share.',
  EMFILE: 'Try again with fewer files at once, or raise the limit of open files (ulimit -n).',
  ENFILE: 'Try again with fewer files at once, or raise the limit of open files (ulimit -n).',
};

/** The error for a file that cannot be read: why, and what to do about that. The name is shown as it is given. */
export function unreadableFile(name: string, error: unknown): FileError {
  const remedy = remedies[systemCodeOf(error) ?? ''] ?? 'Check the path.';
  return new FileError(`Could not read ${name}: ${reasonOf(error)}. ${remedy}`, { cause: error });
}
