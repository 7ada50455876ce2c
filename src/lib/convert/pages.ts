import { ConversionError } from '../errors.ts';
import type { TiffHeader, TiffPage } from './header/tiff-header.ts';

/** Which pages are converted: the first, all, or one by its number, counted from 1. */
export type PagesSetting = 'first' | 'all' | number;

/** What is wrong with a choice of pages, or undefined when it is one. */
export function pagesProblem(text: string): string | undefined {
  return /^(first|all|[1-9]\d{0,8})$/.test(text)
    ? undefined
    : 'must be first, all or the number of a page';
}

/** A choice of pages that `pagesProblem` finds nothing wrong with. */
export function parsePages(text: string): PagesSetting {
  return text === 'first' || text === 'all' ? text : Number(text);
}

/** Bits of NewSubfileType (TIFF 6.0, section 8): a smaller version of another picture, and a mask for one. */
const REDUCED = 1;
const MASK = 4;

/**
 * The pages of a TIFF: its directories without thumbnails, the smaller versions of a pyramid, and masks
 * (design: "Fidelity policy"). Where nothing else is left, the largest picture is the page.
 */
export function pagesOf({ pages }: TiffHeader): readonly [TiffPage, ...TiffPage[]] {
  const [first, ...others] = pages.filter(({ subfileType }) => !(subfileType & (REDUCED | MASK)));
  if (first) return [first, ...others];
  const area = ({ width, height }: TiffPage) => width * height;
  return [pages.reduce((largest, page) => (area(page) > area(largest) ? page : largest))];
}

/** The page with a number, counted from 1. Throws `ConversionError` (`NO_SUCH_PAGE`). */
export function pageNumbered(header: TiffHeader, number: number, name: string): TiffPage {
  const pages = pagesOf(header);
  const page = pages[number - 1];
  if (page) return page;
  const count = pages.length === 1 ? 'only one page' : `${pages.length} pages`;
  throw new ConversionError(
    'NO_SUCH_PAGE',
    `"${name}" has ${count}, so there is no page ${number}. Choose another, or all.`,
  );
}
