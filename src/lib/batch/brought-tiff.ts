import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LookingTools } from '../collection/item.ts';
import { FileError, reasonOf } from '../errors.ts';
import { openObject } from '../storage/download.ts';
import { changedMeanwhile } from '../storage/errors.ts';
import { isSameEtag } from '../storage/etags.ts';
import type { ObjectInfo } from '../storage/objects.ts';
import { type BatchRun, requestOptions } from './batch-run.ts';

/** A TIFF that has come here, in a folder of its own. */
export interface BroughtTiff {
  readonly path: string;
  /** The path of another file in its folder. */
  pathOf(name: string): string;
  /** Removes the TIFF alone. */
  dropTiff(): Promise<void>;
  /** Removes the folder with all that is in it. */
  drop(): Promise<void>;
}

/**
 * Brings a TIFF here, once there is room for it and what it becomes: so many bytes. Throws `StorageError` (`PRECONDITION_FAILED`
 * when it is another version than was looked at), `FileError`, and the signal's reason.
 */
export async function bringTiff(
  { key, etag }: ObjectInfo,
  bytes: number,
  run: BatchRun,
  tools: Pick<LookingTools, 'folder' | 'warn' | 'signal'>,
): Promise<BroughtTiff> {
  const { signal } = tools;
  const place = await run.room.take({ name: key, bytes, folder: tools.folder }, signal);
  let folder: string | undefined;
  const drop = async () => {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    place.release();
  };
  try {
    folder = await makeFolder(tools.folder);
    const path = join(folder, 'source.tif');
    const object = await openObject(run.options.storage, key, requestOptions(run, tools));
    if (!isSameEtag(object.info.etag, etag)) {
      object.discard();
      throw changedMeanwhile(key, 'another ETag');
    }
    const saved = await object.saveTo(path);
    if (!isSameEtag(saved.etag, etag)) throw changedMeanwhile(key, 'another ETag');
    // What it becomes is still to be written.
    place.filled(saved.size);
    const pathOf = (name: string) => join(folder ?? tools.folder, name);
    return { path, pathOf, drop, dropTiff: () => rm(path, { force: true }) };
  } catch (error) {
    await drop();
    throw error;
  }
}

async function makeFolder(parent: string): Promise<string> {
  try {
    return await mkdtemp(join(parent, 'tiff-'));
  } catch (error) {
    throw new FileError(
      `Could not make a folder in ${parent}: ${reasonOf(error)}. Make room, or set TMPDIR to a folder that has some.`,
      { cause: error },
    );
  }
}
