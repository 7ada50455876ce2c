import { refuseOtherFormats, refuseOtherRemotes } from './file-kind.ts';
import { readHeaderFrom, readTiffHeader, type TiffHeader } from './header/tiff-header.ts';
import { boundedReader, type ReadableFile } from './header/tiff-source.ts';
import { damagedTiff, NO_TIFF_TO_SHARP } from './refusal.ts';

/**
 * Reads the header of a TIFF file; `name` is the file's name in messages. Throws `FileError` if it
 * cannot be read, and `ConversionError`: `NOT_A_TIFF` with its real format, `UNREADABLE_TIFF` if it
 * has no readable directory.
 */
export async function openTiff(path: string, name: string): Promise<TiffHeader> {
  await refuseOtherFormats(path, name);
  return (await readTiffHeader(path)) ?? refuseWithoutDirectory(name);
}

/**
 * The same for a remote TIFF of `fileBytes` bytes that is read in pieces. Also throws what reading
 * throws.
 */
export async function openRemoteTiff(
  file: ReadableFile,
  fileBytes: number,
  name: string,
): Promise<TiffHeader> {
  await refuseOtherRemotes(file, fileBytes, name);
  return (await readHeaderFrom(boundedReader(file, fileBytes))) ?? refuseWithoutDirectory(name);
}

/** Throws the error for a file that begins like a TIFF but has no readable directory. */
export function refuseWithoutDirectory(name: string): never {
  throw damagedTiff(name, 'it has no readable directory', NO_TIFF_TO_SHARP);
}
