import type { TiffPage } from '../header/tiff-header.ts';
import { colourSamples } from './page-kinds.ts';

/** A picture in the plainest kind of TIFF, which sharp reads correctly: uncompressed strips. */
export interface PlainPicture {
  /** In pixels, as the picture is stored. */
  readonly width: number;
  readonly height: number;
  readonly colours: PlainColours;
  /** Per sample, unsigned; Lab is always 16, and 1 is only for grey without alpha. */
  readonly bits: 1 | 8 | 16;
  /**
   * ExtraSamples of the sample after the colours: 1 associated alpha, 2 unassociated (TIFF 6.0,
   * section 18).
   */
  readonly alpha?: 1 | 2 | undefined;
  readonly icc?: Uint8Array | undefined;
  /** TIFF's orientation, 1 to 8. */
  readonly orientation: number;
}

/** The colours of a plain TIFF; Lab is encoded as in TIFF 6.0 section 23, with 16 bits. */
export type PlainColours = 'grey' | 'rgb' | 'cmyk' | 'lab';

/** PhotometricInterpretation and number of samples. */
export const PLAIN_COLOURS: Readonly<
  Record<PlainColours, { readonly photometric: number; readonly samples: 1 | 3 | 4 }>
> = {
  grey: { photometric: 1, samples: 1 },
  rgb: { photometric: 2, samples: 3 },
  cmyk: { photometric: 5, samples: 4 },
  lab: { photometric: 8, samples: 3 },
};

/** Samples per pixel, including alpha. */
export function plainSamples({ colours, alpha }: PlainPicture): number {
  return PLAIN_COLOURS[colours].samples + (alpha ? 1 : 0);
}

/** Bytes per row. */
export function plainRowBytes(picture: PlainPicture): number {
  return Math.ceil((picture.width * plainSamples(picture) * picture.bits) / 8);
}

/** Rows per strip for about 256 kB: libvips holds a whole strip. */
export function plainRowsPerStrip(picture: PlainPicture): number {
  return Math.min(picture.height, Math.max(1, Math.floor(262_144 / plainRowBytes(picture))));
}

const ASSOCIATED = 1;
const UNASSOCIATED = 2;
/** PhotometricInterpretation of CIE, ICC and ITU-T Lab. */
const LAB: readonly number[] = [8, 9, 10];

/** The plain picture that a decoder other than sharp makes from a page, without its profile. */
export function plainPictureOf(page: TiffPage, reader: 'samples' | 'magick'): PlainPicture {
  const { width, height, photometric = 1, orientation } = page;
  // ExtraSamples may list more samples than there are.
  const extras = page.extraSamples.slice(
    0,
    Math.max(0, page.samplesPerPixel - colourSamples(page)),
  );
  const alpha = extras.find((kind) => kind === ASSOCIATED || kind === UNASSOCIATED);
  const colours = coloursOf(photometric, alpha === undefined);
  // Lab has finer steps than sRGB.
  const fine = Math.max(...page.bitsPerSample) > 8 || LAB.includes(photometric);
  const isBilevel = colours === 'grey' && alpha === undefined && page.bitsPerSample[0] === 1;
  const bits = reader === 'samples' ? (fine ? 16 : isBilevel ? 1 : 8) : 8;
  return {
    width,
    height,
    colours,
    bits: colours === 'lab' ? 16 : bits,
    alpha: alpha as PlainPicture['alpha'],
    orientation,
  };
}

/** libvips cannot carry alpha with Lab: then the colours are converted to sRGB. */
function coloursOf(photometric: number, canBeLab: boolean): PlainColours {
  if (LAB.includes(photometric)) return canBeLab ? 'lab' : 'rgb';
  if (photometric === 5) return 'cmyk';
  return [0, 1, 32_844].includes(photometric) ? 'grey' : 'rgb';
}

/** The header of a plain TIFF, from which the rest of the conversion is planned. */
export function plainPage(picture: PlainPicture, iccBytes: number): TiffPage {
  const { width, height, bits, alpha, orientation } = picture;
  const samplesPerPixel = plainSamples(picture);
  const rows = plainRowsPerStrip(picture);
  const count = Math.ceil(height / rows);
  const totalBytes = plainRowBytes(picture) * height;
  return {
    index: 0,
    offset: 16,
    width,
    height,
    samplesPerPixel,
    bitsPerSample: Array<number>(samplesPerPixel).fill(bits),
    sampleFormat: 1,
    compression: 1,
    photometric: PLAIN_COLOURS[picture.colours].photometric,
    planar: false,
    orientation,
    subfileType: 0,
    extraSamples: alpha ? [alpha] : [],
    inkSet: 1,
    chromaSubsampling: [2, 2],
    maxSampleValue: undefined,
    iccBytes,
    segments: {
      kind: 'strips',
      width,
      height: rows,
      count,
      needed: count,
      empty: 0,
      largestBytes: plainRowBytes(picture) * rows,
      totalBytes,
      lastStart: 0,
      end: totalBytes,
    },
  };
}
