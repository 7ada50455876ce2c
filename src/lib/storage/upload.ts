import type { Storage } from './client.ts';
import { digestFile, type FilePart, sendPart } from './file-parts.ts';
import { partBytesFor, uploadInParts } from './multipart.ts';
import type { RequestOptions } from './objects.ts';
import { type OwnPut, putOwn } from './put-own.ts';
import type { PutCondition, Uploaded, UploadOptions, UploadRequest } from './upload-request.ts';

export type { PutCondition, Uploaded, UploadOptions };

/**
 * Larger files are uploaded in parts: a broken PUT starts again from its first byte, and up to 64
 * MiB that costs less than the requests around a multipart upload.
 */
export const MULTIPART_ABOVE = 64 * 1024 * 1024;

/**
 * Uploads a file with its MD5 under a condition, so that nothing is overwritten without being
 * examined. An attempt whose answer was lost is recognised by its ETag. Throws `StorageError`
 * (`PRECONDITION_FAILED` if the condition does not hold) or `FileError`.
 */
export async function uploadFile(
  storage: Storage,
  upload: UploadRequest,
  options: UploadOptions = {},
): Promise<Uploaded> {
  const { multipartAbove = MULTIPART_ABOVE, partBytes } = options;
  const inParts = (size: number) => size > multipartAbove;
  const { size, parts } = await digestFile(
    upload.path,
    (size) => (inParts(size) ? partBytesFor(size, partBytes) : size),
    options.signal,
  );
  const [whole] = parts;
  return whole && !inParts(size)
    ? uploadWhole(storage, upload, whole, options)
    : uploadInParts(storage, upload, parts, options);
}

async function uploadWhole(
  storage: Storage,
  upload: UploadRequest,
  whole: FilePart,
  options: RequestOptions,
): Promise<Uploaded> {
  const { key, condition, path, contentType, metadata } = upload;
  const { PutObjectCommand } = await import('./sdk.ts');
  const md5 = whole.md5.toString('hex');
  const own = { key, size: whole.length, etag: `"${md5}"`, md5: async () => md5 };
  const put: OwnPut = {
    storage,
    own,
    condition,
    repeatable: true,
    send: (attempt, headers) =>
      sendPart(path, whole, attempt, async (body) => {
        const command = new PutObjectCommand({
          Bucket: storage.bucket,
          Key: key,
          Body: body,
          ContentLength: whole.length,
          ContentMD5: whole.md5.toString('base64'),
          ContentType: contentType,
          Metadata: { ...metadata },
          ...headers,
        });
        return (await storage.client.send(command, { abortSignal: attempt.watch.signal })).ETag;
      }),
  };
  return putOwn(put, options);
}
