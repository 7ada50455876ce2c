import type { TiffPage } from '../header/tiff-header.ts';
import { FAXES } from '../header/untold-colours.ts';
import { unsupportedTiff } from '../refusal.ts';
import { exceedsMagick, magickBytes, magickCpuSeconds } from './fallback-memory.ts';
import { bitsOf } from './page-kinds.ts';
import { plainPage, plainPictureOf } from './plain-picture.ts';
import type { Reading } from './reader.ts';
import { toMegapixels } from './shortage.ts';

/** What it takes to write a page anew before sharp can read it. */
export interface Rewriting {
  /** What sharp reads then. */
  readonly page: TiffPage;
  /** Peak memory of the conversion process meanwhile, in bytes. */
  readonly memoryBytes: number;
  readonly cpuSeconds: number;
  /** Of the plain TIFF. */
  readonly diskBytes: number;
}

/** The price of reading a page by another decoder than sharp; undefined where sharp reads it. */
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

/** Throws `ConversionError` (`UNSUPPORTED_TIFF`) for a page that no machine has the memory to read. */
export function refuseBeyondMagick(
  page: TiffPage,
  { reader, feature }: Reading,
  file: { readonly bytes: number; readonly name: string },
): void {
  if (reader !== 'magick' || !exceedsMagick(page, file.bytes)) return;
  throw unsupportedTiff(
    file.name,
    `has ${toMegapixels(page)} MP and ${feature}, whose decoder can hold 4 GB, which is too little`,
  );
}

/*
 * The figures below are fitted to bench/fallback.json, which `npm run bench:fallback` measures anew
 * (docs/reliability.md, "The memory model"). Peak: VmHWM of the conversion process.
 */
const MB = 1024 * 1024;
/** The process with its libraries, and the thread that reads. */
const BASE = 130 * MB;
/** What the thread throws away stays a while: small objects in their own place, zlib's pieces elsewhere. */
const YOUNG = { most: 32 * MB, perPixel: 0.7 } as const;
const PIECES = { most: 92 * MB, perByte: 2.5 } as const;
/** Uncompressed strips are read so many bytes at a time (samples/rows.ts). */
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
  // A row of numbers, and the piece of the plain TIFF that is being written.
  const written = row * 8 + Math.max(IN_PIECES, row * 2);
  return BASE + band + compressedBytes(page) + lists + written + thrownAway(page);
}

/** Codes of a fax, and a generous end, to a byte of pixels; no other compression makes data more than half as long again (LZW). */
const MOST_PER_BYTE = { fax: 8, other: 2 } as const;

/** The most bytes that samples of so many bytes take when they are compressed; what lies beyond is not looked at. */
export function mostCompressed(compression: number, bytes: number): number {
  return MOST_PER_BYTE[FAXES.includes(compression) ? 'fax' : 'other'] * bytes + 65_536;
}

/** The largest strip or tile before it is decompressed: of what it claims, no more is read than its rows can take. */
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

/** Seconds of one core per million samples, by what they are, and per million bytes that are decompressed. */
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
  // Mostly twice: their range is looked for before they are written.
  const passes = bits > 16 || page.sampleFormat !== 1 ? 2 : 1;
  return 0.1 + samples * (unpack * passes + decompress * passes * (bits / 8));
}
