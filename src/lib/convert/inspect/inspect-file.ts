import { open } from '../../files.ts';
import { unreadableFile } from '../../unreadable-file.ts';
import { refuseOtherFormats, refuseOtherRemotes } from '../file-kind.ts';
import type { ReadableFile } from '../header/tiff-source.ts';
import { refuseWithoutDirectory } from '../open-tiff.ts';
import { type InspectionOptions, inspectTiff, readLosses } from './inspect-tiff.ts';
import type { Inspection } from './inspection.ts';
import type { Loss } from './loss.ts';
import type { LossSettings } from './losses.ts';

/**
 * Inspects a TIFF file (`inspectTiff`). Throws `FileError` if it cannot be read, and
 * `ConversionError`: `NOT_A_TIFF` with what it is, `UNREADABLE_TIFF` if it has no readable
 * directory, `NO_SUCH_PAGE`.
 */
export async function inspectFile(path: string, options: InspectionOptions): Promise<Inspection> {
  await refuseOtherFormats(path, options.name);
  const inspection = await withFile(path, options.name, (file, bytes) =>
    inspectTiff(file, bytes, options),
  );
  return inspection ?? refuseWithoutDirectory(options.name);
}

/** The same for a remote TIFF that is read in blocks. Also throws what reading throws. */
export async function inspectRemote(
  file: ReadableFile,
  fileBytes: number,
  options: InspectionOptions,
): Promise<Inspection> {
  await refuseOtherRemotes(file, fileBytes, options.name);
  return (await inspectTiff(file, fileBytes, options)) ?? refuseWithoutDirectory(options.name);
}

/**
 * What the JPEGs of a TIFF file will lose. Throws `FileError` if it cannot be read, and
 * `ConversionError` (`UNREADABLE_TIFF`) if it has no readable directory.
 */
export async function lossesIn(
  path: string,
  name: string,
  settings: LossSettings,
): Promise<Loss[]> {
  await refuseOtherFormats(path, name);
  const losses = await withFile(path, name, (file, bytes) => readLosses(file, bytes, settings));
  return losses ?? refuseWithoutDirectory(name);
}

async function withFile<T>(
  path: string,
  name: string,
  use: (file: ReadableFile, bytes: number) => Promise<T>,
): Promise<T> {
  try {
    const file = await open(path);
    try {
      return await use(file, (await file.stat()).size);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw unreadableFile(`"${name}"`, error);
  }
}
