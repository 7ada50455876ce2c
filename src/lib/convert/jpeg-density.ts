import type { Resolution } from './header/resolution.ts';

/** A resolution in JFIF (ITU-T T.871, 10.1): whole numbers of 16 bits. */
export interface JpegDensity {
  readonly x: number;
  readonly y: number;
  /** 0: none (the numbers are an aspect ratio), 1: inch, 2: centimetre. */
  readonly unit: 0 | 1 | 2;
}

const [NO_UNIT, CENTIMETRE] = [1, 3];
const CENTIMETRES_PER_INCH = 2.54;
const MOST_DENSITY = 65_535;
/** The smaller number when a fractional aspect ratio becomes whole numbers. */
const FINE_RATIO = 1_000;

/** The resolution of a page for a JPEG; undefined if there is none, or JFIF cannot express it. */
export function densityOf(resolution: Resolution | undefined): JpegDensity | undefined {
  if (!resolution) return undefined;
  const { unit } = resolution;
  const isWhole = Number.isInteger(resolution.x) && Number.isInteger(resolution.y);
  // 118.11 per centimetre are 300 per inch: only one of the two is a whole number.
  const inches = unit === CENTIMETRE && !isWhole;
  const ratio = unit === NO_UNIT && !isWhole;
  const factor = inches
    ? CENTIMETRES_PER_INCH
    : ratio
      ? FINE_RATIO / Math.min(resolution.x, resolution.y)
      : 1;
  const [x, y] = [Math.round(resolution.x * factor), Math.round(resolution.y * factor)];
  if (!x || !y || x > MOST_DENSITY || y > MOST_DENSITY) return undefined;
  return { x, y, unit: unit === NO_UNIT ? 0 : unit === CENTIMETRE && !inches ? 2 : 1 };
}

/** Relative difference up to which pixels count as square, because of measuring or rounding. */
const SQUARE = 0.01;
const UNITS = { 1: '', 2: ' dpi', 3: ' per centimetre' } as const;

/**
 * The text about a page whose pixels are not square, without a full stop; undefined if they are, or
 * nobody knows.
 */
export function uneven(resolution: Resolution | undefined): string | undefined {
  // A resolution that a JPEG cannot express is ignored by all viewers.
  if (!resolution || !densityOf(resolution)) return undefined;
  const { x, y, unit } = resolution;
  if (Math.abs(x / y - 1) < SQUARE || Math.abs(y / x - 1) < SQUARE) return undefined;
  const both = [x, y].map((value) => Number(value.toPrecision(6))).join(' × ');
  return `Its pixels are not square (${both}${UNITS[unit]}): programs that ignore the resolution show the picture distorted`;
}
