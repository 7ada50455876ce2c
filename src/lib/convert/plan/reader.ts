import { ConversionError } from '../../errors.ts';
import type { TiffPage } from '../header/tiff-header.ts';

/**
 * Who reads a page: sharp; our own reader of samples, whatever their depth and format; or ImageMagick in
 * WebAssembly, which has the codecs of libtiff that sharp is built without.
 */
export type Reader = 'sharp' | 'samples' | 'magick';

/** Who reads a page, and what it is about the page that decided it. */
export interface Reading {
  readonly reader: Reader;
  /** For people; empty where sharp reads it as it reads most. */
  readonly feature: string;
}

/** A kind of page, and who reads it: `nobody` where no decoder here gives the right picture. */
export interface ReaderRow {
  readonly feature: string;
  applies(page: TiffPage): boolean;
  readonly reader: Reader | 'nobody';
}

/** PhotometricInterpretation (TIFF 6.0, section 8; TIFF Technical Notes; DNG). */
const PHOTOMETRIC = {
  palette: 3,
  cmyk: 5,
  ycbcr: 6,
  lab: 8,
  iccLab: 9,
  ituLab: 10,
  colourFilterArray: 32_803,
  logL: 32_844,
  linearRaw: 34_892,
} as const;

/** Compression (TIFF 6.0, section 3, and its supplements; libtiff's tiff.h). */
const COMPRESSION = { none: 1, lzw: 5, oldJpeg: 6, jpeg: 7, deflate: 8, sgiLog: 34_676 } as const;
const ZSTD = 50_000;
/** What our reader of samples can decompress: beside those above, PackBits and the older number of Deflate. */
const OURS: readonly number[] = [
  COMPRESSION.none,
  COMPRESSION.lzw,
  COMPRESSION.deflate,
  32_773,
  32_946,
  ZSTD,
];
/** What libtiff in sharp can decompress: also CCITT, JPEG, NeXT, ThunderScan, SGILog and WebP. */
const SHARPS: readonly number[] = [
  ...[1, 2, 3, 4, 5, 7, 8, 32_771, 32_773, 32_946],
  ...[32_766, 32_809, 34_676, 34_677, 50_001],
];
/** What only libtiff in ImageMagick can: old-style JPEG and Pixar's. */
const MAGICKS: readonly number[] = [COMPRESSION.oldJpeg, 32_908, 32_909];

/** InkSet of inks other than CMYK (TIFF 6.0, section 16). */
const OTHER_INKS = 2;
const SIGNED = 2;
const FLOAT = 3;
/** Sample formats that are no numbers on one axis: complex integers and complex floats. */
const COMPLEX: readonly number[] = [5, 6];

const bitsOf = ({ bitsPerSample }: TiffPage) => bitsPerSample[0] ?? 1;
const isTiledInPlanes = ({ planar, segments }: TiffPage) => planar && segments?.kind === 'tiles';
const isSubsampled = ({ chromaSubsampling: [across, down] }: TiffPage) => across * down > 1;
const isYcbcr = ({ photometric }: TiffPage) => photometric === PHOTOMETRIC.ycbcr;
const isOurs = ({ compression }: TiffPage) => OURS.includes(compression);
/** What the sample reader makes a picture of; CMYK's inks count as such. */
const isPlainColour = ({ photometric = -1 }: TiffPage) => [0, 1, 2, 3, 5].includes(photometric);
/** Depths that libvips has: packed ones for a single sample only. */
const isUsualDepth = (page: TiffPage) =>
  bitsOf(page) === 8 ||
  bitsOf(page) === 16 ||
  ([1, 2, 4].includes(bitsOf(page)) && page.samplesPerPixel === 1);

/** A depth below the one that samples are stored in: 2^n - 1 tells it. */
export function claimedDepth({ maxSampleValue, ...page }: TiffPage): number | undefined {
  if (maxSampleValue === undefined || bitsOf({ maxSampleValue, ...page }) !== 16) return undefined;
  const depth = Math.log2(maxSampleValue + 1);
  return Number.isInteger(depth) && depth > 8 && depth < 16 ? depth : undefined;
}

/**
 * The table, in the order in which it is asked; who falls through is read by sharp. What sharp gets wrong
 * or cannot read was measured on 1 511 files (docs/fidelity.md).
 */
