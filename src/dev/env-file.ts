import { readFile } from 'node:fs/promises';
import { FileError, reasonOf, systemCodeOf } from '../lib/errors.ts';
import { writeSecretFile } from './secret-file.ts';

/** The first line of files that we have written, and may write again. */
const HEAD =
  '# Written by arke-tiff dev, and again at each start with --env-file; what is changed here is lost.';

/**
 * Sees that a file of variables may be written: that none is there, or one of ours. Throws `FileError`:
 * what somebody has written into a file of that name is not to be lost.
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

/** Writes variables as `--env-file` of other commands reads them. None of the values needs quotes there. */
export function writeEnvFile(
  path: string,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return writeSecretFile(path, `${[HEAD, ...lines].join('\n')}\n`);
}
