import type { TiffPage } from '../header/tiff-header.ts';
import { FAXES } from '../header/untold-colours.ts';
import { unsupportedTiff } from '../refusal.ts';
import { exceedsMagick, magickBytes, magickCpuSeconds } from './fallback-memory.ts';
import { bitsOf } from './page-kinds.ts';
import { plainPage, plainPictureOf } from './plain-picture.ts';
import type { Reading } from './reader.ts';
import { toMegapixels } from './shortage.ts';

/** The cost of rewriting a page so that sharp can read it. */
export interface Rewriting {
  /** The page that sharp then reads. */
  readonly page: TiffPage;
  /** Peak memory of the conversion process while rewriting, in bytes. */
  readonly memoryBytes: number;
  readonly cpuSeconds: number;
  /** Size of the plain TIFF, in bytes. */
  readonly diskBytes: number;
}

/** The cost of reading a page with another decoder than sharp; undefined if sharp reads it. */
export function rewritingOf(
  page: TiffPage,
  { reader }: Reading,
  fileBytes: number,
): Rewriting | undefined {
  if (reader === 'sharp') return undefined;
  const plain = plainPage(plainPictureOf(page, reader), page.iccBytes);
  const diskBytes = plain.segments?.totalBytes ?? 0;
  const price =
    reader === 'magick'
      ? { memoryBytes: magickBytes(page, fileBytes), cpuSeconds: magickCpuSeconds(page) }
      : { memoryBytes: samplesBytes(page), cpuSeconds: samplesCpuSeconds(page) };
  return { page: plain, diskBytes, ...price };
}

/**
 * Throws `ConversionError` (`UNSUPPORTED_TIFF`) for a page that exceeds ImageMagick's memory on any
 * machine.
 */
export function refuseBeyondMagick(
  page: TiffPage,
  { reader, feature }: Reading,
  file: { readonly bytes: number; readonly name: string },
): void {
  if (reader !== 'magick' || !exceedsMagick(page, file.bytes)) return;
  throw unsupportedTiff(
    file.name,
    `has ${toMegapixels(page)} MP and ${feature}, whose decoder can hold 4 GB, which is not enough`,
  );
}

/*
 * The figures below are fitted to bench/fallback.json, which `npm run bench:fallback` measures
 * again (docs/reliability.md, "The memory model"). Peak: VmHWM of the conversion process.
 */
const MB = 1024 * 1024;
/** The process with its libraries, and the reading thread. */
const BASE = 130 * MB;
/**
 * Garbage that the thread has not freed yet: small objects in the young generation, zlib's pieces
 * outside it.
 */
const YOUNG = { most: 32 * MB, perPixel: 0.7 } as const;
const PIECES = { most: 92 * MB, perByte: 2.5 } as const;
/** Bytes of uncompressed strips read at a time (samples/rows.ts). */
const IN_PIECES = 2 * MB;
const [NONE, LZW, PACKBITS] = [1, 5, 32_773];

function samplesBytes(page: TiffPage): number {
  const { width, samplesPerPixel, segments, compression } = page;
  if (!segments) return BASE;
  const across = Math.ceil(width / segments.width) * segments.width;
  const row = across * samplesPerPixel;
  const rowBytes = (row * bitsOf(page)) / 8;
  const band =
    compression === NONE && segments.kind === 'strips'
      ? Math.max(IN_PIECES, rowBytes)
      : rowBytes * segments.height;
  const lists = segments.needed * 48;
  // A row of numbers, and the piece of the plain TIFF being written.
  const written = row * 8 + Math.max(IN_PIECES, row * 2);
  return BASE + band + compressedBytes(page) + lists + written + thrownAway(page);
}

/**
 * Codes of a fax, with a generous end, per byte of pixels; other compressions enlarge data by at
 * most half (LZW).
 */
const MOST_PER_BYTE = { fax: 8, other: 2 } as const;

/** The most compressed bytes that samples of `bytes` bytes can take; further data are not read. */
export function mostCompressed(compression: number, bytes: number): number {
  return MOST_PER_BYTE[FAXES.includes(compression) ? 'fax' : 'other'] * bytes + 65_536;
}

/**
 * The largest compressed strip or tile: whatever it claims, no more is read than its rows can take.
 */
function compressedBytes(page: TiffPage): number {
  const { compression, segments } = page;
  if (compression === NONE || !segments) return 0;
  const samples = page.planar ? 1 : page.samplesPerPixel;
  const decoded = (segments.width * segments.height * samples * bitsOf(page)) / 8;
  return Math.min(segments.largestBytes, mostCompressed(compression, decoded));
}

function thrownAway(page: TiffPage): number {
  const pixels = page.width * page.height;
  const young = Math.min(YOUNG.most, pixels * YOUNG.perPixel);
  if ([NONE, LZW, PACKBITS].includes(page.compression)) return young;
  const bytes = (pixels * page.samplesPerPixel * bitsOf(page)) / 8;
  return young + Math.min(PIECES.most, bytes * PIECES.perByte);
}

/** Start of the reading thread, until its code is compiled; seconds of one core. */
const READER_START = 0.12;
/** Seconds of one core per million samples, by their kind, and per million decompressed bytes. */
const PER_MEGASAMPLE = { whole: 0.011, packed: 0.018 } as const;
const PER_MEGABYTE: Readonly<Record<number, number>> = {
  1: 0,
  5: 0.0105,
  32773: 0.003,
  50000: 0.002,
};
const INFLATE_PER_MEGABYTE = 0.0045;

function samplesCpuSeconds(page: TiffPage): number {
  const samples = (page.width * page.height * page.samplesPerPixel) / 1e6;
  const bits = bitsOf(page);
  const unpack = PER_MEGASAMPLE[bits % 8 === 0 ? 'whole' : 'packed'];
  const decompress = PER_MEGABYTE[page.compression] ?? INFLATE_PER_MEGABYTE;
  // Mostly two passes: the first finds the range of the samples, the second writes them.
  const passes = bits > 16 || page.sampleFormat !== 1 ? 2 : 1;
  return READER_START + samples * (unpack * passes + decompress * passes * (bits / 8));
}
