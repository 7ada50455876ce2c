import { type PictureSides, reductionOf } from '../convert/max-size.ts';

/**
 * Why a JPEG that exists must not be replaced without force, without a full stop; undefined if it
 * is no larger than the setting. A run for thumbnails over a folder of full-size JPEGs would
 * otherwise replace all of them.
 */
export function smallerCopyProblem(
  output: string,
  sides: PictureSides,
  maxSize: number | undefined,
): string | undefined {
  if (!reductionOf(sides, maxSize)) return undefined;
  return `${output} has ${sides.width} × ${sides.height} pixels, and a copy of at most ${maxSize} a side would replace it`;
}
