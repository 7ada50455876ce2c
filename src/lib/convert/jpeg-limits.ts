import { ConversionError } from '../errors.ts';

/**
 * The longest side of a JPEG, in pixels: its frame header counts with 16 bits (ITU-T T.81, B.2.2).
 */
export const MAX_JPEG_SIDE = 65_535;

/**
 * Throws `ConversionError` (`TOO_LARGE_FOR_JPEG`) if no JPEG can hold a picture; with a maximum
 * size, every picture fits.
 */
export function refuseOversize(
  { width, height }: { readonly width: number; readonly height: number },
  name: string,
  maxSize?: number,
): void {
  if (maxSize !== undefined) return;
  if (width <= MAX_JPEG_SIDE && height <= MAX_JPEG_SIDE) return;
  throw new ConversionError(
    'TOO_LARGE_FOR_JPEG',
    `"${name}" has ${width} × ${height} pixels, but a JPEG can have at most ${MAX_JPEG_SIDE} a side. ` +
      'Split or scale the TIFF.',
  );
}
