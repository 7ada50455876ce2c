import { readFile } from 'node:fs/promises';
import { FileError, reasonOf, systemCodeOf } from '../lib/errors.ts';
import { writeSecretFile } from './secret-file.ts';

/** The first line of files that we wrote, and may overwrite. */
const HEAD =
  '# Written by arke-tiff dev, and again at each start with --env-file; what is changed here is lost.';

/**
 * Checks that a file of variables may be written: it does not exist, or is ours. Throws `FileError`
 * otherwise, so that no other file is lost.
 */
export async function refuseForeignEnvFile(path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT') return HEAD;
    throw new FileError(`Could not read ${path}: ${reasonOf(error)}. Choose another --env-file.`, {
      cause: error,
    });
  });
  if (!text.startsWith(HEAD))
    throw new FileError(
      `Not written: ${path} was not written by "arke-tiff dev". Move it, or choose another --env-file.`,
    );
}

/**
 * Writes variables in the form that `--env-file` of other commands reads. None of the values needs
 * quotes.
 */
export function writeEnvFile(
  path: string,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return writeSecretFile(path, `${[HEAD, ...lines].join('\n')}\n`);
}
