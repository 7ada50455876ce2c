import type { TiffPage } from '../header/tiff-header.ts';
import { FAXES } from '../header/untold-colours.ts';

/** PhotometricInterpretation (TIFF 6.0, section 8; TIFF Technical Notes; DNG). */
export const PHOTOMETRIC = {
  rgb: 2,
  palette: 3,
  cmyk: 5,
  ycbcr: 6,
  lab: 8,
  iccLab: 9,
  ituLab: 10,
  colourFilterArray: 32_803,
  logL: 32_844,
  logLuv: 32_845,
  linearRaw: 34_892,
} as const;

/** Compression (TIFF 6.0, section 3, and its supplements; libtiff's tiff.h). */
export const COMPRESSION = {
  none: 1,
  lzw: 5,
  oldJpeg: 6,
  jpeg: 7,
  deflate: 8,
  sgiLog: 34_676,
} as const;
export const ZSTD = 50_000;
/** What our sample reader can decompress: also PackBits and the older number of Deflate. */
export const OURS: readonly number[] = [
  COMPRESSION.none,
  COMPRESSION.lzw,
  COMPRESSION.deflate,
  32_773,
  32_946,
  ZSTD,
];
/** What libtiff in sharp can decompress: also CCITT, JPEG, NeXT, ThunderScan, SGILog and WebP. */
export const SHARPS: readonly number[] = [
  ...[1, 2, 3, 4, 5, 7, 8, 32_771, 32_773, 32_946],
  ...[32_766, 32_809, 34_676, 34_677, 50_001],
];
/** What only libtiff in ImageMagick can decompress: old-style JPEG and Pixar's formats. */
export const MAGICKS: readonly number[] = [COMPRESSION.oldJpeg, 32_908, 32_909];

/** InkSet for inks other than CMYK (TIFF 6.0, section 16). */
export const OTHER_INKS = 2;
export const SIGNED = 2;
export const FLOAT = 3;
/** Sample formats that are not plain numbers: complex integers and complex floats. */
export const COMPLEX: readonly number[] = [5, 6];

export const bitsOf = ({ bitsPerSample }: TiffPage) => bitsPerSample[0] ?? 1;
export const isTiledInPlanes = ({ planar, segments }: TiffPage) =>
  planar && segments?.kind === 'tiles';
export const isSubsampled = ({ chromaSubsampling: [across, down] }: TiffPage) => across * down > 1;
export const isYcbcr = ({ photometric }: TiffPage) => photometric === PHOTOMETRIC.ycbcr;
export const isLab = ({ photometric }: TiffPage) =>
  photometric === PHOTOMETRIC.lab || photometric === PHOTOMETRIC.iccLab;
/** A fax: sharp reads it unless it is odd or in tiles. */
export const isFax = ({ compression, samplesPerPixel, bitsPerSample }: TiffPage) =>
  FAXES.includes(compression) && samplesPerPixel === 1 && bitsPerSample[0] === 1;
export const isOurs = ({ compression }: TiffPage) => OURS.includes(compression);
/** What the sample reader can make a picture from; CMYK inks count too. */
export const isPlainColour = ({ photometric = -1 }: TiffPage) =>
  [0, 1, 2, 3, 5].includes(photometric);

const THREE_SAMPLES: readonly number[] = [
  PHOTOMETRIC.rgb,
  PHOTOMETRIC.ycbcr,
  PHOTOMETRIC.lab,
  PHOTOMETRIC.iccLab,
  PHOTOMETRIC.ituLab,
];

/** Number of samples for the colours; further samples are extra. */
export function colourSamples({ photometric }: Pick<TiffPage, 'photometric'>): 1 | 3 | 4 {
  if (photometric === PHOTOMETRIC.cmyk) return 4;
  return THREE_SAMPLES.includes(photometric ?? -1) ? 3 : 1;
}

/**
 * JPEG tiles with more samples than colours. libvips decodes tiles itself and does not know such
 * JPEGs in grey and RGB.
 */
export function isJpegTilesWithExtra(page: TiffPage): boolean {
  const { compression, planar, segments, photometric = -1, samplesPerPixel } = page;
  if (compression !== COMPRESSION.jpeg || planar || segments?.kind !== 'tiles') return false;
  return (
    [0, 1, PHOTOMETRIC.rgb].includes(photometric) &&
    samplesPerPixel > colourSamples({ photometric })
  );
}

/** Depths and formats that are specified (TIFF 6.0, sections 8 and 19; TIFF Technical Note 3). */
export function isDefined(page: TiffPage): boolean {
  const bits = bitsOf(page);
  if (page.sampleFormat === FLOAT) return [16, 24, 32, 64].includes(bits);
  return bits <= 32 || bits === 64;
}

/** Indices and video signals are whole numbers of at most 16 bits; a sign would have no meaning. */
export function isIndex(page: TiffPage): boolean {
  return bitsOf(page) <= 16 && page.sampleFormat !== FLOAT;
}

/**
 * The most samples per pixel that sharp accepts (measured: "Input image exceeds channel limit").
 */
export const SHARPS_SAMPLES = 5;

/** The largest tile side that libvips accepts, in pixels (measured: "tile size out of range"). */
export const SHARPS_TILE = 10_000;
/** Tile sides are multiples of this, in pixels. */
export const TILE_STEP = 16;

/**
 * Whether tiles have sides that TIFF 6.0 (section 15) does not allow; libvips reads none of them.
 */
export function hasOddTiles({ segments }: TiffPage): boolean {
  if (segments?.kind !== 'tiles') return false;
  return segments.width % TILE_STEP !== 0 || segments.height % TILE_STEP !== 0;
}

/** Depths that libvips supports; packed ones only for a single sample. */
export const isUsualDepth = (page: TiffPage) =>
  bitsOf(page) === 8 ||
  bitsOf(page) === 16 ||
  ([1, 2, 4].includes(bitsOf(page)) && page.samplesPerPixel === 1);

/** The real depth if it is below the stored one: a maximum of 2^n - 1 shows it. */
export function claimedDepth({ maxSampleValue, ...page }: TiffPage): number | undefined {
  if (maxSampleValue === undefined || bitsOf({ maxSampleValue, ...page }) !== 16) return undefined;
  const depth = Math.log2(maxSampleValue + 1);
  return Number.isInteger(depth) && depth > 8 && depth < 16 ? depth : undefined;
}
