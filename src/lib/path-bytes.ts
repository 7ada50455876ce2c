import { isUtf8 } from 'node:buffer';
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';

/*
 * File systems keep names as bytes, and Node.js turns bytes that are not UTF-8 into U+FFFD: such a
 * name leads nowhere. Here a path is always a string. A byte that is not UTF-8 is one lone
 * surrogate in it, U+DC80 to U+DCFF, which no UTF-8 decodes to (the way of Python, PEP 383): so
 * nothing is lost, two paths are equal only if their bytes are, and joining, comparing and matching
 * work as for any string. Only the file system (`files.ts`) and people (`shownPath`) need another
 * form.
 */

/** Precedes the byte in a path string. */
const ESCAPE = 0xdc00;

/** With the flag `u`, halves of a pair do not match. */
const ESCAPED_BYTES = /[\udc80-\udcff]/gu;

/** What Node.js substitutes for bytes that are not UTF-8. */
export const REPLACEMENT = '\ufffd';

/** The path with these bytes. */
export function pathOfBytes(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  let path = '';
  for (let at = 0; at < bytes.length; ) {
    const length = [1, 2, 3, 4].find((n) => at + n <= bytes.length && isUtf8(slice(bytes, at, n)));
    path += length ? slice(bytes, at, length).toString() : escapeOf(bytes[at] ?? 0);
    at += length ?? 1;
  }
  return path;
}

const slice = (bytes: Buffer, at: number, length: number) => bytes.subarray(at, at + length);
const escapeOf = (byte: number) => String.fromCharCode(ESCAPE + byte);

/** Whether a path is UTF-8, as most are. */
export function isUtf8Path(path: string): boolean {
  return path.isWellFormed() || path.search(ESCAPED_BYTES) < 0;
}

/** The bytes of a path. */
export function bytesOfPath(path: string): Buffer {
  if (isUtf8Path(path)) return Buffer.from(path);
  const pieces: Buffer[] = [];
  let end = 0;
  for (const { 0: char, index } of path.matchAll(ESCAPED_BYTES)) {
    pieces.push(Buffer.from(path.slice(end, index)), Buffer.of(char.charCodeAt(0) - ESCAPE));
    end = index + 1;
  }
  return Buffer.concat([...pieces, Buffer.from(path.slice(end))]);
}

/** A path in the form that `node:fs` accepts. */
export function nativePath(path: string): string | Buffer {
  return isUtf8Path(path) ? path : bytesOfPath(path);
}

/**
 * A path, or a text containing some, for people: bytes that are not UTF-8 as `\xE9`. Backslashes of
 * the name are unchanged, so this cannot be reversed.
 */
export function shownPath(text: string): string {
  if (text.isWellFormed()) return text;
  return text.replace(
    ESCAPED_BYTES,
    (char) => `\\x${(char.charCodeAt(0) - ESCAPE).toString(16).toUpperCase()}`,
  );
}

/** `resolve`, also if the working folder's path is not UTF-8. */
export function absolutePath(path: string): string {
  const absolute = resolve(path);
  if (!absolute.includes(REPLACEMENT) || !process.cwd().includes(REPLACEMENT)) return absolute;
  return resolve(pathOfBytes(realpathSync.native('.', { encoding: 'buffer' })), path);
}

/** A path in a URL, with its bytes unchanged. */
export function urlOfPath(path: string): string {
  if (isUtf8Path(path)) return encodeURIComponent(path);
  return [...bytesOfPath(path)]
    .map((byte) => (byte < 0x80 ? encodeURIComponent(String.fromCharCode(byte)) : percent(byte)))
    .join('');
}

const percent = (byte: number) => `%${byte.toString(16).toUpperCase()}`;
