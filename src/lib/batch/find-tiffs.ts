import { naturalOrder } from '../collection/inputs/natural-order.ts';
import { createPathFilter, type PathFilter } from '../collection/inputs/path-filter.ts';
import { StorageError } from '../errors.ts';
import { hasTiffEnding } from '../jpeg-name.ts';
import type { Storage } from '../storage/client.ts';
import { freeKeys, type IsFree, type ListedObject, listObjects } from '../storage/list-objects.ts';
import type { RequestOptions } from '../storage/objects.ts';

/** Selects TIFFs of a bucket. */
export interface TiffRequest {
  /** The beginning of their keys: text, not a folder. Empty for all. */
  readonly prefix: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** TIFFs of a bucket, and what their list shows besides. */
export interface FoundTiffs {
  /** In natural order. */
  readonly tiffs: readonly ListedObject[];
  readonly isFree: IsFree;
}

/**
 * Lists the TIFFs under a prefix, in natural order. The name decides what is a TIFF: checking the
 * content would mean reading every object. Patterns match as they do for files: the last part of a
 * key, the part below the prefix's last slash, or the whole key; an excluded folder excludes
 * everything in it.
 *
 * Throws `StorageError` (`OBJECT_NOT_FOUND` if there is none), and `SettingsError` for an empty
 * pattern.
 */
export async function findTiffs(
  storage: Storage,
  { prefix, include, exclude }: TiffRequest,
  options: RequestOptions,
): Promise<FoundTiffs> {
  const filter = createPathFilter(include, exclude);
  const listed = await listObjects(storage, prefix, options);
  const tiffs = listed.filter(({ key }) => hasTiffEnding(key));
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const found = tiffs.filter(({ key }) => takes(filter, folder, key));
  if (found.length === 0) throw nothingThere(storage, prefix, tiffs.length);
  const inOrder = naturalOrder();
  found.sort((a, b) => inOrder(a.key, b.key));
  return { tiffs: found, isFree: freeKeys(prefix, listed) };
}

function takes(filter: PathFilter, folder: string, key: string): boolean {
  const name = key.slice(folder.length);
  const parts = name.split('/');
  const folders = parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('/'));
  return (
    filter.takes({ path: key, name }) &&
    folders.every((one) => filter.enters({ path: folder + one, name: one }))
  );
}

function nothingThere({ bucket }: Storage, prefix: string, leftOut: number): StorageError {
  const where = `under "${prefix}" in the bucket "${bucket}"`;
  const left = leftOut === 1 ? 'the one TIFF' : `all ${leftOut} TIFFs`;
  return new StorageError(
    'OBJECT_NOT_FOUND',
    leftOut > 0
      ? `--include and --exclude skip ${left} ${where}. Check the patterns.`
      : `There is no .tif or .tiff ${where}. Check the prefix and R2_BUCKET.`,
  );
}
