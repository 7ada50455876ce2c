import { createHash } from 'node:crypto';
import { inParallel } from '../in-parallel.ts';
import type { RetryPolicy } from '../retry.ts';
import type { Storage } from './client.ts';
import { digestFile, type FilePart, sendPart } from './file-parts.ts';
import { attemptRequest, headObject, type RequestOptions } from './objects.ts';
import { isOwn, type Own, onlyOnce, requireCondition } from './own-object.ts';
import { type OwnPut, putOwn } from './put-own.ts';
import type { Uploaded, UploadRequest } from './upload-request.ts';

/**
 * Bytes of a part unless told otherwise. R2 takes 5 MiB to 5 GiB, all but the last of equal length
 * (https://developers.cloudflare.com/r2/objects/multipart-objects/). A part is what an attempt that
 * breaks off has to send again; and 16 MiB outweigh the cost of a request each.
 */
export const PART_BYTES = 16 * 1024 * 1024;
/** R2's and S3's limit. */
const MAX_PARTS = 10_000;
/** Parts under way at once: two keep the line busy while R2 checks and stores one. */
const PARALLEL_PARTS = 2;

/** How long the parts of a file must be for R2 to take them, in bytes. */
export function partBytesFor(size: number, wanted = PART_BYTES): number {
  return Math.max(wanted, Math.ceil(size / MAX_PARTS));
}

/** The ETag that R2 gives an object of several parts: the MD5 of their MD5s, and their number. */
export function multipartEtag(parts: readonly FilePart[]): string {
  const hash = createHash('md5');
  for (const { md5 } of parts) hash.update(md5);
  return `"${hash.digest('hex')}-${parts.length}"`;
}

/** An upload in parts that R2 has given an id. */
interface Multipart {
  readonly storage: Storage;
  readonly upload: UploadRequest;
  readonly parts: readonly FilePart[];
  readonly own: Own;
  readonly uploadId: string;
}

/**
 * Uploads a file in parts, each with its MD5 and its own attempts. The condition is sent along with
 * the completion, as R2 documents it
 * (https://developers.cloudflare.com/r2/api/s3/conditional-operations/), and looked at by HEAD before
 * the first byte is sent and right before the completion: stores that do not know conditional
 * completions (the embedded R2 among them) would overwrite what appeared in between, and between HEAD
 * and completion they still can. Whatever fails, the upload is ended and its parts are gone; only one
 * whose beginning R2 did not confirm is left to R2, which removes it after seven days.
 * Throws `StorageError` or `FileError`.
 */
export async function uploadInParts(
  storage: Storage,
  upload: UploadRequest,
  parts: readonly FilePart[],
  options: RequestOptions,
): Promise<Uploaded> {
  const { key, condition } = upload;
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  const whole = () => digestFile(upload.path, (bytes) => bytes, options.signal);
  const md5 = async () => (await whole()).parts[0]?.md5.toString('hex') ?? '';
  const own = { key, size, etag: multipartEtag(parts), md5 };
  requireCondition(await headObject(storage, key, options), key, condition);
  const uploadId = await begin(storage, upload, options);
  const multipart = { storage, upload, parts, own, uploadId };
  try {
    const etags = await inParallel(
      parts,
      (part, signal) => putPart(multipart, part, { ...options, signal }),
      { limit: PARALLEL_PARTS, signal: options.signal },
    );
    return await complete(multipart, etags, options);
  } catch (error) {
    await abandon(multipart);
    throw error;
  }
}

async function begin(
  storage: Storage,
  { key, contentType, metadata }: UploadRequest,
  options: RequestOptions,
): Promise<string> {
  const { CreateMultipartUploadCommand } = await import('./sdk.ts');
  const command = new CreateMultipartUploadCommand({
    Bucket: storage.bucket,
    Key: key,
    ContentType: contentType,
    Metadata: { ...metadata },
  });
  const output = await attemptRequest({ storage, key, action: 'write' }, options, ({ watch }) =>
    storage.client.send(command, { abortSignal: watch.signal }),
  );
  return output.UploadId ?? '';
}

async function putPart(
  { storage, upload, uploadId }: Multipart,
  part: FilePart,
  options: RequestOptions,
): Promise<string | undefined> {
  const { UploadPartCommand } = await import('./sdk.ts');
  const { key, path } = upload;
  return attemptRequest({ storage, key, action: 'write' }, options, (attempt) =>
    sendPart(path, part, attempt, async (body) => {
      const command = new UploadPartCommand({
        Bucket: storage.bucket,
        Key: key,
        UploadId: uploadId,
        PartNumber: part.number,
        Body: body,
        ContentLength: part.length,
        ContentMD5: part.md5.toString('base64'),
      });
      return (await storage.client.send(command, { abortSignal: attempt.watch.signal })).ETag;
    }),
  );
}

/** Makes the parts an object under the condition. */
async function complete(
  { storage, upload, parts, own, uploadId }: Multipart,
  etags: readonly (string | undefined)[],
  options: RequestOptions,
): Promise<Uploaded> {
  const { CompleteMultipartUploadCommand } = await import('./sdk.ts');
  const { key, condition } = upload;
  const put: OwnPut = {
    storage,
    own,
    condition,
    repeatable: false,
    send: async ({ number, watch, patience }, headers) => {
      watch.rest();
      const there = await headObject(storage, key, onlyOnce(options));
      // An attempt before this one has arrived, and its answer was lost.
      if (number > 1 && there && (await isOwn(storage, there, own, onlyOnce(options))))
        return there.etag;
      requireCondition(there, key, condition);
      watch.expect('answer', patience.headersMs);
      const command = new CompleteMultipartUploadCommand({
        Bucket: storage.bucket,
        Key: key,
        UploadId: uploadId,
        MultipartUpload: {
          Parts: parts.map(({ number }, i) => ({ PartNumber: number, ETag: etags[i] })),
        },
        ...headers,
      });
      const { ETag } = await storage.client.send(command, { abortSignal: watch.signal });
      return ETag ?? (await headObject(storage, key, onlyOnce(options)))?.etag;
    },
  };
  return putOwn(put, options);
}

/**
 * How long ending a failed upload may take, in milliseconds: a task that was told to stop has some
 * seconds to leave, and most of them belong to its callback.
 */
const ABANDON_MS = 1_500;
const ABANDON_RETRY: RetryPolicy = { attempts: 3, baseDelayMs: 100, maxDelayMs: 400 };

/** Ends an upload and frees its parts, as well as it can: the error that led here is the one to tell. */
async function abandon({ storage, upload, uploadId }: Multipart): Promise<void> {
  const { AbortMultipartUploadCommand } = await import('./sdk.ts');
  const { key } = upload;
  const command = new AbortMultipartUploadCommand({
    Bucket: storage.bucket,
    Key: key,
    UploadId: uploadId,
  });
  // Not the caller's signal: that it has aborted may be the reason for this.
  const options = { policy: ABANDON_RETRY, signal: AbortSignal.timeout(ABANDON_MS) };
  await attemptRequest({ storage, key, action: 'write' }, options, ({ watch }) =>
    storage.client.send(command, { abortSignal: watch.signal }),
  ).catch(() => {});
}
