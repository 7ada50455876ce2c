import { jpegName } from '../jpeg-name.ts';

/**
 * The keys that the JPEG of a TIFF may get, best first: `image.jpg`, and `image.tif.jpg` for when the
 * first belongs to somebody else (design: "Keys and objects"). One key where both are the same.
 */
export function outputKeys(inputKey: string): readonly [string, ...string[]] {
  const first = jpegName(inputKey);
  const second = `${inputKey}.jpg`;
  return first === second ? [first] : [first, second];
}

/** The last part of a key: what the contract calls `output_file_name`. */
export function fileNameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
