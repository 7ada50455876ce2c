import { groupDigits } from '../../group-digits.ts';
import { type MissingData, missingData } from '../header/completeness.ts';
import type { TiffHeader, TiffPage } from '../header/tiff-header.ts';
import { refuseOversize } from '../jpeg-limits.ts';
import {
  BROKEN_CHAIN,
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
import { type Chain, chainOf, faultOf } from './whole-chain.ts';

/** Who says that data are missing: we, from the header, or the decoder that stumbles over it. */
export type Told = 'by us' | 'by sharp';

/** A file as far as its pages are concerned: how it is called in messages, its size, and how its pages are listed. */
export interface PageFile {
  readonly name: string;
  readonly bytes: number;
  readonly chain: Chain;
}

/** The file that a header was read from. Make it once for all pages: it looks at each. */
export function pageFile(header: TiffHeader, name: string): PageFile {
  return { name, bytes: header.fileBytes, chain: chainOf(header) };
}

/**
 * Chooses who reads a page, or throws what a conversion of it would certainly end with, from its header alone. Converting,
 * inspecting and dry runs all ask here (`planConversion`), so that they agree. What only decoding shows is not said.
 *
 * Throws `ConversionError`: `UNREADABLE_TIFF` (no pixels, data that are missing), `TOO_LARGE_FOR_JPEG`, `UNSUPPORTED_TIFF`.
 */
export function readable(page: TiffPage, file: PageFile, told: Told = 'by us'): Reading {
  refuseWithoutPixels(page, file, told);
  refuseOversize(page, file.name);
  refuseImplausible(page, file);
  const reading = chooseReader(page, file.name);
  refuseBeyondMagick(page, reading, file);
  if (told === 'by us' || reading.reader !== 'sharp') refuseIncomplete(page, reading, file);
  if (told === 'by us' && reading.reader === 'sharp') refuseForSharp(page, file);
  return reading;
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

const JPEG = 7;

function refuseIncomplete(page: TiffPage, { reader }: Reading, { name, bytes }: PageFile): void {
  const missing = missingData(page, bytes).find(
    (one) => !isOverclaimed(page, { reader, bytes }, one),
  );
  if (missing) throw incompleteTiff(name, missing);
}

/**
 * Whether bytes beyond the end of the file are not needed: sharp reads no more of a JPEG tile than the picture takes,
 * however many bytes the file claims for it, and our own reader needs no checksum.
 */
export function isOverclaimed(
  { compression, segments }: TiffPage,
  { reader, bytes }: { readonly reader: Reader | 'nobody'; readonly bytes: number },
  { code }: MissingData,
): boolean {
  if (code === 'NO_CHECKSUM') return reader === 'samples';
  if (reader !== 'sharp' || compression !== JPEG || segments?.kind !== 'tiles') return false;
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

/** What the header tells, and sharp never reads: what its libtiff refuses of any directory in the chain. */
function refuseForSharp(page: TiffPage, { name, chain }: PageFile): void {
  refuseTiles(page, name);
  const own = faultOf(page);
  if (own !== undefined) throw undecodableTiff(name, `cannot be decoded: ${own}`);
  if (chain.broken) throw damagedTiff(name, BROKEN_CHAIN);
  if (!chain.fault) return;
  const { index, message } = chain.fault;
  const place = `directory ${index + 1} of ${chain.length}`;
  const what = `cannot be decoded: its decoder reads all directories, and stops at ${place}: ${message}`;
  throw undecodableTiff(name, what);
}
