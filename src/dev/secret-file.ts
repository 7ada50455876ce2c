import { chmod, writeFile } from 'node:fs/promises';
import { writeOutput } from '../lib/local-output.ts';

/** Writes a file that only this user can read, completely or not at all. Throws `FileError`. */
export function writeSecretFile(path: string, text: string): Promise<void> {
  return writeOutput(path, { force: true }, async (temporary) => {
    await chmod(temporary, 0o600);
    await writeFile(temporary, text);
  });
}
