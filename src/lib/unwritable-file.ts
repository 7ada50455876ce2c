import { FileError, reasonOf, systemCodeOf } from './errors.ts';

const FULL = 'The disk is full; make room or choose another folder (TMPDIR for temporary files).';

/** What to do about the system's error codes; about all others, the folder is worth a look. */
const remedies: Readonly<Record<string, string>> = {
  ENAMETOOLONG: 'Choose a shorter name: most file systems take 255 bytes for one.',
  ENOSPC: FULL,
  EDQUOT: FULL,
};

const CHECK = 'Check that its folder exists and is writable.';

/** The error for a file that cannot be written: why, and what to do about that, where no code of the system decides it: `advice`. */
export function unwritableFile(path: string, error: unknown, advice = CHECK): FileError {
  const remedy = remedies[systemCodeOf(error) ?? ''] ?? advice;
  return new FileError(`Could not write ${path}: ${reasonOf(error)}. ${remedy}`, { cause: error });
}
