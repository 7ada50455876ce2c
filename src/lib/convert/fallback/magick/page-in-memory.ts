import { open } from 'node:fs/promises';
import { missingData } from '../../header/completeness.ts';
import { isDecodingTag } from '../../header/decoding-tags.ts';
import { readTags } from '../../header/tiff-tags.ts';
import type { ConversionNote } from '../../messages.ts';
import type { RewriteRequest } from '../rewrite.ts';
import type { YcbcrRange } from './colours.ts';
import { type DirectoryValues, directoryBytes, directoryOf, placeDirectory } from './directory.ts';
import { asNewJpeg, DATA_AT } from './old-jpeg.ts';

/** The reach of a classic TIFF's offsets, less room for the directory. */
const MAX_FILE_BYTES = 2 ** 32 - 2 ** 28;
/** Compression of TIFF 6.0, section 22. */
const OLD_JPEG = 6;

/** A file in memory, presented as a TIFF with one page. */
export interface PageInMemory {
  /** The page's own directory, with the tags that decoding needs. */
  readonly directory: DirectoryValues;
  /** The range of YCbCr that the decoder converts to RGB, unless it is JPEG's. */
  readonly range?: YcbcrRange | undefined;
  /** Faults that were accepted or repaired. */
  readonly notes?: readonly ConversionNote[];
  /**
   * The file as a TIFF with this single directory. It overwrites the last one: use one at a time.
   */
  as(directory: DirectoryValues): Uint8Array;
}

/**
 * Reads a file and the directory of its page into memory. Throws if the directory shows that data
 * are missing, and what reading throws.
 */
export async function readPage({ input, page, format }: RewriteRequest): Promise<PageInMemory> {
  const tags = await readTags(input, page.offset, format, isDecodingTag);
  if (!tags) throw new Error('The page has no directory that can be read');
  const directory = directoryOf(tags);
  const { bytes, size } = await readWhole(input, page, directoryBytes(directory));
  if (page.compression === OLD_JPEG) return newJpeg(bytes.subarray(0, size), page, directory);
  return { directory, as: (other) => placeDirectory(bytes, size, other, format) };
}

/** The whole file, with room after it. */
async function readWhole(input: string, page: RewriteRequest['page'], room: number) {
  const file = await open(input);
  try {
    const { size } = await file.stat();
    requireComplete(page, size);
    if (size > MAX_FILE_BYTES)
      throw new Error('ImageMagick cannot allocate memory for files of 4 GB and more');
    const bytes = new Uint8Array(size + room);
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(bytes, at, Math.min(size - at, CHUNK), at);
      if (bytesRead === 0)
        throw new Error('The file ends before its end: somebody is writing to it');
      at += bytesRead;
    }
    return { bytes, size };
  } finally {
    await file.close();
  }
}

/** JPEG data have no byte order, so the directory may have any. */
function newJpeg(
  file: Uint8Array,
  page: RewriteRequest['page'],
  old: DirectoryValues,
): PageInMemory {
  const { directory, range, notes, parts } = asNewJpeg(file, page, old);
  const end = parts.reduce((sum, part) => sum + part.length, DATA_AT);
  const bytes = new Uint8Array(end + directoryBytes(directory));
  let at = DATA_AT;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return {
    directory,
    range,
    notes,
    as: (other) => placeDirectory(bytes, end, other, { littleEndian: true }),
  };
}

/** Bytes per read. */
const CHUNK = 64 * 1024 * 1024;

/** Throws unless all segments of the page have bytes and are in the file. */
function requireComplete(page: RewriteRequest['page'], fileBytes: number): void {
  const [missing] = missingData(page, fileBytes);
  if (missing) throw new Error(missing.message);
}
