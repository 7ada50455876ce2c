import { linesOfList, namesIn, readFileList } from '../collection/inputs/file-list.ts';
import { SettingsError, StorageError } from '../errors.ts';
import { keyIn, keyProblem, R2_SCHEME } from '../keys.ts';
import type { Storage } from '../storage/client.ts';
import type { RequestOptions } from '../storage/objects.ts';
import { getSmallObject } from '../storage/small-object.ts';

/** A line of a list of keys. */
export interface ListedKey {
  readonly key: string;
  /** The size after a tab; undefined if the line has none. */
  readonly bytes: number | undefined;
}

/** A key with the size that the list gives it. */
export type SizedKey = ListedKey & { readonly bytes: number };

/** The longest list that is read from R2: over 200 000 keys of the longest kind. */
const MOST_BYTES = 256 * 2 ** 20;

/**
 * The keys of a list, each once: a file, `-` for stdin, or `r2://KEY`. One key per line, or
 * NUL-terminated, with or without `r2://`, and its size in bytes after a tab if shards are to be
 * balanced. Throws `SettingsError` for what cannot be a key, and `FileError` and `StorageError` if
 * the list cannot be read.
 */
export async function readKeyList(
  source: string,
  storage: Storage,
  stdin: NodeJS.ReadableStream,
  options: RequestOptions & { readonly signal: AbortSignal },
): Promise<ListedKey[]> {
  const lines = source.startsWith(R2_SCHEME)
    ? await linesInBucket(keyIn(source), storage, options)
    : await readFileList(source, stdin, options.signal);
  const keys = new Map<string, ListedKey>();
  for (const [index, line] of lines.entries()) {
    const listed = keyOfLine(line);
    const problem = keyProblem(listed.key);
    if (problem)
      throw new SettingsError([`key ${index + 1} of the list, "${listed.key}", ${problem}`]);
    keys.set(listed.key, listed);
  }
  return [...keys.values()];
}

/** The keys with their sizes if all have one; otherwise undefined. */
export function sizedKeys(keys: readonly ListedKey[]): readonly SizedKey[] | undefined {
  const sized = keys.filter((one): one is SizedKey => one.bytes !== undefined);
  return sized.length === keys.length && sized.length > 0 ? sized : undefined;
}

function keyOfLine(line: string): ListedKey {
  const [, key = line, bytes] = /^(.*)\t(\d{1,15})$/s.exec(line) ?? [];
  return { key: keyIn(key), bytes: bytes === undefined ? undefined : Number(bytes) };
}

async function linesInBucket(
  key: string,
  storage: Storage,
  options: RequestOptions,
): Promise<string[]> {
  const list = await getSmallObject(storage, key, MOST_BYTES, options);
  if (!list)
    throw new StorageError(
      'OBJECT_NOT_FOUND',
      `There is no list ${R2_SCHEME}${key} in the bucket "${storage.bucket}". Check the key and R2_BUCKET.`,
    );
  const name = `The list ${R2_SCHEME}${key}`;
  return namesIn(linesOfList(list.bytes, name), name);
}
