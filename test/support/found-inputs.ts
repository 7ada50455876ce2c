import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { Readable } from 'node:stream';
import { findInputs, type InputRequest } from '../../src/lib/collection/inputs/find-inputs.ts';
import type { TestFolder } from './folder.ts';

/** What a TIFF begins with; enough to be found. */
export const TIFF_HEAD = Buffer.from('II*\0');

/** Writes files into folders that are made for them: heads of TIFFs, if nothing else is said. */
export async function layOut(
  folder: Pick<TestFolder, 'path'>,
  ...files: readonly (string | readonly [name: string, content: string | Uint8Array])[]
): Promise<void> {
  for (const file of files) {
    const [name, content] = typeof file === 'string' ? [file, TIFF_HEAD] : file;
    await mkdir(dirname(folder.path(name)), { recursive: true });
    await writeFile(folder.path(name), content);
  }
}

/** Finds inputs, and says their paths as seen from a folder. */
export async function findIn(
  folder: Pick<TestFolder, 'path' | 'root'>,
  request: Partial<InputRequest>,
  stdin: string | Uint8Array = '',
): Promise<{
  inputs: string[];
  names: string[];
  unread: string[];
  warnings: string[];
  codes: string[];
}> {
  const defaults = { paths: [], recursive: false, include: [], exclude: [] };
  const stream = Readable.from([Buffer.from(stdin)]);
  const { found, unread, warnings } = await findInputs({ ...defaults, ...request }, stream);
  return {
    inputs: found.map(({ input }) => relative(folder.root, input)),
    names: found.map(({ name }) => name),
    unread: unread.map(({ path, error }) => `${relative(folder.root, path)}: ${error.message}`),
    warnings: warnings.map(({ message }) => message.replaceAll(`${folder.root}/`, '')),
    codes: warnings.map(({ code }) => code),
  };
}
