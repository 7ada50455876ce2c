/** Sides of a picture, in pixels. */
export interface PictureSides {
  readonly width: number;
  readonly height: number;
}

/**
 * The values of the setting, in pixels: of a smaller picture nothing can be seen, and libjpeg
 * encodes no larger one.
 */
export const maxSizeRange = [16, 65_500] as const;

/** How a picture is reduced: its longer side before and after, in pixels. */
export interface Reduction {
  readonly from: number;
  readonly to: number;
}

/** The reduction to a size; undefined if the picture is no larger, or there is no such setting. */
export function reductionOf(
  { width, height }: PictureSides,
  maxSize: number | undefined,
): Reduction | undefined {
  const from = Math.max(width, height);
  return maxSize === undefined || from <= maxSize ? undefined : { from, to: maxSize };
}

/** The sides after a reduction, if there is one: the longer side exactly, none below one pixel. */
export function reducedSides(
  { width, height }: PictureSides,
  maxSize: number | undefined,
): PictureSides {
  const { from, to } = reductionOf({ width, height }, maxSize) ?? { from: 1, to: 1 };
  const side = (pixels: number) => Math.max(1, Math.round((pixels * to) / from));
  return { width: side(width), height: side(height) };
}
