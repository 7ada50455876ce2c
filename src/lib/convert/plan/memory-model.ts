import type { ChromaSubsampling, Effort } from '../encoder-settings.ts';
import { isJpegInYcbcr } from '../header/jpeg-within.ts';
import type { TiffPage, TiffSegments } from '../header/tiff-header.ts';
import { reducedSides, reductionOf } from '../max-size.ts';

/** How a picture is turned upright. */
export type Turn =
  /** It is upright already. */
  | 'none'
  /** By sharp, which copies the whole picture into memory. */
  | 'memory'
  /** Through uncompressed tiles in a temporary file. */
  | 'disk'
  /** Not at all: an EXIF tag tells viewers to turn it. */
  | 'tag';

/** What determines the cost of making a JPEG. */
export interface ConversionMethod {
  readonly effort: Effort;
  readonly turn: Turn;
  readonly chromaSubsampling: ChromaSubsampling;
  /** Holds all pixels for blending: see `AlphaPlan`. */
  readonly blended: boolean;
  /** The most pixels of the longer side; undefined: as many as the page has. */
  readonly maxSize?: number | undefined;
}

/**
 * Tiles into which a picture is cut to be turned, in pixels. A row of the turned picture is a
 * column of tiles here. libvips keeps 2.5 rows of tiles, so narrow tiles keep a whole column
 * cached, up to ten times as high as wide, for 1.9 kB per pixel of width.
 */
export const TURNING_TILE = { width: 64, height: 256 } as const;

const MB = 1024 * 1024;

/*
 * The figures below are fitted to bench/calibration.json, which `npm run bench:calibrate` measures
 * again (docs/reliability.md, "The memory model"). Peak: VmHWM of the conversion process.
 */

/** The process with its libraries, before it has a picture. */
export const PROCESS_BYTES = 106 * MB;
/** libvips' buffers between decoder and encoder, in rows of the decoded picture. */
const ROWS_IN_FLIGHT = 720;
/** The same before a reduction, however large that is; of a low picture as many times its rows. */
const REDUCED_ROWS_IN_FLIGHT = { most: 2500, perRow: 2.5 } as const;
/** libvips decodes one row of tiles at a time and keeps some; it then needs no other rows. */
const TILE_ROWS_IN_FLIGHT = 2.95;
/** Rows of the JPEG in flight after a picture was turned. */
const TURNED_ROWS_IN_FLIGHT = 250;
/** What matters to the encoder: the samples per pixel, and edges without a gradient. */
export type EncodedKind = ChromaSubsampling | 'grey' | 'bilevel';
/** Bytes that mozjpeg keeps per pixel until the last one has arrived. */
const KEPT_PER_PIXEL: Record<Exclude<Effort, 'fast'>, Record<EncodedKind, number>> = {
  max: { '4:2:0': 7.8, '4:4:4': 15.1, grey: 5.4, bilevel: 8 },
  balanced: { '4:2:0': 6.5, '4:4:4': 12.3, grey: 4.4, bilevel: 4.4 },
};

/** What kind of picture a page is for the encoder. */
export function encodedKind(page: TiffPage, chromaSubsampling: ChromaSubsampling): EncodedKind {
  if (jpegChannels(page) === 3) return chromaSubsampling;
  return page.bitsPerSample[0] === 1 ? 'bilevel' : 'grey';
}

/** The number of pixels of a page. */
export function pixelsOf({ width, height }: Pick<TiffPage, 'width' | 'height'>): number {
  return width * height;
}

/** A page with the size that its picture has after a reduction: what is turned and encoded. */
export function reducedPage(page: TiffPage, maxSize: number | undefined): TiffPage {
  return reductionOf(page, maxSize) ? { ...page, ...reducedSides(page, maxSize) } : page;
}

/**
 * Samples per pixel of the JPEG: 1 for greyscale and bilevel (TIFF 6.0, PhotometricInterpretation 0
 * and 1), else 3.
 */
export function jpegChannels({ photometric }: Pick<TiffPage, 'photometric'>): 1 | 3 {
  return photometric === 0 || photometric === 1 ? 1 : 3;
}

/**
 * PhotometricInterpretation of a palette (TIFF 6.0, section 5): its colours replace its indices.
 */
const PALETTE = 3;

/** Bytes per decoded pixel: libvips has no samples smaller than a byte. */
function bytesPerPixel({ samplesPerPixel, bitsPerSample, photometric }: TiffPage): number {
  const colours = photometric === PALETTE ? 3 : samplesPerPixel;
  return colours * Math.ceil(Math.max(8, ...bitsPerSample) / 8);
}

