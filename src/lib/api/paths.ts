import {
  bytesOfPath as bytesOf,
  pathOfBytes as pathOf,
  shownPath as shown,
} from '../path-bytes.ts';

/**
 * Makes a path from bytes as the file system stores them. Bytes that are not UTF-8 become lone
 * surrogates (U+DC80 to U+DCFF, as in Python's `surrogateescape`): all functions of this package
 * accept such paths, `node:fs` does not.
 *
 * @returns The path; for UTF-8 the usual text.
 * @example
 * ```ts
 * import { readdir } from 'node:fs/promises';
 * import { convertTiff, pathOfBytes } from 'arke-tiff';
 *
 * for (const name of await readdir('.', { encoding: 'buffer' })) {
 *   const path = pathOfBytes(name);
 *   if (path.endsWith('.tif')) await convertTiff(path, path.replace(/\.tif$/, '.jpg'));
 * }
 * ```
 */
export function pathOfBytes(bytes: Uint8Array): string {
  return pathOf(Buffer.from(bytes));
}

/**
 * Returns the bytes of a path from an event or a result: the name as it is on disk. `node:fs` takes
 * them as a `Buffer`.
 *
 * @returns The bytes; `pathOfBytes` returns the same path for them.
 * @example
 * ```ts
 * import { stat } from 'node:fs/promises';
 * import { bytesOfPath, convertCollection } from 'arke-tiff';
 *
 * for await (const event of convertCollection(['scans']))
 *   if (event.event === 'file.ended' && event.status === 'converted')
 *     console.log((await stat(Buffer.from(bytesOfPath(event.output)))).size);
 * ```
 */
export function bytesOfPath(path: string): Uint8Array {
  return bytesOf(path);
}

/**
 * Makes a path, or a message with paths, safe to show and store: bytes that are not UTF-8 become
 * `\xE9`. A backslash in the name itself is unchanged, so the bytes cannot be recovered from the
 * result.
 *
 * @returns Well-formed text.
 * @example
 * ```ts
 * import { convertCollection, shownPath } from 'arke-tiff';
 *
 * for await (const event of convertCollection(['scans']))
 *   if (event.event === 'collection.warning') console.warn(shownPath(event.message));
 * ```
 */
export function shownPath(text: string): string {
  return shown(text);
}
