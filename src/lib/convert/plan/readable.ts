import { groupDigits } from '../../group-digits.ts';
import { type MissingData, missingData } from '../header/completeness.ts';
import type { TiffHeader, TiffPage } from '../header/tiff-header.ts';
import { isOfAnother } from '../pages.ts';
import {
  damagedTiff,
  incompleteTiff,
  NO_TIFF_TO_SHARP,
  undecodableTiff,
  unsupportedTiff,
} from '../refusal.ts';
import { hasOddTiles, SHARPS_TILE, TILE_STEP } from './page-kinds.ts';
import { chooseReader, type Reading } from './reader.ts';
import type { Reader } from './reader-table.ts';
import { type Rewriting, refuseBeyondMagick, rewritingOf } from './rewriting.ts';
import { isWalkable, pageTagFaults } from './whole-chain.ts';

/** Who reports missing data: we, from the header, or the decoder that fails. */
export type FoundBy = 'by us' | 'by sharp';

/** A file as far as its pages need it: its name in messages, its size, and its list of pages. */
export interface PageFile {
  readonly name: string;
  readonly bytes: number;
  /** Whether its offsets have 64 bits. */
  readonly big: boolean;
  /** Whether sharp can read all of its directories: `isWalkable`. */
  readonly walkable: boolean;
  /** Whether it refers to directories that cannot be read. */
  readonly lacksDirectories: boolean;
}

/** The file to which a header belongs. Make it once for all pages: it examines each of them. */
export function pageFile(header: TiffHeader, name: string): PageFile {
  const { fileBytes: bytes, big, brokenChain, longChain, pages } = header;
  const lacksDirectories =
    (brokenChain && !longChain) || pages.some(({ lacksSubIfds }) => lacksSubIfds);
  return { name, bytes, big, walkable: isWalkable(header), lacksDirectories };
}

/** A page, its reader, and what reading it takes: the basis of plans, prices and requests. */
export interface ReadablePage {
  readonly page: TiffPage;
  /** Its name in messages. */
  readonly name: string;
  readonly reading: Reading;
  /** What is read instead, if another decoder than sharp rewrites the page first. */
  readonly rewriting: Rewriting | undefined;
  /** Size of the copy that is read instead of the file, in bytes; 0 without one. */
  readonly copyBytes: number;
}

/**
 * Chooses the reader of a page, or throws the error with which its conversion would certainly end,
 * from the header alone. Conversions, inspections and dry runs all call this before they plan, so
 * they agree. Problems that only decoding shows are not reported.
 *
 * Throws `ConversionError`: `UNREADABLE_TIFF` (no pixels, missing data), `UNSUPPORTED_TIFF`.
 */
export function readable(page: TiffPage, file: PageFile, told: FoundBy = 'by us'): ReadablePage {
  refuseWithoutPixels(page, file, told);
  refuseRemnant(page, file);
  refuseImplausible(page, file);
  const chosen = chooseFor(page, file);
  const { reading } = chosen;
  refuseBeyondMagick(page, reading, file);
  const isSharps = reading.reader === 'sharp' && !reading.copied;
  if (told === 'by us' || !isSharps) refuseIncomplete(page, reading, file);
  if (reading.copied) refuseTooLargeToCopy(file);
  if (told === 'by us' && reading.reader === 'sharp') refuseForSharp(page, file);
  return chosen;
}

/** Chooses the reader of a page, even if it will fail. Throws as `chooseReader`. */
export function chooseFor(page: TiffPage, { name, bytes, walkable }: PageFile): ReadablePage {
  const chosen = chooseReader(page, name);
  const isCopied = chosen.reader === 'sharp' && needsCopy(page, walkable);
  const reading: Reading = isCopied ? { ...chosen, copied: true } : chosen;
  const rewriting = rewritingOf(page, reading, bytes);
  return { page, name, reading, rewriting, copyBytes: isCopied ? bytes : 0 };
}

