import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { FileError, messageOf, systemCodeOf } from '../errors.ts';
import { hasTiffEnding } from '../jpeg-name.ts';

/** One local TIFF and where the JPEG of its first page goes; further ones lie beside it (`pageName`). */
export interface LocalConversion {
  readonly input: string;
  readonly output: string;
  /** Where the TIFF lies, and how it is called in messages, if not at and by `input`: what came from stdin, say. */
  readonly source?: { readonly path: string; readonly name: string } | undefined;
}

/**
 * The TIFFs that a file or folder stands for, to be looked at: a folder's are those in it and below, by their
 * endings. A file that does not exist is left for its reader to fail. Throws `FileError` when a folder cannot be read
 * or holds no TIFF.
 */
export async function localTiffs(path: string): Promise<string[]> {
  if (!(await isFolder(path))) return [path];
  const names = await tiffNamesIn(path);
  if (names.length === 0)
    throw new FileError(
      `There is no .tif or .tiff file in the folder ${path}. Name the files themselves.`,
    );
  return names.map((name) => join(path, name));
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return false;
    throw readError(path, error);
  }
}

/** The TIFFs in a folder and all below it, by their endings, sorted; links to folders are not followed. */
async function tiffNamesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: unknown) => {
      throw readError((error as NodeJS.ErrnoException).path ?? folder, error);
    },
  );
  return entries
    .filter((entry) => hasTiffEnding(entry.name) && !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

function readError(path: string, error: unknown): FileError {
  return new FileError(
    `Could not read ${path}: ${messageOf(error)}. Check the path, and who may read there.`,
    { cause: error },
  );
}
