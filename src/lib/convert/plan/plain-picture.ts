import type { TiffPage } from '../header/tiff-header.ts';
import { colourSamples } from './page-kinds.ts';

/** A picture in the plainest kind of TIFF, which sharp reads right: uncompressed strips. */
export interface PlainPicture {
  /** Pixels, as the picture is stored. */
  readonly width: number;
  readonly height: number;
  readonly colours: PlainColours;
  /** Of each sample, unsigned; Lab has 16 only, and 1 only grey without an alpha. */
  readonly bits: 1 | 8 | 16;
  /** ExtraSamples of the one sample beside the colours: 1 associated alpha, 2 unassociated (TIFF 6.0, section 18). */
  readonly alpha?: 1 | 2 | undefined;
  readonly icc?: Uint8Array | undefined;
  /** TIFF's orientation, 1 to 8. */
  readonly orientation: number;
}

/** What the samples of a plain TIFF are; Lab is encoded as TIFF 6.0 section 23 has it, in 16 bits. */
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

/** Samples of a pixel, alpha included. */
export function plainSamples({ colours, alpha }: PlainPicture): number {
  return PLAIN_COLOURS[colours].samples + (alpha ? 1 : 0);
}

/** Bytes of a row. */
export function plainRowBytes(picture: PlainPicture): number {
  return Math.ceil((picture.width * plainSamples(picture) * picture.bits) / 8);
}

/** Rows of a strip, so that one has about 256 kB: libvips holds a whole one. */
export function plainRowsPerStrip(picture: PlainPicture): number {
  return Math.min(picture.height, Math.max(1, Math.floor(262_144 / plainRowBytes(picture))));
}

const ASSOCIATED = 1;
const UNASSOCIATED = 2;
/** PhotometricInterpretation of CIE, ICC and ITU-T Lab. */
const LAB: readonly number[] = [8, 9, 10];

/** The plain picture that another decoder than sharp makes of a page, without its profile. */
export function plainPictureOf(page: TiffPage, reader: 'samples' | 'magick'): PlainPicture {
  const { width, height, photometric = 1, orientation } = page;
  // ExtraSamples may name more samples than there are.
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

/** libvips cannot carry an alpha beside Lab: its colours are made sRGB then. */
function coloursOf(photometric: number, canBeLab: boolean): PlainColours {
  if (LAB.includes(photometric)) return canBeLab ? 'lab' : 'rgb';
  if (photometric === 5) return 'cmyk';
  return [0, 1, 32_844].includes(photometric) ? 'grey' : 'rgb';
}

/** What the header of a plain TIFF says: what the plan for the rest of the way is made from. */
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