/** Whether sharp fails on something outside the page, or on tags that the picture does not need. */
function needsCopy(page: TiffPage, walkable: boolean): boolean {
  const kinds = new Set(pageTagFaults(page).map(({ kind }) => kind));
  // A copy would have to invent what nobody knows.
  if (kinds.has('fatal')) return false;
  // sharp does not know what a SubIFD inherits from its directory, and finds only the SubIFDs that
  // the tag lists.
  if (page.above !== undefined && page.orientation !== 1) return true;
  if (page.subIfd !== undefined && !page.listed) return true;
  // sharp requires PhotometricInterpretation.
  if (page.untold) return true;
  const isMended = kinds.has('left out') || kinds.has('mended');
  return isMended || !(walkable || page.alone);
}

/** The most that a directory with its values takes, in bytes. */
const ROOM = 2 ** 20;

/** The offsets of a classic TIFF reach no further. */
function refuseTooLargeToCopy({ name, bytes, big }: PageFile): void {
  if (big || bytes + ROOM < 2 ** 32) return;
  throw undecodableTiff(
    name,
    'cannot be decoded: its decoder fails on one of its directories, and a TIFF of 4 GB has no room for a corrected one',
  );
}

function refuseWithoutPixels({ width, height }: TiffPage, { name }: PageFile, told: FoundBy): void {
  if (width > 0 && height > 0) return;
  const said = told === 'by sharp' ? NO_TIFF_TO_SHARP : undefined;
  throw damagedTiff(name, `it has no pixels (${width} × ${height})`, said);
}

/** More than any decoder supports; sharp reads 64 samples at most. */
export const MOST_PLAUSIBLE = { samples: 64, bits: 64 } as const;

function refuseImplausible({ samplesPerPixel, bitsPerSample }: TiffPage, { name }: PageFile): void {
  const bits = Math.max(...bitsPerSample);
  if (samplesPerPixel <= MOST_PLAUSIBLE.samples && bits <= MOST_PLAUSIBLE.bits) return;
  throw unsupportedTiff(
    name,
    `has ${samplesPerPixel} samples of ${bits} bits a pixel, more than arke-tiff can decode`,
  );
}

/** A thumbnail may be all that is left of a truncated file. */
function refuseRemnant(page: TiffPage, { name, lacksDirectories }: PageFile): void {
  if (!lacksDirectories || !isOfAnother(page)) return;
  throw damagedTiff(
    name,
    'only a smaller version of its picture, or a mask, is left; its other directories are missing',
  );
}

const JPEG = 7;

function refuseIncomplete(page: TiffPage, reading: Reading, { name, bytes }: PageFile): void {
  const missing = missingData(page, bytes).find(
    (one) => !isOverclaimed(page, { ...reading, bytes }, one),
  );
  if (missing) throw incompleteTiff(name, missing);
}

/** The reader of a page, and the size of its file. */
interface Overclaim {
  readonly reader: Reader | 'nobody';
  readonly copied?: boolean | undefined;
  readonly bytes: number;
}

/**
 * Whether bytes beyond the end of the file are not needed: sharp reads only as much of a JPEG tile
 * as the picture takes, whatever size the file claims, and our own reader needs no checksum.
 */
export function isOverclaimed(
  { compression, segments }: TiffPage,
  { reader, copied, bytes }: Overclaim,
  { code }: MissingData,
): boolean {
  if (code === 'NO_CHECKSUM') return reader === 'samples';
  // In a copy, other data would follow where the file ends.
  if (reader !== 'sharp' || copied || compression !== JPEG || segments?.kind !== 'tiles')
    return false;
  return code === 'TRUNCATED' && segments.lastStart < bytes;
}

function refuseTiles(page: TiffPage, name: string): void {
  const { segments } = page;
  if (segments?.kind !== 'tiles') return;
  const { width, height } = segments;
  const isHuge = Math.max(width, height) > SHARPS_TILE;
  if (!isHuge && !hasOddTiles(page)) return;
  const why = isHuge
    ? `more than ${groupDigits(SHARPS_TILE)} a side`
    : `with sides that are no multiples of ${TILE_STEP}`;
  const what = `has tiles of ${width} × ${height} pixels, ${why}, which arke-tiff cannot decode`;
  throw unsupportedTiff(name, what);
}

/** What the header reveals and sharp never reads. */
function refuseForSharp(page: TiffPage, { name }: PageFile): void {
  refuseTiles(page, name);
  const fatal = pageTagFaults(page).find(({ kind }) => kind === 'fatal');
  if (fatal) throw undecodableTiff(name, `cannot be decoded: ${fatal.message}`);
}
