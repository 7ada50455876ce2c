import { INCH, type Resolution, resolutionOf } from '../../header/resolution.ts';
import { numbersOf, type TiffTags } from '../../header/tiff-tags.ts';
import { densityOf } from '../../jpeg-density.ts';
import type { Reduction } from '../../max-size.ts';
import { appSegment } from './jpeg-segments.ts';

/** Tags of TIFF 6.0, section 8. */
export const X_RESOLUTION = 282;
export const Y_RESOLUTION = 283;
export const RESOLUTION_UNIT = 296;
/** Of a resolution that is an aspect ratio. */
export const NO_UNIT = 1;

/** A resolution after a reduction: fewer pixels per unit. An aspect ratio stays. */
export function reducedResolution(
  resolution: Resolution | undefined,
  reduction: Reduction | undefined,
): Resolution | undefined {
  if (!resolution || !reduction || resolution.unit === NO_UNIT) return resolution;
  const { from, to } = reduction;
  const { x, y, unit } = resolution;
  return { x: (x * to) / from, y: (y * to) / from, unit };
}

/**
 * The JFIF segment (ITU-T T.871, 10.1) with a page's resolution as whole numbers; undefined if it
 * has none. `swapped`: rows have become columns.
 */
export function jfifOf(resolution: Resolution | undefined, swapped: boolean): Buffer | undefined {
  const density = densityOf(resolution);
  if (!density) return undefined;
  const { x, y, unit } = density;
  const body = Buffer.from('JFIF\0\x01\x02\0\0\0\0\0\0\0', 'latin1');
  body.writeUInt8(unit, 7);
  body.writeUInt16BE(swapped ? y : x, 8);
  body.writeUInt16BE(swapped ? x : y, 10);
  return appSegment(0, body);
}

/** Whether a directory has a resolution that is none: not above 0, or with an undefined unit. */
export function isInvalidResolution(tags: TiffTags): boolean {
  const [across, down, unit] = [X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT].map(
    (tag) => numbersOf(tags, tag)?.[0],
  );
  const isThere = across !== undefined || down !== undefined;
  return isThere && !resolutionOf(across, down, unit ?? INCH);
}
