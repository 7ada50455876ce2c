import { SettingsError } from '../errors.ts';
import { jpegName, pageName } from '../jpeg-name.ts';
import { isUtf8Path } from '../path-bytes.ts';

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

/** Throws `SettingsError` when a key is not UTF-8: it was typed, or is the name of a local file. */
export function refuseBytes(key: string): void {
  if (isUtf8Path(key)) return;
  throw new SettingsError([`the key "${key}" is not UTF-8, which keys in R2 are; choose another`]);
}
