import {
  bytesOfPath as bytesOf,
  pathOfBytes as pathOf,
  shownPath as shown,
} from '../path-bytes.ts';

/**
 * Makes a path of bytes as the file system has them. Bytes that are not UTF-8 are lone surrogates in it (U+DC80 to
 * U+DCFF, as in Python's `surrogateescape`): all functions of this package take such paths, and `node:fs` does not.
 *
 * @returns The path; of UTF-8 the usual text.
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
 * Makes bytes of a path of an event or a result: the name as it is on disk. `node:fs` takes them as a `Buffer`.
 *
 * @returns The bytes; `pathOfBytes` makes the same path of them.
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
 * Makes a path, or a message that holds paths, fit to be shown and stored: bytes that are not UTF-8 become `\xE9`. A
 * backslash of the name itself stays as it is, so the bytes cannot be had back from this.
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
