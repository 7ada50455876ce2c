import { type MissingData, missingData } from '../header/completeness.ts';
import type { TiffPage } from '../header/tiff-header.ts';
import { refuseOversize } from '../jpeg-limits.ts';
import { damagedTiff, incompleteTiff, NO_TIFF_TO_SHARP, unsupportedTiff } from '../refusal.ts';
import { chooseReader, type Reading } from './reader.ts';
import type { Reader } from './reader-table.ts';
import { refuseBeyondMagick } from './rewriting.ts';

/** Who says that data are missing: we, from the header, or the decoder that stumbles over it. */
export type Told = 'by us' | 'by sharp';

/** A file as far as its pages are concerned: how it is called in messages, and its size. */
export interface PageFile {
  readonly name: string;
  readonly bytes: number;
}

/**
 * Chooses who reads a page, or throws what a conversion of it would certainly end with, from its header alone. Converting,
 * inspecting and dry runs all ask here (`planConversion`), so that they agree. What only decoding shows is not said.
 *
 * Throws `ConversionError`: `UNREADABLE_TIFF` (no pixels, data that are missing), `TOO_LARGE_FOR_JPEG`, `UNSUPPORTED_TIFF`.
 */
export function readable(page: TiffPage, file: PageFile, told: Told = 'by us'): Reading {
  refuseWithoutPixels(page, file);
  refuseOversize(page, file.name);
  refuseImplausible(page, file);
  const reading = chooseReader(page, file.name);
  refuseBeyondMagick(page, reading, file);
  if (told === 'by us' || reading.reader !== 'sharp') refuseIncomplete(page, reading, file);
  return reading;
}

function refuseWithoutPixels({ width, height }: TiffPage, { name }: PageFile): void {
  if (width > 0 && height > 0) return;
  throw damagedTiff(name, `it has no pixels (${width} × ${height})`, NO_TIFF_TO_SHARP);
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
  const missing = missingData(page, bytes).find((one) => !isOverclaimed(page, reader, one));
  if (missing) throw incompleteTiff(name, missing);
}

/**
 * Whether bytes beyond the end of the file are only claimed: sharp reads no more of a JPEG tile than the picture takes,
 * however many bytes the file claims for it.
 */
export function isOverclaimed(
  { compression, segments }: TiffPage,
  reader: Reader | 'nobody',
  { code }: MissingData,
): boolean {
  const isJpegTiles = compression === JPEG && segments?.kind === 'tiles';
  return reader === 'sharp' && isJpegTiles && code === 'TRUNCATED';
}
