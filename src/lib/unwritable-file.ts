import { FileError, reasonOf, systemCodeOf } from './errors.ts';

const FULL =
  'The disk is full; free some space, or choose another folder (TMPDIR for temporary files).';

/** Remedies by system error code; for others, check the folder. */
const remedies: Readonly<Record<string, string>> = {
  ENAMETOOLONG: 'Choose a shorter name: most file systems take 255 bytes for one.',
  ENOSPC: FULL,
  EDQUOT: FULL,
};

const CHECK = 'Check that its folder exists and is writable.';

/**
 * The error for a file that cannot be written: the reason, and a remedy by its code or else
 * `advice`.
 */
export function unwritableFile(path: string, error: unknown, advice = CHECK): FileError {
  const remedy = remedies[systemCodeOf(error) ?? ''] ?? advice;
  return new FileError(`Could not write ${path}: ${reasonOf(error)}. ${remedy}`, { cause: error });
}
