import type { TiffPage } from '../header/tiff-header.ts';
import {
  bitsOf,
  COMPLEX,
  COMPRESSION,
  claimedDepth,
  colourSamples,
  FLOAT,
  hasOddTiles,
  isDefined,
  isFax,
  isIndex,
  isJpegTilesWithExtra,
  isLab,
  isOurs,
  isPlainColour,
  isSubsampled,
  isTiledInPlanes,
  isUsualDepth,
  isYcbcr,
  MAGICKS,
  OTHER_INKS,
  PHOTOMETRIC,
  SHARPS,
  SHARPS_SAMPLES,
  SIGNED,
  ZSTD,
} from './page-kinds.ts';

/**
 * Who reads a page: sharp; our own sample reader, for any depth and format; or ImageMagick in
 * WebAssembly, which has the libtiff codecs that sharp is built without.
 */
export type Reader = 'sharp' | 'samples' | 'magick';

/** A kind of page and its reader: `nobody` if no decoder here gives the right picture. */
export interface ReaderRow {
  readonly feature: string;
  applies(page: TiffPage): boolean;
  readonly reader: Reader | 'nobody';
}

/**
 * The first row that applies decides; sharp reads all other pages. What sharp gets wrong or cannot
 * read was measured on 1 511 files (docs/fidelity.md).
 */
export const readerRows: readonly ReaderRow[] = [
  {
    feature: 'no PhotometricInterpretation tag',
    // Without PhotometricInterpretation nobody knows the colours.
    applies: ({ photometric }) => photometric === undefined,
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
    feature: 'raw camera data (a colour filter array, or linear)',
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
    applies: (page) => page.compression === COMPRESSION.jpeg && isLab(page),
    reader: 'magick',
  },
  {
    feature: 'JPEG compression of 12 bits',
    applies: (page) => page.compression === COMPRESSION.jpeg && bitsOf(page) > 8,
    reader: 'magick',
  },
  {
    feature: 'JPEG compression of several extra samples in tiles',
    applies: (page) => isJpegTilesWithExtra(page) && page.samplesPerPixel > colourSamples(page) + 1,
    reader: 'nobody',
  },
  {
    feature: 'JPEG compression of an extra sample in tiles',
    applies: isJpegTilesWithExtra,
    reader: 'magick',
  },
  {
    feature: 'JPEG compression of tiles with sides that are no multiples of 16',
    applies: (page) => page.compression === COMPRESSION.jpeg && hasOddTiles(page),
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
    applies: (page) =>
      isYcbcr(page) &&
      isOurs(page) &&
      !isSubsampled(page) &&
      isIndex(page) &&
      page.samplesPerPixel >= 3,
    reader: 'samples',
  },
  {
    feature: 'YCbCr of another depth, format or number of samples',
    applies: (page) =>
      isYcbcr(page) &&
      page.compression !== COMPRESSION.jpeg &&
      (bitsOf(page) !== 8 || !isIndex(page) || page.samplesPerPixel < 3),
    reader: 'nobody',
  },
  {
    feature: 'Lab colours of other than 8 or 16 bits',
    applies: (page) => isOurs(page) && isLab(page) && ![8, 16].includes(bitsOf(page)),
    reader: 'nobody',
  },
  {
    feature: 'Lab colours of 8 bits, or with extra samples',
    applies: (page) =>
      isOurs(page) &&
      page.samplesPerPixel >= 3 &&
      (page.photometric === PHOTOMETRIC.iccLab ||
        (page.photometric === PHOTOMETRIC.lab &&
          (bitsOf(page) !== 16 || page.samplesPerPixel !== 3 || page.planar))),
    reader: 'samples',
  },
  {
    feature: 'fewer samples a pixel than its colours need',
    applies: (page) => isOurs(page) && page.samplesPerPixel < colourSamples(page),
    reader: 'nobody',
  },
  {
    feature: 'samples of a depth that is not defined',
    applies: (page) => isPlainColour(page) && isOurs(page) && !isDefined(page),
    reader: 'nobody',
  },
  {
    feature: 'a palette for other than whole numbers of up to 16 bits',
    applies: (page) => page.photometric === PHOTOMETRIC.palette && !isIndex(page),
    reader: 'nobody',
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
    feature: 'tiles with sides that are no multiples of 16',
    applies: (page) => hasOddTiles(page) && (isFax(page) || (isPlainColour(page) && isOurs(page))),
    reader: 'samples',
  },
  {
    feature: 'strips or tiles of unknown sizes',
    applies: (page) => isOurs(page) && page.segments?.sizes?.by === 'data',
    reader: 'samples',
  },
  {
    feature: 'planes in tiles',
    applies: (page) => isPlainColour(page) && isOurs(page) && isTiledInPlanes(page),
    reader: 'samples',
  },
  {
    feature: 'grey and extra samples in planes',
    applies: (page) =>
      isOurs(page) && page.planar && page.samplesPerPixel > 1 && (page.photometric ?? 9) < 2,
    reader: 'samples',
  },
  {
    feature: 'a plane of less than 8 bits a sample',
    applies: (page) => isPlainColour(page) && isOurs(page) && page.planar && bitsOf(page) < 8,
    reader: 'samples',
  },
  {
    feature: 'more than five samples a pixel',
    applies: (page) => isPlainColour(page) && isOurs(page) && page.samplesPerPixel > SHARPS_SAMPLES,
    reader: 'samples',
  },
  {
    feature: 'ZSTD compression',
    applies: (page) => isPlainColour(page) && page.compression === ZSTD,
    reader: 'samples',
  },
  {
    feature: 'a fax in tiles',
    // sharp's decoder only warns about missing or damaged rows in these.
    applies: (page) => isPlainColour(page) && isFax(page) && page.segments?.kind === 'tiles',
    reader: 'samples',
  },
  {
    feature: 'LZW of the kind from before TIFF 5.0',
    applies: (page) => isPlainColour(page) && page.oldLzw === true,
    reader: 'samples',
  },
  {
    feature: 'Deflate data without their checksum',
    applies: (page) =>
      (isPlainColour(page) || isLab(page)) && isOurs(page) && page.lacksChecksum === true,
    reader: 'samples',
  },
  {
    feature: 'an unusual compression',
    applies: ({ compression }) => !SHARPS.includes(compression),
    reader: 'nobody',
  },
  {
    feature: 'samples that are unusual in its compression',
    applies: (page) =>
      isTiledInPlanes(page) ||
      (isPlainColour(page) && (!isUsualDepth(page) || [SIGNED, FLOAT].includes(page.sampleFormat))),
    reader: 'nobody',
  },
];
