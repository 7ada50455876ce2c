import { ConversionError } from '../errors.ts';
import type { TiffHeader, TiffPage } from './header/tiff-header.ts';
import { BROKEN_CHAIN, unreachablePages } from './refusal.ts';

/** The pages to convert: the first (`firstPage`), all, or one by its number, counted from 1. */
export type PagesSetting = 'first' | 'all' | number;

/** What is wrong with a choice of pages; undefined if it is valid. */
export function pagesProblem(text: string): string | undefined {
  return /^(first|all|[1-9]\d{0,8})$/.test(text)
    ? undefined
    : 'must be first, all or the number of a page';
}

/** Parses a choice that `pagesProblem` accepts. */
export function parsePages(text: string): PagesSetting {
  return text === 'first' || text === 'all' ? text : Number(text);
}

/**
 * Bits of NewSubfileType (TIFF 6.0, section 8): a smaller version of another picture, and a mask
 * for one.
 */
const REDUCED = 1;
const MASK = 4;

/** Whether a directory is a smaller version of another picture, or a mask for one. */
export function isOfAnother({ subfileType }: TiffPage): boolean {
  return (subfileType & (REDUCED | MASK)) !== 0;
}

const PAGE = 2;

/**
 * The pages of a TIFF: its directories without thumbnails, pyramid levels and masks. If a directory
 * is a smaller version of a picture below it (SubIFDs), that picture is the page. If no directory
 * is left, the largest picture is the page.
 */
export function pagesOf({ pages }: Pick<TiffHeader, 'pages'>): readonly [TiffPage, ...TiffPage[]] {
  const [first, ...others] = pages.flatMap((page) => pageAt(page) ?? []);
  if (first) return [first, ...others];
  return [largestOf(pages.flatMap((page) => [page, ...(page.subIfds ?? [])])) ?? pages[0]];
}

/** The page that a directory of the chain stands for, if any. */
function pageAt(directory: TiffPage): TiffPage | undefined {
  if (directory.subfileType & MASK) return undefined;
  const below = largestOf((directory.subIfds ?? []).filter((one) => !isOfAnother(one)));
  if (isOfAnother(directory)) return below;
  return below && isThumbnailOf(directory, below) ? below : directory;
}

const areaOf = ({ width, height }: TiffPage) => width * height;

function largestOf(pages: readonly TiffPage[]): TiffPage | undefined {
  const [first, ...others] = pages;
  return others.reduce(
    (largest, page) => (largest && areaOf(page) > areaOf(largest) ? page : largest),
    first,
  );
}

/**
 * An undeclared thumbnail has less than this share of the picture's area, and its shape within this
 * tolerance.
 */
const THUMBNAIL = { area: 1 / 16, shape: 0.03 } as const;

function isThumbnailOf(page: TiffPage, picture: TiffPage): boolean {
  const isSmall = areaOf(page) > 0 && areaOf(page) < areaOf(picture) * THUMBNAIL.area;
  return isSmall && Math.abs(shapeOf(page) / shapeOf(picture) - 1) <= THUMBNAIL.shape;
}

/** Width divided by height, as the picture is displayed. */
function shapeOf({ width, height, orientation }: TiffPage): number {
  return orientation < 5 ? width / height : height / width;
}

/**
 * The number, counted from 1, of the page that `first` means: the first one, unless it is an
 * undeclared thumbnail of another page. A page declared as one of several is never a thumbnail.
 */
export function firstPage(header: Pick<TiffHeader, 'pages'>): number {
  const pages = pagesOf(header);
  const [first] = pages;
  if (first.subfileType & PAGE) return 1;
  const picture = largestOf(pages.filter((page) => isThumbnailOf(first, page)));
  return picture ? pages.indexOf(picture) + 1 : 1;
}

/**
 * The page with a number, counted from 1, of the header's `pages`. Throws `ConversionError`
 * (`NO_SUCH_PAGE`).
 */
export function pageNumbered(
  header: TiffHeader,
  number: number,
  name: string,
  pages: readonly TiffPage[] = pagesOf(header),
): TiffPage {
  const page = pages[number - 1];
  if (page) return page;
  const count = pages.length === 1 ? 'only one page' : `${pages.length} pages`;
  const readable = header.brokenChain
    ? ` that can be found (${header.longChain ? 'its list of pages is too long' : BROKEN_CHAIN})`
    : '';
  throw new ConversionError(
    'NO_SUCH_PAGE',
    `"${name}" has ${count}${readable}, so there is no page ${number}. Choose another${header.brokenChain ? '' : ', or all'}.`,
  );
}

/**
 * The numbers of the pages to convert. Throws `ConversionError`: `NO_SUCH_PAGE`, or
 * `UNREADABLE_TIFF` if all are wanted and not all can be found.
 */
export function pageNumbers(
  header: TiffHeader,
  pages: PagesSetting,
  name: string,
): readonly [number, ...number[]] {
  if (pages === 'first') return [firstPage(header)];
  if (pages !== 'all') {
    pageNumbered(header, pages, name);
    return [pages];
  }
  const count = pagesOf(header).length;
  if (header.longChain)
    throw new ConversionError(
      'UNREADABLE_TIFF',
      `The list of pages of "${name}" is longer than arke-tiff reads: it was read up to page ${count}. Convert those pages by number.`,
    );
  if (header.brokenChain) throw unreachablePages(name, count);
  return [1, ...Array.from({ length: count - 1 }, (_, further) => further + 2)];
}

/** The name of one of `count` pages in messages: only the file's name if it is the only page. */
export function nameOfPage(count: number, number: number, name: string): string {
  return count === 1 ? name : `${name} (page ${number} of ${count})`;
}
