import { groupDigits } from '../../group-digits.ts';
import { type MissingData, missingData } from '../header/completeness.ts';
import type { TiffHeader, TiffPage } from '../header/tiff-header.ts';
import { refuseOversize } from '../jpeg-limits.ts';
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
import { refuseBeyondMagick } from './rewriting.ts';
import { isWalkable, pageTagFaults } from './whole-chain.ts';

/** Who says that data are missing: we, from the header, or the decoder that stumbles over it. */
export type Told = 'by us' | 'by sharp';

/** A file as far as its pages are concerned: how it is called in messages, its size, and how its pages are listed. */
export interface PageFile {
  readonly name: string;
  readonly bytes: number;
  /** Whether its offsets have 64 bits. */
  readonly big: boolean;
  /** Whether sharp can read all of its directories: `isWalkable`. */
  readonly walkable: boolean;
  /** Whether it speaks of directories that cannot be read. */
  readonly lacksDirectories: boolean;
}

/** The file that a header was read from. Make it once for all pages: it looks at each. */
export function pageFile(header: TiffHeader, name: string): PageFile {
  const { fileBytes: bytes, big, brokenChain, longChain, pages } = header;
  const lacksDirectories =
    (brokenChain && !longChain) || pages.some(({ lacksSubIfds }) => lacksSubIfds);
  return { name, bytes, big, walkable: isWalkable(header), lacksDirectories };
}

/**
 * Chooses who reads a page, or throws what a conversion of it would certainly end with, from its header alone. Converting,
 * inspecting and dry runs all ask here (`planConversion`), so that they agree. What only decoding shows is not said.
 *
 * Throws `ConversionError`: `UNREADABLE_TIFF` (no pixels, data that are missing), `TOO_LARGE_FOR_JPEG`, `UNSUPPORTED_TIFF`.
 */
export function readable(page: TiffPage, file: PageFile, told: Told = 'by us'): Reading {
  refuseWithoutPixels(page, file, told);
  refuseRemnant(page, file);
  refuseOversize(page, file.name);
  refuseImplausible(page, file);
  const reading = readingOf(page, file);
  refuseBeyondMagick(page, reading, file);
  const isSharps = reading.reader === 'sharp' && !reading.copied;
  if (told === 'by us' || !isSharps) refuseIncomplete(page, reading, file);
  if (reading.copied) refuseTooLargeToCopy(file);
  if (told === 'by us' && reading.reader === 'sharp') refuseForSharp(page, file);
  return reading;
}

/** Who reads a page of a file, and of which one; whether that succeeds is not said. Throws as `chooseReader`. */
export function readingOf(page: TiffPage, { name, walkable }: PageFile): Reading {
  const reading = chooseReader(page, name);
  if (reading.reader !== 'sharp' || !isCopied(page, walkable)) return reading;
  return { ...reading, copied: true };
}

/** Whether sharp stumbles over what lies beside a page, or over tags that its picture does not depend on. */
function isCopied(page: TiffPage, walkable: boolean): boolean {
  const kinds = new Set(pageTagFaults(page).map(({ kind }) => kind));
  // A copy would have something in the place of what nobody can tell.
  if (kinds.has('fatal')) return false;
  // What a SubIFD has from its directory, sharp does not know, nor any but those that the tag lists.
  if (page.above !== undefined && page.orientation !== 1) return true;
  if (page.subIfd !== undefined && !page.listed) return true;
  // It wants PhotometricInterpretation.
  if (page.untold) return true;
  const isMended = kinds.has('left out') || kinds.has('mended');
  return isMended || !(walkable || page.alone);
}

/** Bytes of the copy that is made of a file for some of its pages, one after the other; 0 without. Throws as `chooseReader`. */
export function copyBytes(pages: readonly TiffPage[], file: PageFile): number {
  return pages.some((page) => readingOf(page, file).copied) ? file.bytes : 0;
}

/** What a directory with its values can take, in bytes. */
const ROOM = 2 ** 20;

/** The offsets of a classic TIFF reach no further. */
function refuseTooLargeToCopy({ name, bytes, big }: PageFile): void {
  if (big || bytes + ROOM < 2 ** 32) return;
  throw undecodableTiff(
    name,
    'cannot be decoded: its decoder stumbles over one of its directories, and a TIFF of 4 GB has no room for a better one',
  );
}

function refuseWithoutPixels({ width, height }: TiffPage, { name }: PageFile, told: Told): void {
  if (width > 0 && height > 0) return;
  const said = told === 'by sharp' ? NO_TIFF_TO_SHARP : undefined;
  throw damagedTiff(name, `it has no pixels (${width} × ${height})`, said);
}

/** More than any decoder takes; sharp reads 64 samples at most. */
export const MOST_PLAUSIBLE = { samples: 64, bits: 64 } as const;

function refuseImplausible({ samplesPerPixel, bitsPerSample }: TiffPage, { name }: PageFile): void {
  const bits = Math.max(...bitsPerSample);
  if (samplesPerPixel <= MOST_PLAUSIBLE.samples && bits <= MOST_PLAUSIBLE.bits) return;
  throw unsupportedTiff(
    name,
    `has ${samplesPerPixel} samples of ${bits} bits a pixel, more than any decoder here reads`,
  );
}

/** Of a file that was cut off, a thumbnail may be all that is left. */
function refuseRemnant(page: TiffPage, { name, lacksDirectories }: PageFile): void {
  if (!lacksDirectories || !isOfAnother(page)) return;
  throw damagedTiff(
    name,
    'nothing but a smaller version of its picture, or a mask, is left of it: where its other directories should be, there are none',
  );
}

const JPEG = 7;

function refuseIncomplete(page: TiffPage, reading: Reading, { name, bytes }: PageFile): void {
  const missing = missingData(page, bytes).find(
    (one) => !isOverclaimed(page, { ...reading, bytes }, one),
  );
  if (missing) throw incompleteTiff(name, missing);
}

/** Who reads a page of a file of so many bytes. */
interface Overclaim {
  readonly reader: Reader | 'nobody';
  readonly copied?: boolean | undefined;
  readonly bytes: number;
}

/**
 * Whether bytes beyond the end of the file are not needed: sharp reads no more of a JPEG tile than the picture takes,
 * however many bytes the file claims for it, and our own reader needs no checksum.
 */
export function isOverclaimed(
  { compression, segments }: TiffPage,
  { reader, copied, bytes }: Overclaim,
  { code }: MissingData,
): boolean {
  if (code === 'NO_CHECKSUM') return reader === 'samples';
  // In a copy something else would lie where the file ends.
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

/** What the header tells, and sharp never reads. */
function refuseForSharp(page: TiffPage, { name }: PageFile): void {
  refuseTiles(page, name);
  const fatal = pageTagFaults(page).find(({ kind }) => kind === 'fatal');
  if (fatal) throw undecodableTiff(name, `cannot be decoded: ${fatal.message}`);
}
