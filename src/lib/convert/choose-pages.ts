import { readTiffHeader, type TiffHeader } from './header/tiff-header.ts';
import type { ReadableFile } from './header/tiff-source.ts';
import { openRemoteTiff, openTiff } from './open-tiff.ts';
import { type PagesSetting, pageNumbers, pagesOf } from './pages.ts';

/** Which pages of a TIFF are to be converted. */
export interface ChosenPages {
  /** Read once, for all of them. */
  readonly header: TiffHeader;
  /** Counted from 1, ascending. */
  readonly numbers: readonly [number, ...number[]];
}

/**
 * Reads the header of a TIFF and finds the pages that a setting stands for; `name` is how the file is
 * called in messages. Throws what `openTiff` throws, and `ConversionError` when it has no such page.
 */
export async function choosePages(
  path: string,
  pages: PagesSetting,
  name: string,
): Promise<ChosenPages> {
  const header = await openTiff(path, name);
  return { header, numbers: pageNumbers(header, pages, name) };
}

/** The same for a TIFF of `fileBytes` bytes that lies elsewhere and is read in pieces. Throws what reading throws, too. */
export async function chooseRemotePages(
  file: ReadableFile,
  fileBytes: number,
  pages: PagesSetting,
  name: string,
): Promise<ChosenPages> {
  const header = await openRemoteTiff(file, fileBytes, name);
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
