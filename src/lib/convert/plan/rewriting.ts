import { ConversionError } from '../../errors.ts';
import type { TiffPage } from '../header/tiff-header.ts';
import { exceedsMagick, magickBytes, magickCpuSeconds } from './fallback-memory.ts';
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
  header: TiffPage,
  { reader }: Reading,
  fileBytes: number,
): Rewriting | undefined {
  if (reader === 'sharp') return undefined;
  const page = asDecoded(header);
  const plain = plainPage(plainPictureOf(page, reader), page.iccBytes);
  const diskBytes = plain.segments?.totalBytes ?? 0;
  const price =
    reader === 'magick'
      ? { memoryBytes: magickBytes(page, fileBytes), cpuSeconds: magickCpuSeconds(page) }
      : { memoryBytes: samplesBytes(page), cpuSeconds: samplesCpuSeconds(page) };
  return { page: plain, diskBytes, ...price };
}

const [OLD_JPEG, YCBCR] = [6, 6];

/** Old-style JPEGs without PhotometricInterpretation are YCbCr, as libtiff has it, and three times as large as grey. */
function asDecoded(page: TiffPage): TiffPage {
  const isUntold = page.photometric === undefined && page.compression === OLD_JPEG;
  return isUntold ? { ...page, photometric: YCBCR } : page;
}

/** Throws `ConversionError` (`UNSUPPORTED_TIFF`) for a page that no machine has the memory to read. */
export function refuseBeyondMagick(
  page: TiffPage,
  { reader, feature }: Reading,
  file: { readonly bytes: number; readonly name: string },
): void {
  if (reader !== 'magick' || !exceedsMagick(page, file.bytes)) return;
  throw new ConversionError(
    'UNSUPPORTED_TIFF',
    `"${file.name}" has ${toMegapixels(page)} MP and ${feature}, whose decoder can hold 4 GB, which is too little. ` +
      'Save it in another way, uncompressed or with LZW, for example.',
  );
}

/*
 * Measured by bench/fallback.ts (docs/measurements.md): VmHWM of the conversion process while the thread
 * reads samples. It holds one row of strips or tiles, packed and unpacked.
 */
const MB = 1024 * 1024;
const SAMPLES_BASE = 130 * MB;
/** Decompressing takes what is read, what comes of it, and zlib's way there. */
const HELD_PER_BYTE = 2.6;

function samplesBytes(page: TiffPage): number {
  const { width, samplesPerPixel, bitsPerSample, segments, compression } = page;
  if (!segments) return SAMPLES_BASE;
  const row = Math.max(width, segments.width) * samplesPerPixel;
  const bytes = (bitsPerSample[0] ?? 1) / 8;
  const inPieces = compression === 1 && segments.kind === 'strips';
  const band = inPieces ? 2 * MB : row * bytes * segments.height * HELD_PER_BYTE;
  // A row of 64-bit numbers, and the piece of the plain TIFF that is being written.
  return SAMPLES_BASE + band + row * 8 + Math.max(2 * MB, row * 2);
}

/** Seconds of one core per million samples, by what they are; a range that is looked for takes as long again. */
const PER_MEGASAMPLE = { whole: 0.02, packed: 0.03 } as const;

function samplesCpuSeconds({ width, height, samplesPerPixel, bitsPerSample }: TiffPage): number {
  const kind = (bitsPerSample[0] ?? 1) % 8 === 0 ? 'whole' : 'packed';
  return ((width * height * samplesPerPixel) / 1e6) * PER_MEGASAMPLE[kind] * 2 + 0.1;
}
