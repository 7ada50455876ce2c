import type { ChromaSubsampling, Effort } from '../encoder-settings.ts';
import { isJpegInYcbcr } from '../header/jpeg-within.ts';
import type { TiffPage, TiffSegments } from '../header/tiff-header.ts';

/** How a picture gets upright. */
export type Turn =
  /** It is. */
  | 'none'
  /** By sharp, which copies all of it into memory. */
  | 'memory'
  /** By way of uncompressed tiles in a temporary file. */
  | 'disk'
  /** It does not: whoever shows the JPEG is told by an EXIF tag. */
  | 'tag';

/** A way to make a JPEG. */
export interface Way {
  readonly effort: Effort;
  readonly turn: Turn;
  readonly chromaSubsampling: ChromaSubsampling;
  /** All pixels are held for blending: see `AlphaPlan`. */
  readonly blended: boolean;
}

/**
 * The tiles that a picture to be turned is cut into, in pixels. A row of the turned picture is a column
 * of tiles here; libvips keeps 2.5 rows of tiles, so narrow ones make sure that a column stays there, too:
 * up to ten times as high as wide, in 1.9 kB a pixel of width.
 */
export const TURNING_TILE = { width: 64, height: 256 } as const;

const MB = 1024 * 1024;

/*
 * The figures below are fitted to bench/calibration.json, which `npm run bench:calibrate` measures
 * anew (docs/reliability.md, "The memory model"). Peak: VmHWM of the conversion process.
 */

/** The process with its libraries, before it has a picture. */
const BASE = 106 * MB;
/** libvips' buffers between decoder and encoder: rows of the decoded picture. */
const ROWS_IN_FLIGHT = 720;
/** Tiles are decoded a row of them at a time, and libvips keeps some; it needs no other rows then. */
const TILE_ROWS_IN_FLIGHT = 2.95;
/** Rows of the JPEG that are in flight behind a picture that was turned. */
const TURNED_ROWS_IN_FLIGHT = 250;
/** What makes a difference to the encoder: the samples of its pixels, and edges without a gradient. */
export type EncodedKind = ChromaSubsampling | 'grey' | 'bilevel';
/** What mozjpeg keeps of each pixel until the last one is there, in bytes. */
const KEPT_PER_PIXEL: Record<Exclude<Effort, 'fast'>, Record<EncodedKind, number>> = {
  max: { '4:2:0': 7.8, '4:4:4': 15.1, grey: 5.4, bilevel: 8 },
  balanced: { '4:2:0': 6.5, '4:4:4': 12.3, grey: 4.4, bilevel: 4.4 },
};

/** What a page is to the encoder. */
export function encodedKind(page: TiffPage, chromaSubsampling: ChromaSubsampling): EncodedKind {
  if (jpegChannels(page) === 3) return chromaSubsampling;
  return page.bitsPerSample[0] === 1 ? 'bilevel' : 'grey';
}

/** Pixels of a page. */
export function pixelsOf({ width, height }: Pick<TiffPage, 'width' | 'height'>): number {
  return width * height;
}

/** Samples a pixel of the JPEG: 1 for greyscale and bilevel (TIFF 6.0, PhotometricInterpretation 0 and 1), else 3. */
export function jpegChannels({ photometric }: Pick<TiffPage, 'photometric'>): 1 | 3 {
  return photometric === 0 || photometric === 1 ? 1 : 3;
}

/** PhotometricInterpretation of a palette (TIFF 6.0, section 5): its colours take the place of its indices. */
const PALETTE = 3;

/** Bytes a pixel takes when it is decoded: libvips has no samples of less than a byte. */
function bytesPerPixel({ samplesPerPixel, bitsPerSample, photometric }: TiffPage): number {
  const colours = photometric === PALETTE ? 3 : samplesPerPixel;
  return colours * Math.ceil(Math.max(8, ...bitsPerSample) / 8);
}

