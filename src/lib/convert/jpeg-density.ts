import type { Resolution } from './header/resolution.ts';

/** What JFIF says of a resolution (ITU-T T.871, 10.1): whole numbers of 16 bits. */
export interface JpegDensity {
  readonly x: number;
  readonly y: number;
  /** 0 none (the numbers are an aspect ratio), 1 inch, 2 centimetre. */
  readonly unit: 0 | 1 | 2;
}

const [NO_UNIT, CENTIMETRE] = [1, 3];
const CENTIMETRES_PER_INCH = 2.54;
const MOST_DENSITY = 65_535;
/** An aspect ratio in fractions is made one of whole numbers, the smaller of them this. */
const FINE_RATIO = 1_000;

/** The resolution of a page as a JPEG says it; undefined where there is none, or JFIF has no numbers for it. */
export function densityOf(resolution: Resolution | undefined): JpegDensity | undefined {
  if (!resolution) return undefined;
  const { unit } = resolution;
  const isWhole = Number.isInteger(resolution.x) && Number.isInteger(resolution.y);
  // 118.11 a centimetre are 300 an inch: only one of the two survives as a whole number.
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

/** Sides of pixels that differ by less are those of a square, measured or rounded. */
const SQUARE = 0.01;
const UNITS = { 1: '', 2: ' dpi', 3: ' per centimetre' } as const;

/** What is said of a page whose pixels are not square, without a full stop; undefined where they are, or nobody knows. */
export function uneven(resolution: Resolution | undefined): string | undefined {
  // Where a JPEG has no numbers for it, nobody goes by it.
  if (!resolution || !densityOf(resolution)) return undefined;
  const { x, y, unit } = resolution;
  if (Math.abs(x / y - 1) < SQUARE || Math.abs(y / x - 1) < SQUARE) return undefined;
  const both = [x, y].map((value) => Number(value.toPrecision(6))).join(' × ');
  return `Its pixels are not square (${both}${UNITS[unit]}): programs that ignore the resolution show the picture distorted`;
}
