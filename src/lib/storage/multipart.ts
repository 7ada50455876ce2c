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
 * Default size of a part. R2 accepts 5 MiB to 5 GiB, all but the last of equal length
 * (https://developers.cloudflare.com/r2/objects/multipart-objects/). A broken attempt repeats one
 * part; and 16 MiB outweigh the cost of a request.
 */
export const PART_BYTES = 16 * 1024 * 1024;
/** R2's and S3's limit. */
const MAX_PARTS = 10_000;
/** Parts uploaded at once: two keep the line busy while R2 checks and stores one. */
const PARALLEL_PARTS = 2;

/** The part size for a file of this size, in bytes. */
export function partBytesFor(size: number, wanted = PART_BYTES): number {
  return Math.max(wanted, Math.ceil(size / MAX_PARTS));
}

/** R2's ETag of a multipart object: the MD5 of the parts' MD5s, and their number. */
export function multipartEtag(parts: readonly FilePart[]): string {
  const hash = createHash('md5');
  for (const { md5 } of parts) hash.update(md5);
  return `"${hash.digest('hex')}-${parts.length}"`;
}

/** A multipart upload with its id. */
interface Multipart {
  readonly storage: Storage;
  readonly upload: UploadRequest;
  readonly parts: readonly FilePart[];
  readonly own: Own;
  readonly uploadId: string;
}

/**
 * Uploads a file in parts, each with its MD5 and its own attempts. The condition is sent with the
 * completion, as R2 documents it
 * (https://developers.cloudflare.com/r2/api/s3/conditional-operations/), and checked by HEAD before
 * the first byte and just before the completion: stores without conditional completions (including
 * the embedded R2) would overwrite an object that appeared in between, and between HEAD and
 * completion they still can. On any failure the upload is aborted and its parts are deleted; only
 * one whose start R2 did not confirm is left to R2, which removes it after seven days. Throws
 * `StorageError` or `FileError`.
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

/** Completes the upload under the condition. */
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
      // An earlier attempt arrived, and its answer was lost.
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
 * How long aborting a failed upload may take, in milliseconds: a stopped task has a few seconds,
 * and most of them belong to its callback.
 */
const ABANDON_MS = 1_500;
const ABANDON_RETRY: RetryPolicy = { attempts: 3, baseDelayMs: 100, maxDelayMs: 400 };

/**
 * Aborts an upload and frees its parts, if possible: the error that led here is the one to report.
 */
async function abandon({ storage, upload, uploadId }: Multipart): Promise<void> {
  const { AbortMultipartUploadCommand } = await import('./sdk.ts');
  const { key } = upload;
  const command = new AbortMultipartUploadCommand({
    Bucket: storage.bucket,
    Key: key,
    UploadId: uploadId,
  });
  // Not the caller's signal, whose abort may be the reason for this.
  const options = { policy: ABANDON_RETRY, signal: AbortSignal.timeout(ABANDON_MS) };
  await attemptRequest({ storage, key, action: 'write' }, options, ({ watch }) =>
    storage.client.send(command, { abortSignal: watch.signal }),
  ).catch(() => {});
}
