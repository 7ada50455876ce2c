import { refuseOtherFormats, refuseOtherRemotes } from './file-kind.ts';
import { readHeaderFrom, readTiffHeader, type TiffHeader } from './header/tiff-header.ts';
import { boundedReader, type ReadableFile } from './header/tiff-source.ts';
import { type PagesSetting, pageNumbers, pagesOf } from './pages.ts';

/** Which pages of a TIFF are to be converted. */
export interface ChosenPages {
  /** Read once, for all of them; undefined when it cannot be read. */
  readonly header: TiffHeader | undefined;
  /** Counted from 1, ascending. */
  readonly numbers: readonly [number, ...number[]];
}

/**
 * Reads the header of a TIFF and finds the pages that a setting stands for; `name` is how the file is
 * called in messages. Throws `ConversionError` when it is no TIFF or has no such page, and `FileError`.
 */
export async function choosePages(
  path: string,
  pages: PagesSetting,
  name: string,
): Promise<ChosenPages> {
  await refuseOtherFormats(path, name);
  const header = await readTiffHeader(path);
  return { header, numbers: pageNumbers(header, pages, name) };
}

/** The same for a TIFF of `fileBytes` bytes that lies elsewhere and is read in pieces. Throws what reading throws, too. */
export async function chooseRemotePages(
  file: ReadableFile,
  fileBytes: number,
  pages: PagesSetting,
  name: string,
): Promise<ChosenPages> {
  await refuseOtherRemotes(file, fileBytes, name);
  const header = await readHeaderFrom(boundedReader(file, fileBytes));
  return { header, numbers: pageNumbers(header, pages, name) };
}

/** What `convertTiff` is to be told of a page: nothing by the setting `first`, so that it tells of the others. */
export function pageOption(pages: PagesSetting, number: number): number | undefined {
  return pages === 'first' ? undefined : number;
}

/** How many pages a TIFF has; one that cannot be read is left for its conversion to fail, and has one. */
export async function countPages(path: string): Promise<number> {
  const header = await readTiffHeader(path).catch(() => undefined);
  return header ? pagesOf(header).length : 1;
}
