import { StorageError } from './errors.ts';
import { jpegName, pageName } from './jpeg-name.ts';
import { isUtf8Path } from './path-bytes.ts';

/**
 * The possible keys of a TIFF's JPEG, best first: `image.jpg`, and `image.tif.jpg` if the first is
 * foreign. A single key if both are equal. For a further page, from 2: `image.page-2.jpg` and
 * `image.tif.page-2.jpg`.
 */
export function outputKeys(inputKey: string, page = 1): readonly [string, ...string[]] {
  const first = pageName(jpegName(inputKey), page);
  const second = pageName(`${inputKey}.jpg`, page);
  return first === second ? [first] : [first, second];
}

/** Marks an object in R2 where a path could stand, too: `r2://KEY`. */
export const R2_SCHEME = 'r2://';

/** The key in `r2://KEY`; any other text is the key itself. */
export function keyIn(text: string): string {
  return text.startsWith(R2_SCHEME) ? text.slice(R2_SCHEME.length) : text;
}

/** The last part of a key: the contract's `output_file_name`. */
export function fileNameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/**
 * The longest key in R2, in bytes of UTF-8 (https://developers.cloudflare.com/r2/platform/limits/).
 */
const MOST_BYTES = 1024;

/**
 * What is wrong with the length of a key, or of an id, which is part of keys and metadata;
 * undefined if nothing is.
 */
export function lengthProblem(text: string): string | undefined {
  const bytes = Buffer.byteLength(text);
  return bytes > MOST_BYTES
    ? `must have at most ${MOST_BYTES} bytes, and it has ${bytes}`
    : undefined;
}

/**
 * Why an object cannot be requested by its key over HTTP; undefined if it can. R2 itself accepts
 * keys with `.` and `..` (from Workers, say), but they are resolved in addresses like in paths, so
 * the request would reach another object, for which the signature is wrong.
 */
export function keyProblem(key: string): string | undefined {
  // Names of local files may not be.
  if (!isUtf8Path(key)) return 'is not UTF-8, as every key in R2 must be';
  const dots = key.split('/').find((part) => part === '.' || part === '..');
  if (dots !== undefined)
    return `must not contain the segment "${dots}": it is resolved as in a path, so the request would reach another object`;
  const long = lengthProblem(key);
  return long && `${long}: R2 accepts no longer ones`;
}

/** Throws `StorageError` (`INVALID_KEY`) if an object cannot be requested by its key. */
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

/** Invisible characters at the ends of a key, as a sentence; undefined if there are none. */
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
