import { numbersOf, type TiffTags } from '../../header/tiff-tags.ts';
import { appSegment } from './jpeg-segments.ts';

/** Tags of TIFF 6.0, section 8. */
export const X_RESOLUTION = 282;
export const Y_RESOLUTION = 283;
export const RESOLUTION_UNIT = 296;

/** ResolutionUnit: none (the numbers are an aspect ratio), inch (default), centimetre. */
export const INCH = 2;
const [NO_UNIT, CENTIMETRE] = [1, 3];
const CENTIMETRES_PER_INCH = 2.54;
/** JFIF counts with 16 bits. */
const MOST_DENSITY = 65_535;

/**
 * The JFIF segment (ITU-T T.871, 10.1) with the resolution of a TIFF's page as whole numbers, or undefined
 * where it has none. `swapped`: rows have become columns.
 */
export function jfifOf(tags: TiffTags, swapped: boolean): Buffer | undefined {
  const across = numbersOf(tags, X_RESOLUTION)?.[0] ?? numbersOf(tags, Y_RESOLUTION)?.[0];
  const down = numbersOf(tags, Y_RESOLUTION)?.[0] ?? across;
  if (!isDensity(across) || !isDensity(down)) return undefined;
  const tiffUnit = numbersOf(tags, RESOLUTION_UNIT)?.[0] ?? INCH;
  // 118.11 a centimetre are 300 an inch: only one of the two survives as a whole number.
  const inches = tiffUnit === CENTIMETRE && !(Number.isInteger(across) && Number.isInteger(down));
  const [x, y] = [across, down].map((n) => Math.round(inches ? n * CENTIMETRES_PER_INCH : n));
  if (!x || !y || x > MOST_DENSITY || y > MOST_DENSITY) return undefined;
  const unit = tiffUnit === NO_UNIT ? 0 : tiffUnit === CENTIMETRE && !inches ? 2 : 1;
  const body = Buffer.from('JFIF\0\x01\x02\0\0\0\0\0\0\0', 'latin1');
  body.writeUInt8(unit, 7);
  body.writeUInt16BE(swapped ? y : x, 8);
  body.writeUInt16BE(swapped ? x : y, 10);
  return appSegment(0, body);
}

function isDensity(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value > 0;
}
