import type { TiffHeader, TiffPage } from './header/tiff-header.ts';
import { pageNumbered, pagesOf } from './pages.ts';
import { type PageFile, pageFile } from './plan/readable.ts';

/**
 * The pages of a TIFF, for opening several of them. What needs all directories is determined once:
 * a TIFF of thousands of pages must not be examined whole for each of them.
 */
export interface TiffPages {
  readonly header: TiffHeader;
  /** How many pages it has. */
  readonly count: number;
  /** The file, with its name in messages. */
  readonly file: PageFile;
  /** The page with a number, counted from 1. Throws `ConversionError` (`NO_SUCH_PAGE`). */
  numbered(number: number): TiffPage;
}

/** The pages of the TIFF to which a header belongs; `name` is the file's name in messages. */
export function tiffPages(header: TiffHeader, name: string): TiffPages {
  const pages = pagesOf(header);
  return {
    header,
    count: pages.length,
    file: pageFile(header, name),
    numbered: (number) => pageNumbered(header, number, name, pages),
  };
}
