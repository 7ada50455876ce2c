import type { ChainBreak, TiffHeader, TiffPage } from './header/tiff-header.ts';
import { photometricName } from './header/tiff-names.ts';
import { uneven } from './jpeg-density.ts';
import type { ConversionNote } from './messages.ts';
import { notesOnSamples } from './notes-on-samples.ts';
import type { OpenedPage } from './open-page.ts';
import { firstPage, isOfAnother, type PagesSetting, pagesOf } from './pages.ts';
import type { Turn } from './plan/memory-model.ts';
import { readerOf } from './plan/reader.ts';
import { pageTagFaults } from './plan/whole-chain.ts';
import { commandNames, type SettingNames } from './setting-names.ts';

/** Pages of a TIFF, counted from 1, with the way each is turned if that is planned already. */
export interface PagesToNote {
  readonly header: TiffHeader;
  readonly numbers: readonly number[];
  readonly turns?: readonly Turn[];
}

/** The notes of a conversion that header and plan determine; each note once. */
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

/**
 * Of these, the ones that no decoder reports: about a page read that way, and about the other
 * pages.
 */
export function notesBesides(
  { header, page, reading }: Pick<OpenedPage, 'header' | 'page' | 'reading'>,
  pages: PagesSetting,
  names: SettingNames = commandNames,
): ConversionNote[] {
  const isHeard = reading.reader === 'sharp' && !reading.copied;
  const faults = isHeard ? 'unheard' : 'all';
  return [...notesOnPage(header, page, faults), ...notesOnFile(header, pages, names)];
}

function notesOnFile(
  header: TiffHeader,
  pages: PagesSetting,
  names: SettingNames,
): ConversionNote[] {
  return [...notesOnChain(header), ...(pages === 'first' ? notesOnPages(header, names) : [])];
}

/** The note about an orientation that is not applied to the pixels. */
export function orientationTagged(orientation: number): ConversionNote {
  return {
    code: 'ORIENTATION_TAGGED',
    message: `The picture is too large to be turned here; its orientation (${orientation}) is kept as an EXIF tag`,
  };
}

/**
 * Which tag faults to report: all, or only those that libtiff does not report when sharp reads the
 * file itself.
 */
type ToldFaults = 'all' | 'unheard';

/** What the header says about a page that its JPEG loses, or that is wrong and left out. */
function notesOnPage(header: TiffHeader, page: TiffPage, faults: ToldFaults): ConversionNote[] {
  return [
    ...notesOnReduced(page),
    ...notesOnSubIfd(header, page),
    ...notesOnTags(page, faults),
    ...notesOnColours(page),
    ...notesOnPixels(page),
  ];
}

/**
 * Found by their places in the file: while a page is the only one in its chain (`withLonePage`), it
 * is not the one that the header has.
 */
function notesOnSubIfd({ pages }: TiffHeader, page: TiffPage): ConversionNote[] {
  if (page.above === undefined) return [];
  const parent = pages.find(({ offset }) => offset === page.above);
  if (!parent) return [];
  const below = parent.subIfds?.find(({ offset }) => offset === page.offset);
  const number = (below?.subIfd ?? 0) + 1;
  const message = `Directory ${parent.index + 1} has a smaller version of the picture (${sizeOf(parent)}); the one below it was converted (SubIFD ${number})`;
  return [{ code: 'THUMBNAIL_SKIPPED', message }];
}

const sizeOf = ({ width, height }: TiffPage) => `${width} × ${height} pixels`;

/**
 * The note about a raw or layered file that keeps its picture elsewhere: in a SubIFD, for example.
 */
function notesOnReduced(page: TiffPage): ConversionNote[] {
  if (!isOfAnother(page)) return [];
  const message =
    'The TIFF has no full-size page, only a smaller version or a mask, which was converted';
  return [{ code: 'ONLY_REDUCED', message }];
}

function notesOnColours(page: TiffPage): ConversionNote[] {
  return page.untold ? [{ code: 'COLOURS_ASSUMED', message: untoldColours(page) }] : [];
}

/** The text about a page without PhotometricInterpretation, without a full stop. */
export function untoldColours({ photometric }: Pick<TiffPage, 'photometric'>): string {
  const taken = photometric === undefined ? '' : `; ${photometricName(photometric)} was assumed`;
  return `Its colours are not specified (PhotometricInterpretation is missing)${taken}`;
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

/** What the last directory found says about the next one. */
const CHAIN_BREAKS: Readonly<Record<ChainBreak, string>> = {
  NO_POINTER: 'the file ends where the offset of the next one should be',
  OUTSIDE: 'the next one is beyond the end of the file, so at least 1 cannot be reached',
  NO_DIRECTORY:
    'there is no directory at the offset of the next one, so at least 1 cannot be reached',
  LOOP: 'the next one is one of those before it, so there may be more',
};

/** The note about what may follow the last directory of a broken chain. */
function notesOnChain({ pages, chainBreak }: TiffHeader): ConversionNote[] {
  if (!chainBreak) return [];
  const message = `The TIFF's list of pages breaks off after directory ${pages.length}: ${CHAIN_BREAKS[chainBreak]}`;
  return [{ code: 'PAGES_UNREACHABLE', message }];
}

/** The note about the pages that `first` leaves out. */
function notesOnPages(header: TiffHeader, { allPages }: SettingNames): ConversionNote[] {
  const pages = pagesOf(header);
  const number = firstPage(header);
  if (pages.length === 1) return [];
  // A broken list never allows all pages: `pageNumbers`.
  const advice = header.brokenChain ? 'convert each by its number' : `${allPages} converts all`;
  const message = `Only page ${number} of ${pages.length} is converted (${advice})`;
  return [
    ...(number === 1 ? [] : [thumbnailSkipped(pages[0], number)]),
    { code: 'PAGES_NOT_CONVERTED', message },
  ];
}

/** How many pages a note about the pages that `first` leaves out counts; undefined of others. */
export function pagesLeftOut({ code, message }: ConversionNote): number | undefined {
  if (code !== 'PAGES_NOT_CONVERTED') return undefined;
  const [, pages] = /^Only page \d+ of (\d+) /.exec(message) ?? [];
  return pages === undefined ? undefined : Number(pages) - 1;
}

function thumbnailSkipped(page: TiffPage, picture: number): ConversionNote {
  const message = `Page 1 (${sizeOf(page)}) looks like a thumbnail of page ${picture}, which was converted instead`;
  return { code: 'THUMBNAIL_SKIPPED', message };
}
