import type { TiffHeader, TiffPage } from './header/tiff-header.ts';
import type { ConversionNote } from './messages.ts';
import { notesOnSamples } from './notes-on-samples.ts';
import { isOfAnother, type PagesSetting, pagesOf } from './pages.ts';
import type { Turn } from './plan/memory-model.ts';
import { readerOf } from './plan/reader.ts';
import { commandNames, type SettingNames } from './setting-names.ts';

/** Pages of a TIFF, counted from 1, and where it is planned already how each is turned. */
export interface PagesToNote {
  readonly header: TiffHeader;
  readonly numbers: readonly number[];
  readonly turns?: readonly Turn[];
}

/** What a conversion of these pages is going to note, as far as header and plan tell; each note once. */
export function notesFromHeader(
  { header, numbers, turns = [] }: PagesToNote,
  pages: PagesSetting,
  names: SettingNames,
): ConversionNote[] {
  const all: readonly TiffPage[] = pagesOf(header);
  const notes = numbers.flatMap((number, index) => {
    const page = all[number - 1];
    if (!page) return [];
    const reader = readerOf(page);
    return [
      ...(turns[index] === 'tag' ? [orientationTagged(page.orientation)] : []),
      ...(reader === 'nobody' ? [] : notesOnSamples(page, reader)),
      ...notesOnPage(page),
    ];
  });
  const once = new Map(notes.map((note) => [note.message, note]));
  return [...once.values(), ...(pages === 'first' ? notesOnPages(header, names) : [])];
}

/** What is left of an orientation that is not applied to the pixels. */
export function orientationTagged(orientation: number): ConversionNote {
  return {
    code: 'ORIENTATION_TAGGED',
    message: `The picture is too large to be turned here; its orientation (${orientation}) is kept as an EXIF tag`,
  };
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
