import type { TiffHeader, TiffPage } from './header/tiff-header.ts';
import type { ConversionNote } from './messages.ts';
import { isOfAnother, type PagesSetting, pagesOf } from './pages.ts';
import { commandNames, type SettingNames } from './setting-names.ts';

/** What a conversion of these pages, counted from 1, is going to note, as far as the header tells; each note once. */
export function notesFromHeader(
  { header, numbers }: { readonly header: TiffHeader; readonly numbers: readonly number[] },
  pages: PagesSetting,
  names: SettingNames,
): ConversionNote[] {
  const all: readonly TiffPage[] = pagesOf(header);
  const notes = numbers.flatMap((number) => {
    const page = all[number - 1];
    return page ? notesOnPage(page) : [];
  });
  return [...notes.slice(0, 1), ...(pages === 'first' ? notesOnPages(header, names) : [])];
}

/** What is left where a raw or layered file keeps its picture elsewhere: below a directory, for example. */
export function notesOnPage(page: TiffPage): ConversionNote[] {
  if (!isOfAnother(page)) return [];
  const message =
    'The TIFF has nothing but a smaller version of its picture, or a mask, where pages are; it was converted';
  return [{ code: 'ONLY_REDUCED', message }];
}

/** What is left when the first page alone is converted. */
export function notesOnPages(header: TiffHeader, { allPages } = commandNames): ConversionNote[] {
  const further = pagesOf(header).length - 1;
  if (further === 0) return [];
  const were = further === 1 ? 'page was' : 'pages were';
  const message = `Only page 1 was converted; ${further} further ${were} not (${allPages} converts all)`;
  return [{ code: 'PAGES_NOT_CONVERTED', message }];
}
