const TIFF_ENDING = /\.tiff?$/i;

/** Whether a file has a TIFF extension, whatever its content. */
export function hasTiffEnding(name: string): boolean {
  return TIFF_ENDING.test(name);
}

const JPEG_ENDING = /\.(?:jpg|jpeg|jpe)$/i;

/**
 * A possible format extension at the end of a path: letters, and digits among them, of any length
 * and script (`.geotiff`, `.7z`, `.тиф`). No list of formats would be complete. `.page-2`, `.0142`
 * and `. 3 (copy)` are not extensions.
 */
const FORMAT_ENDING = /[^/\\](\.\d*\p{L}[\p{L}\d]*)$/u;

/**
 * What is wrong with the name of a JPEG; undefined if nothing is. An extension must be a JPEG's,
 * because others promise another format; without an extension, any name is fine.
 */
export function jpegNameProblem(path: string): string | undefined {
  const ending = FORMAT_ENDING.exec(path)?.[1];
  if (ending === undefined || JPEG_ENDING.test(ending)) return undefined;
  return `${path} would be a JPEG. Choose a name that ends in .jpg, .jpeg or .jpe.`;
}

/**
 * The name of a TIFF's JPEG, for keys and local paths: the contract's `replace(/\.tiff?$/i,
 * '.jpg')`; a name without that extension gets `.jpg` appended, so that it is never the TIFF's.
 */
export function jpegName(tiffName: string): string {
  return hasTiffEnding(tiffName) ? tiffName.replace(TIFF_ENDING, '.jpg') : `${tiffName}.jpg`;
}

/**
 * The name of a further page's JPEG, counted from 1: `image.jpg` becomes `image.page-2.jpg`. The
 * first page keeps its name.
 */
export function pageName(jpeg: string, page: number): string {
  return page === 1 ? jpeg : jpeg.replace(/(\.[^./\\]*)?$/, `.page-${page}$&`);
}
