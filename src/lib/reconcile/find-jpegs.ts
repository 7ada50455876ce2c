import { inParallel } from '../in-parallel.ts';
import { outputKeys } from '../keys.ts';
import { isMadeOf } from '../outputs/bucket/provenance.ts';
import type { Storage } from '../storage/client.ts';
import type { ListedObject } from '../storage/list-objects.ts';
import { headObject, type ObjectInfo, type RequestOptions } from '../storage/objects.ts';

/** A TIFF and the JPEG made from it by `run` or `batch`, whatever bytes the TIFF had then. */
export interface TiffWithJpeg extends ListedObject {
  readonly jpeg: ObjectInfo | undefined;
}

/** Requests at once: each takes about 50 ms and hardly any bytes. */
export const REQUESTS_AT_ONCE = 16;

/** The JPEG made from a TIFF, under the first of its keys that has one. Throws `StorageError`. */
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

/** Finds the JPEGs of TIFFs among the keys of a listing. Throws `StorageError`. */
export function findJpegs(
  storage: Storage,
  tiffs: readonly ListedObject[],
  listed: ReadonlySet<string>,
  options: RequestOptions,
): Promise<TiffWithJpeg[]> {
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