export const readerRows: readonly ReaderRow[] = [
  {
    feature: 'no PhotometricInterpretation tag',
    applies: ({ photometric, compression }) =>
      photometric === undefined && compression !== COMPRESSION.oldJpeg,
    reader: 'nobody',
  },
  {
    feature: 'samples of different bit depths',
    applies: ({ bitsPerSample: [first, ...others] }) => others.some((bits) => bits !== first),
    reader: 'nobody',
  },
  {
    feature: 'complex numbers as samples',
    applies: ({ sampleFormat }) => COMPLEX.includes(sampleFormat),
    reader: 'nobody',
  },
  {
    feature: 'raw sensor data (a colour filter array)',
    applies: ({ photometric = -1 }) =>
      [PHOTOMETRIC.colourFilterArray, PHOTOMETRIC.linearRaw].some((one) => one === photometric),
    reader: 'nobody',
  },
  {
    feature: 'inks other than cyan, magenta, yellow and black',
    applies: ({ photometric, inkSet }) => photometric === PHOTOMETRIC.cmyk && inkSet === OTHER_INKS,
    reader: 'nobody',
  },
  {
    feature: 'old-style JPEG or PixarLog compression',
    applies: ({ compression }) => MAGICKS.includes(compression),
    reader: 'magick',
  },
  {
    feature: 'JPEG compression of planes in tiles',
    applies: (page) => page.compression === COMPRESSION.jpeg && isTiledInPlanes(page),
    reader: 'magick',
  },
  {
    feature: 'JPEG compression of Lab colours',
    applies: ({ compression, photometric = -1 }) =>
      compression === COMPRESSION.jpeg &&
      [PHOTOMETRIC.lab, PHOTOMETRIC.iccLab].some((one) => one === photometric),
    reader: 'magick',
  },
  {
    feature: 'JPEG compression of 12 bits',
    applies: (page) => page.compression === COMPRESSION.jpeg && bitsOf(page) > 8,
    reader: 'magick',
  },
  {
    feature: 'LogL luminance',
    applies: ({ photometric, compression }) =>
      photometric === PHOTOMETRIC.logL && compression === COMPRESSION.sgiLog,
    reader: 'samples',
  },
  {
    feature: 'ITU-T Lab colours',
    applies: ({ photometric }) => photometric === PHOTOMETRIC.ituLab,
    reader: 'magick',
  },
  {
    feature: 'YCbCr in planes with subsampled chroma',
    applies: (page) => isYcbcr(page) && page.planar && isSubsampled(page),
    reader: 'nobody',
  },
  {
    feature: 'YCbCr without JPEG compression',
    applies: (page) => isYcbcr(page) && isOurs(page) && !isSubsampled(page),
    reader: 'samples',
  },
  {
    feature: 'YCbCr of other than 8 bits with subsampled chroma',
    applies: (page) => isYcbcr(page) && page.compression !== COMPRESSION.jpeg && bitsOf(page) !== 8,
    reader: 'nobody',
  },
  {
    feature: 'Lab colours of 8 bits, or with extra samples',
    applies: (page) =>
      isOurs(page) &&
      (page.photometric === PHOTOMETRIC.iccLab ||
        (page.photometric === PHOTOMETRIC.lab &&
          (bitsOf(page) !== 16 || page.samplesPerPixel !== 3 || page.planar))),
    reader: 'samples',
  },
  {
    feature: 'signed samples',
    applies: (page) => isPlainColour(page) && isOurs(page) && page.sampleFormat === SIGNED,
    reader: 'samples',
  },
  {
    feature: 'floating-point samples',
    applies: (page) => isPlainColour(page) && isOurs(page) && page.sampleFormat === FLOAT,
    reader: 'samples',
  },
  {
    feature: 'a bit depth that is not 8 or 16',
    applies: (page) => isPlainColour(page) && isOurs(page) && !isUsualDepth(page),
    reader: 'samples',
  },
  {
    feature: 'fewer bits used than stored',
    applies: (page) => isPlainColour(page) && isOurs(page) && claimedDepth(page) !== undefined,
    reader: 'samples',
  },
  {
    feature: 'planes in tiles',
    applies: (page) => isPlainColour(page) && isOurs(page) && isTiledInPlanes(page),
    reader: 'samples',
  },
  {
    feature: 'grey and extra samples in planes',
    applies: (page) => isOurs(page) && page.planar && (page.photometric ?? 9) < 2,
    reader: 'samples',
  },
  {
    feature: 'ZSTD compression',
    applies: (page) => isPlainColour(page) && page.compression === ZSTD,
    reader: 'samples',
  },
  {
    feature: 'this compression',
    applies: ({ compression }) => !SHARPS.includes(compression),
    reader: 'nobody',
  },
  {
    feature: 'these samples in this compression',
    applies: (page) =>
      isTiledInPlanes(page) ||
      (isPlainColour(page) && (!isUsualDepth(page) || [SIGNED, FLOAT].includes(page.sampleFormat))),
    reader: 'nobody',
  },
];

/**
 * Chooses who reads a page, from its header alone. Throws `ConversionError` (`UNSUPPORTED_TIFF`) naming
 * the feature that nobody here reads.
 */
export function chooseReader(page: TiffPage, name: string): Reading {
  const row = readerRows.find(({ applies }) => applies(page));
  if (!row) return { reader: 'sharp', feature: '' };
  const { reader, feature } = row;
  if (reader !== 'nobody') return { reader, feature };
  const { compression, photometric, bitsPerSample, sampleFormat } = page;
  const figures = `Compression ${compression}, PhotometricInterpretation ${photometric ?? 'missing'}, ${bitsPerSample.join('/')} bits, SampleFormat ${sampleFormat}`;
  throw new ConversionError(
    'UNSUPPORTED_TIFF',
    `"${name}" has ${feature}, which no decoder here reads (${figures}). ` +
      'Save it in another way, uncompressed or with LZW, for example.',
  );
}
