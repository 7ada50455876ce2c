/**
 * What colours are, from the standards alone: nothing here asks an image library. Colours are three
 * numbers; XYZ is relative to D50 with white at Y = 1, as in ICC profiles.
 */
export type Triple = readonly [number, number, number];

/**
 * sRGB's colorants and D50, columns and white of its profile (IEC 61966-2-1, adapted by Bradford).
 */
export const SRGB: readonly [Triple, Triple, Triple] = [
  [0.436_065_7, 0.385_147_1, 0.143_066_4],
  [0.222_488_4, 0.716_873_2, 0.060_607_9],
  [0.013_916, 0.097_076_4, 0.714_096_1],
];
/** Adobe RGB (1998), adapted likewise. */
export const ADOBE_RGB: readonly [Triple, Triple, Triple] = [
  [0.609_741_2, 0.205_276_5, 0.149_185_2],
  [0.311_111_5, 0.625_671_4, 0.063_217_2],
  [0.019_470_2, 0.060_867_3, 0.744_567_9],
];
export const D50: Triple = [0.9642, 1, 0.8249];

/** Light of a primary, 0–1, as sRGB's level, 0–255: IEC 61966-2-1. What is outside is cut off. */
export function srgbLevel(light: number): number {
  const clipped = Math.min(Math.max(light, 0), 1);
  const value = clipped <= 0.003_130_8 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
  return value * 255;
}

/** sRGB's levels, 0–255, of a colour in XYZ. */
export function srgbOfXyz(xyz: Triple): number[] {
  return multiply(inverse(SRGB), xyz).map(srgbLevel);
}

/** sRGB's colorants unadapted, and their sum, its white of D65. */
const SRGB_D65: readonly [Triple, Triple, Triple] = [
  [0.412_456_4, 0.357_576_1, 0.180_437_5],
  [0.212_672_9, 0.715_152_2, 0.072_175],
  [0.019_333_9, 0.119_192, 0.950_304_1],
];
const D65: Triple = [0.950_47, 1, 1.088_83];

/**
 * sRGB's levels of CIELab (TIFF 6.0, section 23): L 0–100, a and b around 0. The file's white is
 * taken for the display's, as all readers do that TIFFs are compared with.
 */
export function srgbOfLab([l, a, b]: Triple): number[] {
  const y = (l + 16) / 116;
  const light = (t: number) => (t > 6 / 29 ? t ** 3 : 3 * (6 / 29) ** 2 * (t - 4 / 29));
  const [x, , z] = D65;
  const xyz: Triple = [x * light(y + a / 500), light(y), z * light(y - b / 200)];
  return multiply(inverse(SRGB_D65), xyz).map(srgbLevel);
}

/** Red, green and blue, 0–255, of YCbCr with the given luma coefficients (TIFF 6.0, section 21). */
export function rgbOfYcbcr(
  [y, cb, cr]: Triple,
  [red, green, blue]: Triple = [0.299, 0.587, 0.114],
): number[] {
  const r = y + (cr - 128) * (2 - 2 * red);
  const b = y + (cb - 128) * (2 - 2 * blue);
  const g = (y - red * r - blue * b) / green;
  return [r, g, b].map((level) => Math.min(Math.max(level, 0), 255));
}

type Matrix = readonly [Triple, Triple, Triple];

/** A matrix times a column. */
export function multiply([x, y, z]: Matrix, [a, b, c]: Triple): Triple {
  const row = ([p, q, r]: Triple) => p * a + q * b + r * c;
  return [row(x), row(y), row(z)];
}

function inverse([[a, b, c], [d, e, f], [g, h, i]]: Matrix): Matrix {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  const over = (value: number) => value / determinant;
  return [
    [over(e * i - f * h), over(c * h - b * i), over(b * f - c * e)],
    [over(f * g - d * i), over(a * i - c * g), over(c * d - a * f)],
    [over(d * h - e * g), over(b * g - a * h), over(a * e - b * d)],
  ];
}
