import { pipeline } from 'node:stream/promises';
import { FileError, SettingsError } from '../../errors.ts';
import { readFile } from '../../files.ts';
import { pathOfBytes } from '../../path-bytes.ts';
import { unreadableFile } from '../../unreadable-file.ts';

/** Stands for standard input instead of a list's path. */
const STDIN = '-';

/** Byte order mark that Windows editors write. */
const UTF8_MARK = Buffer.of(0xef, 0xbb, 0xbf);
const UTF16_MARKS = [Buffer.of(0xff, 0xfe), Buffer.of(0xfe, 0xff)];

/**
 * The paths in a list, one per line; or NUL-terminated if it contains a NUL, as `find -print0`
 * writes them, so that names may contain line breaks. They need not be UTF-8. Throws `FileError` if
 * it cannot be read, is UTF-16 or names nothing, and `SettingsError` if it would have to be typed.
 */
export async function readFileList(
  source: string,
  stdin: NodeJS.ReadableStream,
  signal: AbortSignal,
): Promise<string[]> {
  return namesIn(await readLines(source, stdin, signal), nameOf(source));
}

/**
 * The lines of such a list, with the empty ones. Throws as `readFileList`, but not for a list
 * without names.
 */
export async function readLines(
  source: string,
  stdin: NodeJS.ReadableStream,
  signal: AbortSignal,
): Promise<string[]> {
  const bytes = source === STDIN ? await readAll(stdin, signal) : await readListFile(source);
  return linesOfList(bytes, nameOf(source));
}

/**
 * The lines of a list that is called `name` in messages, or what its NULs end: byte for byte,
 * because in every encoding of names a line break or NUL stands for itself. Throws `FileError` if
 * it is UTF-16.
 */
export function linesOfList(bytes: Buffer, name: string): string[] {
  const isUtf16 = UTF16_MARKS.some((mark) => bytes.subarray(0, 2).equals(mark));
  if (isUtf16) throw new FileError(`${name} is in UTF-16. Save it as UTF-8.`);
  const isMarked = bytes.subarray(0, 3).equals(UTF8_MARK);
  // One character per byte.
  const text = bytes.toString('latin1', isMarked ? 3 : 0);
  const lines = text.split(text.includes('\0') ? '\0' : /\r?\n/);
  return lines.map((line) => pathOfBytes(Buffer.from(line, 'latin1')));
}

/** The lines that are not empty. Throws `FileError` if there are none. */
export function namesIn(lines: readonly string[], list: string): string[] {
  const names = lines.filter((line) => line !== '');
  if (names.length === 0) throw new FileError(`${list} names no files. Check how it was created.`);
  return names;
}

async function readAll(stdin: NodeJS.ReadableStream, signal: AbortSignal): Promise<Buffer> {
  if ('isTTY' in stdin && stdin.isTTY)
    throw new SettingsError(['stdin is a terminal; pipe a list into it, or name a file']);
  const chunks: Buffer[] = [];
  try {
    await pipeline(
      stdin,
      async (source: AsyncIterable<Buffer | string>) => {
        for await (const chunk of source) chunks.push(Buffer.from(chunk));
      },
      { signal },
    );
  } catch (error) {
    signal.throwIfAborted();
    throw readError(STDIN, error);
  }
  return Buffer.concat(chunks);
}

async function readListFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw readError(path, error);
  }
}

function readError(source: string, error: unknown): FileError {
  return unreadableFile(nameOf(source).replace(/^T/, 't'), error);
}

function nameOf(source: string): string {
  return source === STDIN ? 'The list on stdin' : `The list ${source}`;
}
