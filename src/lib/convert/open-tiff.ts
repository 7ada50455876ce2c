import { refuseOtherFormats, refuseOtherRemotes } from './file-kind.ts';
import { readHeaderFrom, readTiffHeader, type TiffHeader } from './header/tiff-header.ts';
import { boundedReader, type ReadableFile } from './header/tiff-source.ts';
import { damagedTiff, NO_TIFF_TO_SHARP } from './refusal.ts';

/**
 * Reads the header of a TIFF file; `name` is how the file is called in messages. Throws `FileError` when it cannot be
 * read, and `ConversionError`: `NOT_A_TIFF` naming what it is, `UNREADABLE_TIFF` when it has no readable directory.
 */
export async function openTiff(path: string, name: string): Promise<TiffHeader> {
  await refuseOtherFormats(path, name);
  return (await readTiffHeader(path)) ?? refuseWithoutDirectory(name);
}

/** The same for a TIFF of `fileBytes` bytes that lies elsewhere and is read in pieces. Throws what reading throws, too. */
export async function openRemoteTiff(
  file: ReadableFile,
  fileBytes: number,
  name: string,
): Promise<TiffHeader> {
  await refuseOtherRemotes(file, fileBytes, name);
  return (await readHeaderFrom(boundedReader(file, fileBytes))) ?? refuseWithoutDirectory(name);
}

/** Throws the error of a file that begins as a TIFF does, and has nothing else of one that can be read. */
export function refuseWithoutDirectory(name: string): never {
  throw damagedTiff(name, 'it has no readable directory', NO_TIFF_TO_SHARP);
}