/**
 * The peak memory of the conversion process for a page, in bytes: never less than what was measured, and
 * at most 1.5 times as much and 60 MB (docs/policies.md, "Budget").
 */
export function predictMemory(page: TiffPage, way: Way): number {
  const pipeline = BASE + decoderBytes(page);
  const blended = way.blended ? pixelsOf(page) * (3 + page.samplesPerPixel) : 0;
  if (way.turn === 'disk') {
    const tileRow = page.width * TURNING_TILE.height * jpegChannels(page);
    const turning = BASE + tileRow + turnedRowBytes(page) + encoderBytes(page, way);
    return Math.max(pipeline + blended + tileRow, turning);
  }
  // As it was decoded: 16 bits are made 8 only afterwards.
  const turned =
    way.turn === 'memory' ? pixelsOf(page) * bytesPerPixel(page) + turnedRowBytes(page) : 0;
  return pipeline + blended + turned + encoderBytes(page, way);
}

/** What the encoder keeps until the end. */
function encoderBytes(page: TiffPage, { effort, chromaSubsampling }: Way): number {
  if (effort === 'fast') return 0;
  return pixelsOf(page) * KEPT_PER_PIXEL[effort][encodedKind(page, chromaSubsampling)];
}

/** What is held between the decoder and the encoder, a decoded strip included. */
function decoderBytes(page: TiffPage): number {
  const { segments, width, height } = page;
  const rowBytes = width * bytesPerPixel(page);
  if (!segments) return rowBytes * height;
  const jpeg = page.compression === JPEG ? jpegDataBytes(page, segments) : 0;
  if (segments.kind === 'tiles') {
    const rows = Math.max(ROWS_IN_FLIGHT, Math.min(segments.height, height) * TILE_ROWS_IN_FLIGHT);
    const tile = segments.width * segments.height * bytesPerPixel(page);
    return Math.max(rowBytes * rows, tile) + jpeg;
  }
  return rowBytes * ROWS_IN_FLIGHT + stripBytes(page, segments.height) + jpeg;
}

/** Compression of JPEG data (TIFF technical note 2). */
const JPEG = 7;
/** libjpeg's coefficients have 16 bits; of a progressive JPEG it holds all of them, as each scan adds to them. */
const COEFFICIENT_BYTES = 2;

/** What a strip or tile of JPEG data takes beside its decoded samples: the data as they are in the file, and coefficients. */
function jpegDataBytes(page: TiffPage, { width, height, largestBytes }: TiffSegments): number {
  const pixels = width * Math.min(height, page.height);
  // No JPEG is larger than its samples; a file can say that it is.
  const data = Math.min(largestBytes, pixels * page.samplesPerPixel);
  if (!page.progressive) return data;
  const [across, down] = page.chromaSubsampling;
  const samples = isJpegInYcbcr(page) ? 1 + 2 / (across * down) : page.samplesPerPixel;
  return data + pixels * samples * COEFFICIENT_BYTES;
}

/** A strip as it is held while it is decoded, its samples packed as they are in the file. */
function stripBytes(page: TiffPage, rows: number): number {
  const { width, bitsPerSample, samplesPerPixel, compression, planar } = page;
  const bits = bitsPerSample.reduce((sum, one) => sum + one, 0) || samplesPerPixel;
  // Planes are put together in a second place.
  if (planar) return rows * width * bytesPerPixel(page) * 2;
  // Uncompressed strips are read row by row, however high they are.
  if (compression === 1) return 0;
  // Those of YCbCr are read as a whole, into a place from which they are copied.
  return rows * Math.ceil((width * bits) / 8) * (isJpegInYcbcr(page) ? 2 : 1);
}

/** Rows of a picture that lay on its side are as long as it was high. */
function turnedRowBytes(page: TiffPage): number {
  return Math.max(page.width, page.height) * jpegChannels(page) * TURNED_ROWS_IN_FLIGHT;
}
