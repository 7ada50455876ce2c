import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { PageSelection } from '../convert/choose-pages.ts';
import { copyTiff, type OwnTiff } from '../convert/own-tiff.ts';
import { chooseFor } from '../convert/plan/readable.ts';
import { freeBytes } from '../convert/plan/resources.ts';
import type { TiffPages } from '../convert/tiff-pages.ts';
import { rm } from '../files.ts';

/** A TIFF whose pages are converted. */
export interface TiffToMake extends PageSelection {
  /** Where it is: a path is somebody else's file and only read. */
  readonly file: string | OwnTiff;
  /** Its name in messages. */
  readonly name: string;
}

/** A file that one page is read from at a time. */
export interface PageFileToRead {
  readonly path: string;
  /** Set if the page is to be the only one in it meanwhile. */
  readonly own?: OwnTiff | undefined;
}

/** The files that a TIFF's pages are read from. */
export interface PageFiles {
  /** A file that no other page is read from; undefined if there is no room for another copy. */
  take(): Promise<PageFileToRead | undefined>;
  giveBack(file: PageFileToRead): void;
  /** Removes all copies. */
  drop(): Promise<void>;
}

/** Disk space for a copy of a TIFF. */
export interface CopyPlace {
  /** The copy is written: so many bytes now count as used on the disk itself. */
  filled(bytes: number): void;
  /** The copy is removed. */
  release(): void;
}

/** Where copies of a TIFF may lie. */
export interface PlaceForCopies {
  readonly folder: string;
  /**
   * Room for so many bytes, undefined if there is none; by default a quarter of what is free there
   * may be used.
   */
  readonly roomForCopy?: ((bytes: number) => Promise<CopyPlace | undefined>) | undefined;
}

/**
 * Bytes that are copied in less time than libvips needs to pass one directory of a chain for one
 * page (measured: 25 to 37 µs of CPU per directory, 1 to 4 ns per byte).
 */
const BYTES_PER_DIRECTORY = 5_000;

/** The largest share of the free disk space for a copy. */
export const DISK_SHARE = 1 / 4;

/**
 * Finds the files for the pages of a TIFF, in which each is alone: one for each page that is made
 * at the same time, the first of them the TIFF itself where that is ours, the others copies in
 * `folder`. Where walking past all pages costs less than a copy, the TIFF itself serves all, and
 * is only read.
 */
export async function openPageFiles(
  { file, header: { fileBytes }, numbers }: TiffToMake,
  pages: TiffPages,
  { folder, roomForCopy = (bytes) => shareOfDisk(bytes, folder) }: PlaceForCopies,
): Promise<PageFiles> {
  const [path, own] = typeof file === 'string' ? [file] : [file.path, file];
  const isDear = fileBytes > numbers.length * pages.header.pages.length * BYTES_PER_DIRECTORY;
  // In a file of ours, what has to be mended is mended without a copy.
  const isShared = isDear && !(own && numbers.some((number) => isMended(pages, number)));
  if (numbers.length === 1 || isShared) return onlyRead(path);
  const free: PageFileToRead[] = own ? [{ path, own }] : [];
  const copies: { readonly copy: OwnTiff; readonly place: CopyPlace }[] = [];
  let hasRoom = true;
  const makeCopy = async () => {
    const place = await roomForCopy(fileBytes);
    if (!place) return undefined;
    const target = join(folder, `pages-${copies.length + 1}.tif`);
    try {
      const copy = await copyTiff(path, target);
      copies.push({ copy, place });
      place.filled(fileBytes);
      return copy;
    } catch {
      place.release();
      return undefined;
    }
  };
  const another = async () => {
    const copy = hasRoom ? await makeCopy() : undefined;
    hasRoom = copy !== undefined;
    if (!copy) return own ? undefined : { path };
    // Another page may be mended in the TIFF meanwhile (`withLonePage`).
    if (own) await truncate(copy.path, fileBytes);
    return { path: copy.path, own: copy };
  };
  return {
    take: async () => free.pop() ?? (await another()),
    giveBack: (one) => {
      if (one.own) free.push(one);
    },
    drop: async () => {
      for (const { copy, place } of copies) {
        await rm(copy.path, { force: true });
        place.release();
      }
    },
  };
}

async function shareOfDisk(bytes: number, folder: string): Promise<CopyPlace | undefined> {
  const isEnough = bytes <= (await freeBytes(folder)) * DISK_SHARE;
  return isEnough ? { filled: () => {}, release: () => {} } : undefined;
}

function onlyRead(path: string): PageFiles {
  return { take: async () => ({ path }), giveBack: () => {}, drop: async () => {} };
}

/** Whether sharp reads a page from a copy of the file, in which it is mended. */
function isMended({ file, numbered }: TiffPages, number: number): boolean {
  try {
    return chooseFor(numbered(number), file).reading.copied === true;
  } catch {
    // Nobody reads it.
    return false;
  }
}
