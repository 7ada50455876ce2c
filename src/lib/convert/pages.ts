import { ConversionError } from '../errors.ts';
import { MAX_PAGES } from './header/limits.ts';
import type { TiffHeader, TiffPage } from './header/tiff-header.ts';
import { BROKEN_CHAIN, unreachablePages } from './refusal.ts';

/** Numbers and ranges of pages, such as `1-3,5`. */
export type PageList = `${number}-${string}` | `${number},${string}`;

/** The pages to convert: the first (`firstPage`), all, or some by their numbers, counted from 1. */
export type PagesSetting = 'first' | 'all' | number | PageList;

/** What a choice of pages must be. */
export const PAGES_RULE = 'must be first, all, the number of a page, or a list such as 1-3,5';

/** What is wrong with a choice of pages; undefined if it is valid. */
export function pagesProblem(text: string): string | undefined {
  if (/^(first|all|[1-9]\d{0,8})$/.test(text)) return undefined;
  if (!/^[1-9]\d{0,8}(-[1-9]\d{0,8})?(,[1-9]\d{0,8}(-[1-9]\d{0,8})?)*$/.test(text))
    return PAGES_RULE;
  const wrong = rangesOf(text).find(({ from, to }) => from > to);
  if (wrong)
    return `must not have a range that ends before it begins, as ${wrong.from}-${wrong.to}`;
  return rangesOf(text).some(({ to }) => to > MAX_PAGES)
    ? `must not have pages after ${MAX_PAGES} in a list`
    : undefined;
}

/**
 * Parses a choice that `pagesProblem` accepts. Equal lists have equal texts: ascending, each page
 * once, the longest ranges.
 */
export function parsePages(text: string): PagesSetting {
  if (text === 'first' || text === 'all') return text;
  if (/^\d+$/.test(text)) return Number(text);
  const joined: PageRange[] = [];
  for (const range of rangesOf(text).sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && range.from <= last.to + 1) last.to = Math.max(last.to, range.to);
    else joined.push(range);
  }
  const [first] = joined;
  if (first && joined.length === 1 && first.from === first.to) return first.from;
  const texts = joined.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`));
  return texts.join(',') as PageList;
}

interface PageRange {
  readonly from: number;
  to: number;
}

function rangesOf(text: string): PageRange[] {
  return text.split(',').map((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return { from, to };
  });
}

/** The list in a text that was written as one; undefined if it is none. */
export function pageListIn(text = ''): PageList | undefined {
  const pages = pagesProblem(text) === undefined ? parsePages(text) : 'first';
  return isPageList(pages) ? pages : undefined;
}

/** Whether a choice is a list. */
export function isPageList(pages: PagesSetting): pages is PageList {
  return typeof pages === 'string' && pages !== 'first' && pages !== 'all';
}

/** Whether a choice may be several pages of a TIFF. */
export function maySeveral(pages: PagesSetting): pages is 'all' | PageList {
  return pages === 'all' || isPageList(pages);
}

/** The numbers in a list from `parsePages`, ascending. */
export function numbersIn(list: PageList): readonly [number, ...number[]] {
  const [first = 1, ...others] = rangesOf(list).flatMap(({ from, to }) =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index),
  );
  return [first, ...others];
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

/** Throws `ConversionError` (`NO_SUCH_PAGE`) for the first of these numbers without a page. */
function refuseMissing(header: TiffHeader, numbers: readonly number[], name: string): void {
  const pages = pagesOf(header);
  for (const number of numbers) pageNumbered(header, number, name, pages);
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
    const numbers = isPageList(pages) ? numbersIn(pages) : ([pages] as const);
    refuseMissing(header, numbers, name);
    return numbers;
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
