import { inParallel } from '../in-parallel.ts';
import { outputKeys } from '../keys.ts';
import type { Storage } from '../storage/client.ts';
import type { ListedObject } from '../storage/list-objects.ts';
import { headObject, type ObjectInfo, type RequestOptions } from '../storage/objects.ts';
import { isMadeOf } from '../task/provenance.ts';

/** A TIFF, and the JPEG that was made of it by `run` or `batch`, whatever bytes the TIFF had then. */
export interface FoundTiff extends ListedObject {
  readonly jpeg: ObjectInfo | undefined;
}

/** Requests under way at once: each is some 50 ms and hardly any bytes. */
export const REQUESTS_AT_ONCE = 16;

/** The JPEG that was made of a TIFF, under the first of its keys that has one. Throws `StorageError`. */
export async function findJpeg(
  storage: Storage,
  tiffKey: string,
  options: RequestOptions,
  isThere: (key: string) => boolean = () => true,
): Promise<ObjectInfo | undefined> {
  for (const key of outputKeys(tiffKey).filter(isThere)) {
    const object = await headObject(storage, key, options);
    if (object && object.size > 0 && isMadeOf(object, tiffKey)) return object;
  }
  return undefined;
}

/** Looks for the JPEGs of TIFFs among the keys that a listing has. Throws `StorageError`. */
export function findJpegs(
  storage: Storage,
  tiffs: readonly ListedObject[],
  listed: ReadonlySet<string>,
  options: RequestOptions,
): Promise<FoundTiff[]> {
  return inParallel(
    tiffs,
    async (tiff, signal) => {
      const isThere = (key: string) => listed.has(key);
      const jpeg = await findJpeg(storage, tiff.key, { ...options, signal }, isThere);
      return { ...tiff, jpeg };
    },
    { limit: REQUESTS_AT_ONCE, signal: options.signal },
  );
}
