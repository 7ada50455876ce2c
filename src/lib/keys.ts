import { StorageError } from './errors.ts';
import { jpegName, pageName } from './jpeg-name.ts';
import { isUtf8Path } from './path-bytes.ts';

/**
 * The keys that the JPEG of a TIFF may get, best first: `image.jpg`, and `image.tif.jpg` for when the
 * first belongs to somebody else. One key where both are the same. For a
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

/** The longest key that R2 takes, in bytes of UTF-8 (https://developers.cloudflare.com/r2/platform/limits/). */
const MOST_BYTES = 1024;

/** What is wrong with the length of a key, or of an id, which stands in keys and their metadata; undefined when nothing is. */
export function lengthProblem(text: string): string | undefined {
  const bytes = Buffer.byteLength(text);
  return bytes > MOST_BYTES
    ? `must have at most ${MOST_BYTES} bytes, and it has ${bytes}`
    : undefined;
}

/**
 * Why an object cannot be asked for by its key over HTTP, or undefined when nothing is in the way. R2 itself takes keys
 * with `.` and `..` (from Workers, say), but an address with them is resolved on its way as a path is, and what arrives
 * is the address of another object, for which the signature does not hold.
 */
export function keyProblem(key: string): string | undefined {
  // As the name of a local file may be.
  if (!isUtf8Path(key)) return 'is not UTF-8, which every key in R2 is';
  const dots = key.split('/').find((part) => part === '.' || part === '..');
  if (dots !== undefined)
    return `must not have the part "${dots}": in the address of a request it is resolved as in a path, so that R2 would be asked for another object`;
  const long = lengthProblem(key);
  return long && `${long}: R2 takes no longer ones`;
}

/** Throws `StorageError` (`INVALID_KEY`) when an object cannot be asked for by its key: what key it is, why, what to do. */
export function refuseInvalidKey(
  key: string,
  {
    what = 'The key',
    remedy = 'Give the object another key.',
  }: { readonly what?: string; readonly remedy?: string } = {},
): void {
  const problem = keyProblem(key);
  if (problem) throw new StorageError('INVALID_KEY', `${what} "${key}" ${problem}. ${remedy}`);
}

/** What a key begins or ends with and nobody sees, as a sentence about it; undefined when there is nothing. */
export function unseenEnds(key: string): string | undefined {
  const ends = [
    ['begins', /^\s/u],
    ['ends', /\s$/u],
  ] as const;
  const said = ends.flatMap(([verb, end]) => {
    const [unseen] = end.exec(key) ?? [];
    return unseen === undefined ? [] : `${verb} with ${nameOf(unseen)}`;
  });
  return said.length === 0 ? undefined : `The key ${said.join(' and ')}`;
}

function nameOf(blank: string): string {
  if (blank === ' ') return 'a space';
  if (blank === '\t') return 'a tab';
  if (/[\n\r\u2028\u2029]/.test(blank)) return 'a line break';
  return `a blank (U+${blank.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')})`;
}
