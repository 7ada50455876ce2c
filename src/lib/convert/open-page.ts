import { basename } from 'node:path';
import type { EncoderSettings } from './encoder-settings.ts';
import type { TiffHeader } from './header/tiff-header.ts';
import type { PageRequest } from './messages.ts';
import { openTiff } from './open-tiff.ts';
import { firstPage, nameOfPage } from './pages.ts';
import { type ReadablePage, readable } from './plan/readable.ts';
import { type TiffPages, tiffPages } from './tiff-pages.ts';

/** The page of a TIFF to open. */
export interface PageToOpen {
  /** The TIFF's name in messages; defaults to its file name, or to the name that `tiff` has. */
  readonly name?: string | undefined;
  /** The page, counted from 1 (`pagesOf`); defaults to `firstPage`. */
  readonly page?: number | undefined;
  /** The TIFF's pages, if its header has been read already. */
  readonly tiff?: TiffPages | undefined;
}

/** A page of a TIFF file whose reader is known. */
export interface OpenedPage extends ReadablePage {
  /** Path of the TIFF. */
  readonly input: string;
  readonly header: TiffHeader;
}

/**
 * Opens a page of a TIFF file: reads the header, finds the page, and lets `choose` determine its
 * reader. Every request about a page begins this way (`pageRequestFor`). Throws what `openTiff` and
 * `choose` throw, and `ConversionError` (`NO_SUCH_PAGE`).
 */
export async function openPage(
  input: string,
  { name: given = basename(input), page: number, tiff: known }: PageToOpen,
  choose: (...page: Parameters<typeof readable>) => ReadablePage = readable,
): Promise<OpenedPage> {
  const tiff = known ?? tiffPages(await openTiff(input, given), given);
  const { header, file, count } = tiff;
  const page = tiff.numbered(number ?? firstPage(header));
  const name = number === undefined ? file.name : nameOfPage(count, number, file.name);
  return { input, header, ...choose(page, { ...file, name }) };
}

/** The part of a request about an opened page; `paths` are those of the request's other files. */
export function pageRequestFor<Paths extends string>(
  { input, header: { littleEndian, big }, name, page, reading }: OpenedPage,
  encoder: EncoderSettings,
  paths: Readonly<Record<Paths, string>>,
): PageRequest<Paths> {
  return {
    paths: { input, ...paths },
    name,
    page,
    format: { littleEndian, big },
    reading,
    encoder,
  };
}
