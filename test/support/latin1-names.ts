import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The bytes of a name as an old server has stored it: each of its letters is one byte. */
export function latin1(name: string): Buffer {
  return Buffer.from(name, 'latin1');
}

/** Writes a file whose path is Latin-1, and the folders above it. */
export async function writeLatin1(path: string, content: Uint8Array): Promise<void> {
  await mkdir(latin1(dirname(path)), { recursive: true });
  await writeFile(latin1(path), content);
}

/**
 * The paths of all files below a folder, in Latin-1: `é` for a byte E9, `Ã©` for the two of UTF-8.
 * Sorted.
 */
export async function latin1PathsIn(folder: string): Promise<string[]> {
  const entries = await readdir(latin1(folder), { withFileTypes: true, encoding: 'buffer' });
  const paths = entries.map(async (entry) => {
    const name = entry.name.toString('latin1');
    if (!entry.isDirectory()) return [name];
    return (await latin1PathsIn(join(folder, name))).map((path) => join(name, path));
  });
  return (await Promise.all(paths)).flat().sort();
}

/**
 * Adds arguments in Latin-1 to a command's, for `wrap` of `runProgram`. A shell does it: Node.js
 * hands on UTF-8 only.
 */
export function withLatin1Arguments(...args: readonly string[]) {
  const quoted = args.map((arg) => {
    const octal = [...latin1(arg)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`);
    return `"$(printf '${octal.join('')}')"`;
  });
  return (command: readonly string[]): readonly string[] => [
    ...['sh', '-c', `exec "$@" ${quoted.join(' ')}`, 'sh'],
    ...command,
  ];
}
