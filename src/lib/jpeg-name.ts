const TIFF_ENDING = /\.tiff?$/i;

/**
 * The name of the JPEG of a TIFF, for keys and local paths alike: the contract's
 * `replace(/\.tiff?$/i, '.jpg')`; a name without that ending gets `.jpg` appended, so that the JPEG's
 * name is never the TIFF's.
 */
export function jpegName(tiffName: string): string {
  return TIFF_ENDING.test(tiffName) ? tiffName.replace(TIFF_ENDING, '.jpg') : `${tiffName}.jpg`;
}
