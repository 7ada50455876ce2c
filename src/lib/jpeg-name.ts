const TIFF_ENDING = /\.tiff?$/i;

/** Whether a file is called a TIFF, whatever is in it. */
export function hasTiffEnding(name: string): boolean {
  return TIFF_ENDING.test(name);
}

const JPEG_ENDING = /\.(?:jpg|jpeg|jpe)$/i;

/**
 * What may name a format at the end of a path: letters, and digits among them, of any length and script (`.geotiff`, `.7z`,
 * `.тиф`). No list of formats would have all of them. `.page-2`, `.0142` and `. 3 (copy)` name none.
 */
const FORMAT_ENDING = /[^/\\](\.\d*\p{L}[\p{L}\d]*)$/u;

/**
 * What is wrong with the name of a JPEG, or undefined when nothing is: an ending must be that of a JPEG, as others
 * promise another format. A name without an ending of letters and digits promises nothing.
 */
export function jpegNameProblem(path: string): string | undefined {
  const ending = FORMAT_ENDING.exec(path)?.[1];
  if (ending === undefined || JPEG_ENDING.test(ending)) return undefined;
  return `${path} would be a JPEG. Choose a name that ends in .jpg, .jpeg or .jpe.`;
}

/**
 * The name of the JPEG of a TIFF, for keys and local paths alike: the contract's
 * `replace(/\.tiff?$/i, '.jpg')`; a name without that ending gets `.jpg` appended, so that the JPEG's
 * name is never the TIFF's.
 */
export function jpegName(tiffName: string): string {
  return hasTiffEnding(tiffName) ? tiffName.replace(TIFF_ENDING, '.jpg') : `${tiffName}.jpg`;
}

/**
 * The name of the JPEG of a further page, counted from 1, beside that of the first: `image.jpg` becomes
 * `image.page-2.jpg`. The first keeps its name.
 */
export function pageName(jpeg: string, page: number): string {
  return page === 1 ? jpeg : jpeg.replace(/(\.[^./\\]*)?$/, `.page-${page}$&`);
}
