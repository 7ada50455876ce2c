import { constants } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { copyFile, open } from '../files.ts';
import { unwritableFile } from '../unwritable-file.ts';
import type { TiffPage } from './header/tiff-header.ts';

declare const own: unique symbol;

/**
 * A TIFF file that this program created in its own temporary folder. It belongs to nobody else, so
 * it may be written to (`lone-page.ts`). Only the functions here make one; a path never counts as
 * one, wherever it leads.
 */
export interface OwnTiff {
  readonly path: string;
  readonly [own]: true;
}

/** Creates an empty file for a TIFF. Throws `FileError`, also if the path exists already. */
export async function newTiff(path: string): Promise<OwnTiff> {
  try {
    await (await open(path, 'wx', 0o600)).close();
  } catch (error) {
    throw unwritableFile(path, error);
  }
  return { path } as OwnTiff;
}

/**
 * Copies somebody's TIFF to a free path; the copy shares the file's blocks if the file system
 * supports that. Never writes to the original. Throws copying errors; Node.js then leaves no
 * partial copy.
 */
export async function copyTiff(input: string, path: string): Promise<OwnTiff> {
  await copyFile(input, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  // The copy inherits the permissions of the original, which may be read-only.
  await chmod(path, 0o600);
  return { path } as OwnTiff;
}

/**
 * The file of a page that is alone in it, which only our own files can be (`withLonePage`); else
 * undefined.
 */
export function ownTiffOf(path: string, { alone }: Pick<TiffPage, 'alone'>): OwnTiff | undefined {
  return alone ? ({ path } as OwnTiff) : undefined;
}
