import { StorageError } from '../errors.ts';
import { isTiffSignature, TIFF_SIGNATURE_LENGTH } from '../tiff-signature.ts';
import { type Storage, variableNames } from './client.ts';
import { headObject, type ObjectInfo, type RequestOptions } from './objects.ts';
import { fetchBytes } from './segment.ts';
import type { PutCondition } from './upload-request.ts';

/**
 * The condition under which a forced upload (`upload --force`) may replace the object under a key.
 * Throws `StorageError` (`OBJECT_EXISTS`) if it is a TIFF, because originals are never overwritten.
 */
export async function conditionToReplace(
  storage: Storage,
  key: string,
  options: RequestOptions = {},
): Promise<PutCondition> {
  const existing = await headObject(storage, key, options);
  if (!existing) return { kind: 'absent' };
  if (!(await isTiffObject(storage, existing, options)))
    return { kind: 'unchanged', etag: existing.etag };
  throw new StorageError(
    'OBJECT_EXISTS',
    `"${key}" in the bucket "${storage.bucket}" is a TIFF, and originals are never overwritten. Choose another ${(storage.names ?? variableNames).key}.`,
  );
}

/** By name, type or first bytes: one is enough. */
async function isTiffObject(
  storage: Storage,
  info: ObjectInfo,
  options: RequestOptions,
): Promise<boolean> {
  if (/\.tiff?$/i.test(info.key) || /^image\/tiff\b/i.test(info.contentType ?? '')) return true;
  if (info.size < TIFF_SIGNATURE_LENGTH) return false;
  const range = { start: 0, end: TIFF_SIGNATURE_LENGTH };
  return isTiffSignature(await fetchBytes({ storage, info, range }, options));
}
