import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlanningTools } from '../collection/item.ts';
import { newTiff, type OwnTiff } from '../convert/own-tiff.ts';
import { FileError, reasonOf } from '../errors.ts';
import { DISK_SHARE } from '../outputs/page-files.ts';
import { openObject } from '../storage/download.ts';
import { changedMeanwhile } from '../storage/errors.ts';
import { isSameEtag } from '../storage/etags.ts';
import type { ObjectInfo } from '../storage/objects.ts';
import { writeTargetFile } from '../storage/target-file.ts';
import { type BatchRun, requestOptions } from './batch-run.ts';
import type { DiskPlace } from './disk-room.ts';

/** A downloaded TIFF in its own folder. */
export interface BroughtTiff {
  readonly file: OwnTiff;
  /** The path of another file in its folder. */
  pathOf(name: string): string;
  /** Room on the disk for a copy of it; undefined if there is none. */
  roomForCopy(bytes: number): Promise<DiskPlace | undefined>;
  /** Removes only the TIFF. */
  dropTiff(): Promise<void>;
  /** Removes the folder and everything in it. */
  drop(): Promise<void>;
}

/** A TIFF to bring to this machine. */
export interface TiffToBring {
  /** The version that was planned. */
  readonly info: ObjectInfo;
  /** All of it, if planning has read that much: nothing is requested again. */
  readonly whole: Uint8Array | undefined;
  /** Disk space for it and its JPEGs. */
  readonly bytes: number;
}

/**
 * Downloads a TIFF once there is room for it and its JPEGs. Throws `StorageError`
 * (`PRECONDITION_FAILED` if it is no longer the version that was planned), `FileError`, and the
 * signal's reason.
 */
export async function bringTiff(
  { info, whole, bytes }: TiffToBring,
  run: BatchRun,
  tools: Pick<PlanningTools, 'folder' | 'warn' | 'signal'>,
): Promise<BroughtTiff> {
  const { signal } = tools;
  const place = await run.room.take({ name: info.key, bytes, folder: tools.folder }, signal);
  let folder: string | undefined;
  const drop = async () => {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    place.release();
  };
  try {
    folder = await makeFolder(tools.folder);
    const file = await newTiff(join(folder, 'source.tif'));
    if (whole) await writeTargetFile(file.path, ({ write }) => write([whole], 0));
    else await download(info, file, run, tools);
    // Its JPEGs are still to be written.
    place.filled(info.size);
    const pathOf = (name: string) => join(folder ?? tools.folder, name);
    const roomForCopy = (copyBytes: number) =>
      run.room.further({ bytes: copyBytes, folder: tools.folder }, DISK_SHARE);
    const dropTiff = () => rm(file.path, { force: true });
    return { file, pathOf, roomForCopy, drop, dropTiff };
  } catch (error) {
    await drop();
    throw error;
  }
}

async function download(
  { key, etag }: ObjectInfo,
  { path }: OwnTiff,
  run: BatchRun,
  tools: Pick<PlanningTools, 'warn' | 'signal'>,
): Promise<void> {
  const object = await openObject(run.options.storage, key, requestOptions(run, tools));
  if (!isSameEtag(object.info.etag, etag)) {
    object.discard();
    throw changedMeanwhile(key, 'another ETag');
  }
  const saved = await object.saveTo(path);
  if (!isSameEtag(saved.etag, etag)) throw changedMeanwhile(key, 'another ETag');
}

async function makeFolder(parent: string): Promise<string> {
  try {
    return await mkdtemp(join(parent, 'tiff-'));
  } catch (error) {
    throw new FileError(
      `Could not create a folder in ${parent}: ${reasonOf(error)}. Free some space, or set TMPDIR to a folder with more.`,
      { cause: error },
    );
  }
}