/**
 * The peak memory of the conversion process for a page, in bytes: never less than was measured, and
 * at most 1.5 times as much plus 60 MB (docs/policies.md, "Budget").
 */
export function predictMemory(page: TiffPage, method: ConversionMethod): number {
  const small = reducedPage(page, method.maxSize);
  const pipeline = PROCESS_BYTES + decoderBytes(page, small !== page);
  const blended = method.blended ? pixelsOf(page) * (3 + page.samplesPerPixel) : 0;
  if (method.turn === 'disk') {
    const tileRow = small.width * TURNING_TILE.height * jpegChannels(page);
    const turning = PROCESS_BYTES + tileRow + turnedRowBytes(small) + encoderBytes(small, method);
    return Math.max(pipeline + blended + tileRow, turning);
  }
  // As decoded: 16 bits are reduced to 8 only afterwards.
  const turned =
    method.turn === 'memory' ? pixelsOf(small) * bytesPerPixel(page) + turnedRowBytes(small) : 0;
  return pipeline + blended + turned + encoderBytes(small, method);
}

/** What the encoder keeps until the end. */
function encoderBytes(page: TiffPage, { effort, chromaSubsampling }: ConversionMethod): number {
  if (effort === 'fast') return 0;
  return pixelsOf(page) * KEPT_PER_PIXEL[effort][encodedKind(page, chromaSubsampling)];
}

/** Rows of the decoded picture in libvips' buffers. */
function rowsInFlight({ height }: TiffPage, isReduced: boolean): number {
  const { most, perRow } = REDUCED_ROWS_IN_FLIGHT;
  return isReduced ? Math.max(ROWS_IN_FLIGHT, Math.min(most, height * perRow)) : ROWS_IN_FLIGHT;
}

/** What is held between decoder and encoder, including a decoded strip. */
function decoderBytes(page: TiffPage, isReduced: boolean): number {
  const { segments, width, height } = page;
  const rowBytes = width * bytesPerPixel(page);
  if (!segments) return rowBytes * height;
  const inFlight = rowsInFlight(page, isReduced);
  const jpeg = page.compression === JPEG ? jpegDataBytes(page, segments) : 0;
  if (segments.kind === 'tiles') {
    const rows = Math.max(inFlight, Math.min(segments.height, height) * TILE_ROWS_IN_FLIGHT);
    const tile = segments.width * segments.height * bytesPerPixel(page);
    return Math.max(rowBytes * rows, tile) + jpeg;
  }
  return rowBytes * inFlight + stripBytes(page, segments.height) + jpeg;
}

/** Compression of JPEG data (TIFF technical note 2). */
const JPEG = 7;
/**
 * libjpeg's coefficients have 16 bits; it holds all of a progressive JPEG's, because each scan adds
 * to them.
 */
const COEFFICIENT_BYTES = 2;

/**
 * What a strip or tile of JPEG data takes beside its decoded samples: the data as stored, and
 * coefficients.
 */
function jpegDataBytes(page: TiffPage, { width, height, largestBytes }: TiffSegments): number {
  const pixels = width * Math.min(height, page.height);
  // No JPEG is larger than its samples, though a file can claim it.
  const data = Math.min(largestBytes, pixels * page.samplesPerPixel);
  if (!page.progressive) return data;
  const [across, down] = page.chromaSubsampling;
  const samples = isJpegInYcbcr(page) ? 1 + 2 / (across * down) : page.samplesPerPixel;
  return data + pixels * samples * COEFFICIENT_BYTES;
}

/** A strip held while it is decoded, its samples packed as in the file. */
function stripBytes(page: TiffPage, rows: number): number {
  const { width, bitsPerSample, samplesPerPixel, compression, planar } = page;
  const bits = bitsPerSample.reduce((sum, one) => sum + one, 0) || samplesPerPixel;
  // Planes are combined in a second buffer.
  if (planar) return rows * width * bytesPerPixel(page) * 2;
  // Uncompressed strips are read row by row, whatever their height.
  if (compression === 1) return 0;
  // YCbCr strips are read whole into a buffer, and copied from there.
  return rows * Math.ceil((width * bits) / 8) * (isJpegInYcbcr(page) ? 2 : 1);
}

/** A row of a picture that lay on its side is as long as that picture was high. */
function turnedRowBytes(page: TiffPage): number {
  return Math.max(page.width, page.height) * jpegChannels(page) * TURNED_ROWS_IN_FLIGHT;
}
