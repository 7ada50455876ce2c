import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { FileError, SettingsError } from '../../errors.ts';
import { unreadableFile } from '../../unreadable-file.ts';

/** What stands for standard input in place of a list's path. */
const STDIN = '-';

/**
 * The paths in a list, one a line; or between NUL characters, if there is one in it, as `find -print0`
 * writes them, so that names may have line breaks. Throws `FileError` when it cannot be read, is not
 * UTF-8 or names nothing, and `SettingsError` when it would have to be typed.
 */
export async function readFileList(
  source: string,
  stdin: NodeJS.ReadableStream,
  signal: AbortSignal,
): Promise<string[]> {
  const bytes = source === STDIN ? await readAll(stdin, signal) : await readListFile(source);
  const text = decode(bytes, source);
  const paths = text.includes('\0') ? text.split('\0') : text.split(/\r?\n/);
  const named = paths.filter((path) => path !== '');
  if (named.length === 0)
    throw new FileError(`${nameOf(source)} names no files. Look how it was made.`);
  return named;
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

function decode(bytes: Uint8Array, source: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new FileError(
      `${nameOf(source)} is not UTF-8, so the names in it would not be those of files. Write it anew in UTF-8.`,
      { cause: error },
    );
  }
}

function readError(source: string, error: unknown): FileError {
  return unreadableFile(nameOf(source).replace(/^T/, 't'), error);
}

function nameOf(source: string): string {
  return source === STDIN ? 'The list on stdin' : `The list ${source}`;
}
