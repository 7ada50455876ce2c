import type { Readable } from 'node:stream';
import { StorageError } from '../errors.ts';
import { isTiffSignature, TIFF_SIGNATURE_LENGTH } from '../tiff-signature.ts';
import { type Storage, variableNames } from './client.ts';
import { isWeakEtag } from './etags.ts';
import { attemptRequest, headObject, type ObjectInfo, type RequestOptions } from './objects.ts';
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
  object: ObjectInfo,
  options: RequestOptions,
): Promise<boolean> {
  if (/\.tiff?$/i.test(object.key) || /^image\/tiff\b/i.test(object.contentType ?? '')) return true;
  return (
    object.size >= TIFF_SIGNATURE_LENGTH &&
    isTiffSignature(await firstBytes(storage, object, options))
  );
}

async function firstBytes(
  storage: Storage,
  object: ObjectInfo,
  options: RequestOptions,
): Promise<Uint8Array> {
  const { GetObjectCommand } = await import('./sdk.ts');
  const request = { storage, key: object.key, action: 'read' } as const;
  return attemptRequest(request, options, async ({ watch }) => {
    const command = new GetObjectCommand({
      Bucket: storage.bucket,
      Key: object.key,
      IfMatch: isWeakEtag(object.etag) ? undefined : object.etag,
      Range: `bytes=0-${TIFF_SIGNATURE_LENGTH - 1}`,
    });
    const { Body } = await storage.client.send(command, { abortSignal: watch.signal });
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of Body as Readable) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      // A server without ranges sends everything; leaving the loop destroys the stream.
      if (length >= TIFF_SIGNATURE_LENGTH) break;
    }
    return Buffer.concat(chunks);
  });
}
