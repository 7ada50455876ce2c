import { readTiffHeader, type TiffHeader } from './header/tiff-header.ts';
import type { ReadableFile } from './header/tiff-source.ts';
import { openRemoteTiff, openTiff } from './open-tiff.ts';
import { type PagesSetting, pageNumbers, pagesOf } from './pages.ts';

/** The pages of a TIFF to convert. */
export interface PageSelection {
  /** Read once for all of them. */
  readonly header: TiffHeader;
  /** Counted from 1, ascending. */
  readonly numbers: readonly [number, ...number[]];
}

/**
 * Reads the header of a TIFF and finds the pages for a setting; `name` is the file's name in
 * messages. Throws what `openTiff` throws, and `ConversionError` if there is no such page.
 */
export async function choosePages(
  path: string,
  pages: PagesSetting,
  name: string,
): Promise<PageSelection> {
  const header = await openTiff(path, name);
  return { header, numbers: pageNumbers(header, pages, name) };
}

/**
 * The same for a remote TIFF of `fileBytes` bytes that is read in pieces. Also throws what reading
 * throws.
 */
export async function chooseRemotePages(
  file: ReadableFile,
  fileBytes: number,
  pages: PagesSetting,
  name: string,
): Promise<PageSelection> {
  const header = await openRemoteTiff(file, fileBytes, name);
  return { header, numbers: pageNumbers(header, pages, name) };
}

/**
 * The `page` option for `convertTiff`: undefined for `first`, so that it mentions the other pages.
 */
export function pageOption(pages: PagesSetting, number: number): number | undefined {
  return pages === 'first' ? undefined : number;
}

/**
 * The number of pages of a TIFF. An unreadable TIFF counts as one page: its conversion then fails.
 */
export async function countPages(path: string): Promise<number> {
  const header = await readTiffHeader(path).catch(() => undefined);
  return header ? pagesOf(header).length : 1;
}
