import { naturalOrder } from '../collection/inputs/natural-order.ts';
import { createPathFilter, type PathFilter } from '../collection/inputs/path-filter.ts';
import { StorageError } from '../errors.ts';
import { inParallel } from '../in-parallel.ts';
import { hasTiffEnding } from '../jpeg-name.ts';
import type { Storage } from '../storage/client.ts';
import { freeKeys, type IsFree, type ListedObject, listObjects } from '../storage/list-objects.ts';
import { headObject, type RequestOptions } from '../storage/objects.ts';
import { type ListedKey, sizedKeys } from './key-list.ts';
import { balancedShards, type Shard, shardOf } from './shards.ts';

/** Selects TIFFs of a bucket: at least a prefix or keys. */
export interface TiffRequest {
  /** The beginning of their keys: text, not a folder. Empty for all. */
  readonly prefix?: string | undefined;
  /** Only these, whatever they are called. Without a prefix nothing is listed. */
  readonly keys?: readonly ListedKey[] | undefined;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Only this share of them. */
  readonly shard?: Shard | undefined;
}

/** TIFFs of a bucket, and what their list shows besides. */
export interface FoundTiffs {
  /** In natural order. An object that a list of keys names and the bucket lacks has no ETag. */
  readonly tiffs: readonly ListedObject[];
  /** Missing if nothing was listed. */
  readonly isFree?: IsFree;
  /** How many there are in all shards. */
  readonly total: number;
}

/**
 * Lists the TIFFs under a prefix, in natural order. The name decides what is a TIFF: checking the
 * content would mean reading every object. Patterns match as they do for files: the last part of a
 * key, the part below the prefix's last slash, or the whole key; an excluded folder excludes
 * everything in it. A shard may have none.
 *
 * Throws `StorageError` (`OBJECT_NOT_FOUND` if there is none in any shard), and `SettingsError` for
 * an empty pattern.
 */
export async function findTiffs(
  storage: Storage,
  { prefix, keys, include, exclude, shard }: TiffRequest,
  options: RequestOptions,
): Promise<FoundTiffs> {
  const filter = createPathFilter(include, exclude);
  const folder = prefix?.slice(0, prefix.lastIndexOf('/') + 1) ?? '';
  const choose = (all: readonly string[]) => {
    const taken = all.filter((key) => takes(filter, folder, key));
    if (taken.length === 0) throw nothingThere(storage, prefix, all.length);
    const inOrder = naturalOrder();
    return { total: taken.length, keys: ownShare(taken, keys, shard).sort(inOrder) };
  };
  if (prefix === undefined) {
    const { total, keys: own } = choose(keys?.map(({ key }) => key) ?? []);
    return { tiffs: await lookUp(storage, own, options), total };
  }
  const listed = await listObjects(storage, prefix, options);
  const byKey = new Map(listed.map((object) => [object.key, object]));
  const named = keys?.map(({ key }) => key).filter((key) => key.startsWith(prefix));
  const { total, keys: own } = choose(named ?? [...byKey.keys()].filter(hasTiffEnding));
  const tiffs = own.map((key) => byKey.get(key) ?? missing(key));
  return { tiffs, isFree: freeKeys(prefix, listed), total };
}

/** How many objects are looked up at once. */
const LOOKED_UP_AT_ONCE = 16;

function lookUp(
  storage: Storage,
  keys: readonly string[],
  { signal, ...options }: RequestOptions,
): Promise<ListedObject[]> {
  return inParallel(
    keys,
    async (key, stopped) =>
      (await headObject(storage, key, { ...options, signal: stopped })) ?? missing(key),
    { limit: LOOKED_UP_AT_ONCE, signal },
  );
}

/** Fails when its turn comes, as one that is deleted after it was listed. */
function missing(key: string): ListedObject {
  return { key, size: 0, etag: '' };
}

/** Balanced by bytes only if the list has sizes: those in R2 may change from process to process. */
function ownShare(
  keys: readonly string[],
  listed: readonly ListedKey[] | undefined,
  shard: Shard | undefined,
): string[] {
  if (!shard) return [...keys];
  const sized = sizedKeys(listed ?? []);
  const { index, count } = shard;
  const indexOf = sized ? balancedShards(sized, count) : (key: string) => shardOf(key, count);
  return keys.filter((key) => indexOf(key) === index);
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

function nothingThere(
  { bucket }: Storage,
  prefix: string | undefined,
  leftOut: number,
): StorageError {
  const inBucket = `${prefix ? `under "${prefix}" ` : ''}in the bucket "${bucket}"`;
  const where = prefix === undefined ? 'of the list' : inBucket;
  const left = leftOut === 1 ? 'the one TIFF' : `all ${leftOut} TIFFs`;
  return new StorageError(
    'OBJECT_NOT_FOUND',
    leftOut > 0
      ? `--include and --exclude skip ${left} ${where}. Check the patterns.`
      : `There is no .tif or .tiff ${where}. Check the prefix and R2_BUCKET.`,
  );
}
