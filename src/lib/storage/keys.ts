import { jpegName, pageName } from '../jpeg-name.ts';

/**
 * The keys that the JPEG of a TIFF may get, best first: `image.jpg`, and `image.tif.jpg` for when the
 * first belongs to somebody else (design: "Keys and objects"). One key where both are the same. For a
 * further page, counted from 1: `image.page-2.jpg` and `image.tif.page-2.jpg`.
 */
export function outputKeys(inputKey: string, page = 1): readonly [string, ...string[]] {
  const first = pageName(jpegName(inputKey), page);
  const second = pageName(`${inputKey}.jpg`, page);
  return first === second ? [first] : [first, second];
}

/** The last part of a key: what the contract calls `output_file_name`. */
export function fileNameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
