import { StorageError } from '../errors.ts';
import { lengthProblem } from '../keys.ts';
import { isUtf8Path } from '../path-bytes.ts';
import type { Storage } from './client.ts';
import { attemptRequest, type ObjectInfo, type RequestOptions } from './objects.ts';

/** An object in a listing. */
export type ListedObject = Pick<ObjectInfo, 'key' | 'size' | 'etag'>;

/**
 * Lists all objects whose keys begin with `prefix`, in byte order of their keys, a thousand per
 * request. Throws `StorageError`.
 */
export async function listObjects(
  storage: Storage,
  prefix: string,
  options: RequestOptions = {},
): Promise<ListedObject[]> {
  // Command line arguments may not be.
  if (!isUtf8Path(prefix))
    throw new StorageError(
      'INVALID_KEY',
      `The prefix "${prefix}" is not UTF-8, as every key in R2 must be. Give another prefix.`,
    );
  const long = lengthProblem(prefix);
  if (long) throw new StorageError('INVALID_KEY', `The prefix ${long}: no key in R2 is longer.`);
  const { ListObjectsV2Command } = await import('./sdk.ts');
  const request = { storage, key: prefix, action: 'list' } as const;
  const objects: ListedObject[] = [];
  let next: string | undefined;
  do {
    const command = new ListObjectsV2Command({
      Bucket: storage.bucket,
      Prefix: prefix,
      ContinuationToken: next,
      // XML cannot express some characters of keys.
      EncodingType: 'url',
    });
    const page = await attemptRequest(request, options, async ({ watch }) => {
      const answer = await storage.client.send(command, { abortSignal: watch.signal });
      const { IsTruncated, NextContinuationToken } = answer;
      if (IsTruncated === undefined)
        throw brokenList(prefix, 'does not say whether there are more');
      if (IsTruncated && !NextContinuationToken)
        throw brokenList(prefix, 'says that there are more, but not where');
      return answer;
    });
    const decode = page.EncodingType === 'url' ? decodeKey : (key: string) => key;
    for (const { Key, Size, ETag } of page.Contents ?? [])
      objects.push({ key: decode(Key ?? ''), size: Size ?? 0, etag: ETag ?? '' });
    next = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (next);
  return objects;
}

/** Whether a list shows that there is no object under a key; false for a key it does not cover. */
export type IsFree = (key: string) => boolean;

/** The free keys by a complete list of the objects under `prefix`. */
export function freeKeys(prefix: string, listed: readonly ListedObject[]): IsFree {
  const keys = new Set(listed.map(({ key }) => key));
  return (key) => key.startsWith(prefix) && !keys.has(key);
}

/** S3 encodes a space as `+` or `%20`, and a plus always as `%2B`. */
function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (cause) {
    throw new StorageError(
      'BROKEN_TRANSFER',
      `R2 lists an object whose key is not UTF-8: ${key}. It cannot be asked for; rename it or delete it.`,
      { cause },
    );
  }
}

function brokenList(prefix: string, how: string): StorageError {
  return new StorageError(
    'BROKEN_TRANSFER',
    `The list of objects${prefix === '' ? '' : ` under "${prefix}"`} breaks off: R2 ${how}. Try again.`,
    { retryable: true },
  );
}
