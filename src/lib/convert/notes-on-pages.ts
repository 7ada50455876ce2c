import type { ChainBreak, TiffHeader, TiffPage } from './header/tiff-header.ts';
import { photometricName } from './header/tiff-names.ts';
import { uneven } from './jpeg-density.ts';
import type { ConversionNote } from './messages.ts';
import { notesOnSamples } from './notes-on-samples.ts';
import { firstPage, isOfAnother, type PagesSetting, pagesOf } from './pages.ts';
import type { Turn } from './plan/memory-model.ts';
import { type Reading, readerOf } from './plan/reader.ts';
import { pageTagFaults } from './plan/whole-chain.ts';
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
      ...notesOnPage(header, page, 'all'),
    ];
  });
  const once = new Map(notes.map((note) => [note.message, note]));
  return [...once.values(), ...notesOnFile(header, pages, names)];
}

/** Of these, what no decoder tells: of one page that was read so, and of those beside it. */
export function notesBesides(
  { header, page, reading }: ReadPage,
  pages: PagesSetting,
  names: SettingNames = commandNames,
): ConversionNote[] {
  const isHeard = reading.reader === 'sharp' && !reading.copied;
  const faults = isHeard ? 'unheard' : 'all';
  return [...notesOnPage(header, page, faults), ...notesOnFile(header, pages, names)];
}

/** A page of a file, and who read it. */
export interface ReadPage {
  readonly header: TiffHeader;
  readonly page: TiffPage;
  readonly reading: Reading;
}

function notesOnFile(
  header: TiffHeader,
  pages: PagesSetting,
  names: SettingNames,
): ConversionNote[] {
  return [...notesOnChain(header), ...(pages === 'first' ? notesOnPages(header, names) : [])];
}

/** What is left of an orientation that is not applied to the pixels. */
export function orientationTagged(orientation: number): ConversionNote {
  return {
    code: 'ORIENTATION_TAGGED',
    message: `The picture is too large to be turned here; its orientation (${orientation}) is kept as an EXIF tag`,
  };
}

/** Which faults of tags are told: all, or those of which libtiff says nothing, as it does where sharp reads the file itself. */
type ToldFaults = 'all' | 'unheard';

/** What the header tells of a page that its JPEG will not have, or that is wrong and left out. */
function notesOnPage(header: TiffHeader, page: TiffPage, faults: ToldFaults): ConversionNote[] {
  return [
    ...notesOnReduced(page),
    ...notesOnSubIfd(header, page),
    ...notesOnTags(page, faults),
    ...notesOnColours(page),
    ...notesOnPixels(page),
  ];
}

/** `run` gives each of several pages a chain of its own: what it hangs below is then found by the page alone. */
function notesOnSubIfd({ pages }: TiffHeader, page: TiffPage): ConversionNote[] {
  const parent = pages.find(({ subIfds }) => subIfds?.includes(page));
  if (!parent) return [];
  const number = (page.subIfd ?? parent.subIfds?.indexOf(page) ?? 0) + 1;
  const message = `Directory ${parent.index + 1} has a smaller version of the picture (${sizeOf(parent)}); the one below it was converted (SubIFD ${number})`;
  return [{ code: 'THUMBNAIL_SKIPPED', message }];
}

const sizeOf = ({ width, height }: TiffPage) => `${width} × ${height} pixels`;

/** What is left where a raw or layered file keeps its picture elsewhere: below a directory, for example. */
function notesOnReduced(page: TiffPage): ConversionNote[] {
  if (!isOfAnother(page)) return [];
  const message =
    'The TIFF has nothing but a smaller version of its picture, or a mask, where pages are; it was converted';
  return [{ code: 'ONLY_REDUCED', message }];
}

function notesOnColours(page: TiffPage): ConversionNote[] {
  return page.untold ? [{ code: 'COLOURS_ASSUMED', message: untoldColours(page) }] : [];
}

/** What is said of a page without PhotometricInterpretation, without a full stop. */
export function untoldColours({ photometric }: Pick<TiffPage, 'photometric'>): string {
  const taken =
    photometric === undefined ? '' : `; they are taken for ${photometricName(photometric)}`;
  return `It does not say what colours its samples are (PhotometricInterpretation is missing)${taken}`;
}

function notesOnPixels({ resolution }: TiffPage): ConversionNote[] {
  const message = uneven(resolution);
  return message === undefined ? [] : [{ code: 'PIXELS_NOT_SQUARE', message }];
}

function notesOnTags(page: TiffPage, told: ToldFaults): ConversionNote[] {
  const faults = pageTagFaults(page).flatMap(({ message, kind }) => {
    if (kind === 'left out') return [`${message} (left out)`];
    return kind === 'fatal' || (kind === 'warned' && told === 'unheard') ? [] : [message];
  });
  if (faults.length === 0) return [];
  const message = `The TIFF breaks the specification, but its picture is complete: ${faults.join('; ')}`;
  return [{ code: 'WARNINGS_FORGIVEN', message }];
}

/** What the last directory that was found says of the next one. */
const CHAIN_BREAKS: Readonly<Record<ChainBreak, string>> = {
  NO_POINTER: 'the file ends before it says whether there is another one',
  OUTSIDE:
    'the next one is said to lie behind the end of the file, so at least 1 cannot be reached',
  NO_DIRECTORY: 'there is none where the next one is said to be, so at least 1 cannot be reached',
  LOOP: 'the next one is said to be one of those before it, so it is not known whether there are more',
};

/** What may lie behind the last directory of a broken chain. */
function notesOnChain({ pages, chainBreak }: TiffHeader): ConversionNote[] {
  if (!chainBreak) return [];
  const message = `The TIFF's list of pages breaks off after directory ${pages.length}: ${CHAIN_BREAKS[chainBreak]}`;
  return [{ code: 'PAGES_UNREACHABLE', message }];
}

/** What is left when `first` alone is converted. */
function notesOnPages(header: TiffHeader, { allPages }: SettingNames): ConversionNote[] {
  const pages = pagesOf(header);
  const number = firstPage(header);
  const further = pages.length - 1;
  if (further === 0) return [];
  const were = further === 1 ? 'page was' : 'pages were';
  // All pages of a broken list are never converted: `pageNumbers`.
  const advice = header.brokenChain ? 'convert each by its number' : `${allPages} converts all`;
  const message = `Only page ${number} was converted; ${further} further ${were} not (${advice})`;
  return [
    ...(number === 1 ? [] : [thumbnailSkipped(pages[0], number)]),
    { code: 'PAGES_NOT_CONVERTED', message },
  ];
}

function thumbnailSkipped(page: TiffPage, picture: number): ConversionNote {
  const message = `Page 1 (${sizeOf(page)}) looks like a thumbnail of page ${picture}, which was converted in its place`;
  return { code: 'THUMBNAIL_SKIPPED', message };
}
