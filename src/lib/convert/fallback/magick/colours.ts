import type { TiffPage } from '../../header/tiff-header.ts';
import type { PlainColours } from '../../plan/plain-picture.ts';
import { labToRgb } from '../samples/lab.ts';

/** What a page's decoded samples are. */
export interface PageColours {
  readonly colours: PlainColours;
  /** Colour samples per pixel in the file. */
  readonly samples: number;
  /** PhotometricInterpretation to decode with, if the page's own would be misread. */
  readonly decodeAs: number | undefined;
  readonly lab?: LabScales;
}

/** L*, a* and b* (CIE 15) of a byte each. */
type LabScales = readonly [Scale, Scale, Scale];
type Scale = (byte: number) => number;

/**
 * PhotometricInterpretation of TIFF 6.0 (sections 4, 5, 16, 20, 21 and 23) and of TIFF/FX and ICC.
 */
const [CIELAB, ICCLAB, ITULAB] = [8, 9, 10];
const [LOGL, LOGLUV] = [32_844, 32_845];
const RGB = 2;

const lightness: Scale = (byte) => (byte * 100) / 255;
const signed: Scale = (byte) => (byte << 24) >> 24;
const offset: Scale = (byte) => byte - 128;
/** The default range of ITULAB: a* from -85 to 85, b* from -75 to 125 (RFC 2301, section 6.2.3). */
const ituA: Scale = (byte) => ((byte - 128) * 170) / 255;
const ituB: Scale = (byte) => ((byte - 96) * 200) / 255;

const GREY: PageColours = { colours: 'grey', samples: 1, decodeAs: undefined };
const COLOUR: PageColours = { colours: 'rgb', samples: 3, decodeAs: undefined };
const labOf = (lab: LabScales): PageColours => ({
  // As RGB the bytes stay unchanged; ImageMagick would convert some kinds of Lab and not others.
  colours: 'lab',
  samples: 3,
  decodeAs: RGB,
  lab,
});

const BY_PHOTOMETRIC: ReadonlyMap<number | undefined, PageColours> = new Map([
  [0, GREY],
  [1, GREY],
  [RGB, COLOUR],
  [5, { colours: 'cmyk', samples: 4, decodeAs: undefined }],
  [6, COLOUR],
  [CIELAB, labOf([lightness, signed, signed])],
  [ICCLAB, labOf([lightness, offset, offset])],
  [ITULAB, labOf([lightness, ituA, ituB])],
  [LOGL, GREY],
  [LOGLUV, COLOUR],
]);

/** What a page's samples are; undefined if ImageMagick does not read them here. */
export function coloursOf({ photometric }: TiffPage): PageColours | undefined {
  return BY_PHOTOMETRIC.get(photometric);
}

/** Rows of Lab bytes as little-endian samples of 16 bits (TIFF 6.0, section 23). */
export function widenLab(rows: Uint8Array, lab: LabScales): Uint8Array {
  const wide = new Uint8Array(rows.length * 2);
  const view = new DataView(wide.buffer);
  for (let i = 0; i < rows.length; i++) {
    const value = (lab[i % 3] ?? lightness)(rows[i] ?? 0);
    if (i % 3 === 0) view.setUint16(i * 2, Math.round(value * 655.35), true);
    else view.setInt16(i * 2, Math.max(-32_768, Math.min(32_767, Math.round(value * 256))), true);
  }
  return wide;
}

/**
 * Converts rows of Lab bytes with alpha to sRGB with alpha, in place: libvips does not support Lab
 * with alpha.
 */
export function labToRgba(rows: Uint8Array, lab: LabScales): Uint8Array {
  const [colour, rgb] = [new Float64Array(3), new Float64Array(3)];
  for (let i = 0; i < rows.length; i += 4) {
    lab.forEach((scale, c) => {
      colour[c] = scale(rows[i + c] ?? 0);
    });
    labToRgb(colour, rgb);
    rgb.forEach((level, c) => {
      rows[i + c] = Math.round(level * 255);
    });
  }
  return rows;
}

/**
 * ReferenceBlackWhite of Y, Cb and Cr (TIFF 6.0, section 20): black and white; for chroma, none and
 * full.
 */
export type YcbcrRange = readonly number[];

/** The range of YCbCr, unless it is JPEG's, which JPEG decoders assume. */
export function rangeOf(values: readonly number[] | undefined): YcbcrRange | undefined {
  if (values?.length !== 6) return undefined;
  const isUsable = [0, 2, 4].every((i) => (values[i + 1] ?? 0) > (values[i] ?? 0));
  const isFull = values.every((value, i) => Math.abs(value - (FULL_RANGE[i] ?? 0)) <= 1);
  return isUsable && !isFull ? values : undefined;
}

const FULL_RANGE = [0, 255, 128, 255, 128, 255];

/**
 * Rescales RGB that was decoded with JPEG's range, in place; the coefficients are JPEG's (TIFF 6.0,
 * section 21).
 */
export function spreadRange(rgb: Uint8Array, range: YcbcrRange): Uint8Array {
  const [black = 0, white = 255, cb0 = 128, cb1 = 255, cr0 = 128, cr1 = 255] = range;
  const levels = new Uint8ClampedArray(rgb.buffer, rgb.byteOffset, rgb.byteLength);
  for (let i = 0; i < levels.length; i += 3) {
    const [r = 0, g = 0, b = 0] = [levels[i], levels[i + 1], levels[i + 2]];
    const luma = 0.299 * r + 0.587 * g + 0.114 * b;
    const y = ((luma - black) * 255) / (white - black);
    const cb = (((b - luma) / 1.772 + 128 - cb0) * 127) / (cb1 - cb0);
    const cr = (((r - luma) / 1.402 + 128 - cr0) * 127) / (cr1 - cr0);
    levels[i] = y + 1.402 * cr;
    levels[i + 1] = y - (0.114 * 1.772 * cb + 0.299 * 1.402 * cr) / 0.587;
    levels[i + 2] = y + 1.772 * cb;
  }
  return rgb;
}
