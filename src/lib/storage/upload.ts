import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { FileError, messageOf, StorageError } from '../errors.ts';
import type { Storage } from './client.ts';
import { abortable, attemptRequest, headObject, type RequestOptions } from './objects.ts';

/** What must be true of the object under the key for an upload to replace it. */
export type PutCondition =
  /** Nothing is there. */
  | { readonly kind: 'absent' }
  /** It is still the version that was looked at. */
  | { readonly kind: 'unchanged'; readonly etag: string };

/** What is uploaded, and what goes with it. */
export interface Upload {
  readonly path: string;
  readonly key: string;
  readonly contentType: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly condition: PutCondition;
}

/** What arrived in R2. */
export interface Uploaded {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly etag: string;
}

/**
 * Uploads a file in one request, with its MD5, under a condition: nothing is ever overwritten that
 * was not looked at. Throws `StorageError` (`PRECONDITION_FAILED` when the condition does not hold)
 * or `FileError`.
 */
export async function uploadFile(
  storage: Storage,
  upload: Upload,
  options: RequestOptions = {},
): Promise<Uploaded> {
  const { md5, size } = await digest(upload.path);
  const request = { storage, key: upload.key, action: 'write' } as const;
  let attempts = 0;
  try {
    const etag = await attemptRequest(request, options, (number) => {
      attempts = number;
      return put(storage, upload, { md5, size }, options.signal);
    });
    return { key: upload.key, size, etag };
  } catch (error) {
    // An attempt whose answer was lost may have arrived: then its own object fails the condition.
    if (attempts < 2 || !(error instanceof StorageError) || error.code !== 'PRECONDITION_FAILED')
      throw error;
    const there = await headObject(storage, upload.key, options);
    if (there?.etag !== `"${md5.toString('hex')}"`) throw error;
    return { key: upload.key, size, etag: there.etag };
  }
}

async function put(
  storage: Storage,
  upload: Upload,
  { md5, size }: { md5: Buffer; size: number },
  signal: AbortSignal | undefined,
): Promise<string> {
  const { PutObjectCommand } = await import('@aws-sdk/client-s3');
  const body = createReadStream(upload.path);
  try {
    const command = new PutObjectCommand({
      Bucket: storage.bucket,
      Key: upload.key,
      Body: body,
      ContentLength: size,
      ContentMD5: md5.toString('base64'),
      ContentType: upload.contentType,
      Metadata: { ...upload.metadata },
      ...(upload.condition.kind === 'absent'
        ? { IfNoneMatch: '*' }
        : { IfMatch: upload.condition.etag }),
    });
    return (await storage.client.send(command, abortable(signal))).ETag ?? '';
  } finally {
    body.destroy();
  }
}

async function digest(path: string): Promise<{ md5: Buffer; size: number }> {
  const hash = createHash('md5');
  try {
    await pipeline(createReadStream(path), hash);
    return { md5: hash.digest(), size: (await stat(path)).size };
  } catch (error) {
    throw new FileError(`Could not read ${path}: ${messageOf(error)}. Check the path.`, {
      cause: error,
    });
  }
}
