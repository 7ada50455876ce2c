import { createHash } from 'node:crypto';
import { addAbortSignal, type Readable } from 'node:stream';
import { StorageError } from '../errors.ts';
import { mismatch } from './arrived.ts';
import type { Storage } from './client.ts';
import { attemptRequest, type ObjectInfo, type RequestOptions, toObjectInfo } from './objects.ts';
import { type OwnPut, putOwn } from './put-own.ts';
import type { PutCondition, Uploaded } from './upload-request.ts';

/** A text object small enough for memory. */
export interface SmallObject {
  readonly key: string;
  readonly text: string;
  readonly contentType: string;
  readonly condition: PutCondition;
}

/**
 * Stores a text under a condition, with its MD5. An attempt whose answer was lost is recognised by
 * its ETag, so texts of different writers must differ. Throws `StorageError` (`PRECONDITION_FAILED`
 * if the condition does not hold).
 */
export async function putSmallObject(
  storage: Storage,
  { key, text, contentType, condition }: SmallObject,
  options: RequestOptions = {},
): Promise<Uploaded> {
  const { PutObjectCommand } = await import('./sdk.ts');
  const body = Buffer.from(text);
  const digest = createHash('md5').update(body).digest();
  const md5 = digest.toString('hex');
  const own = { key, size: body.length, etag: `"${md5}"`, md5: async () => md5 };
  const put: OwnPut = {
    storage,
    own,
    condition,
    repeatable: true,
    send: async ({ watch }, headers) => {
      const command = new PutObjectCommand({
        Bucket: storage.bucket,
        Key: key,
        Body: body,
        ContentMD5: digest.toString('base64'),
        ContentType: contentType,
        ...headers,
      });
      return (await storage.client.send(command, { abortSignal: watch.signal })).ETag;
    },
  };
  return putOwn(put, options);
}

/**
 * Reads a small object; undefined if there is none. Throws `StorageError`, also (`STORAGE_FAILED`)
 * if it has more than `maxBytes`: then it is something else, and is not read into memory.
 */
export async function getSmallObject(
  storage: Storage,
  key: string,
  maxBytes: number,
  options: RequestOptions = {},
): Promise<{ readonly info: ObjectInfo; readonly bytes: Buffer } | undefined> {
  const { GetObjectCommand } = await import('./sdk.ts');
  const command = new GetObjectCommand({ Bucket: storage.bucket, Key: key });
  const earlier: string[] = [];
  try {
    return await attemptRequest({ storage, key, action: 'read' }, options, async (attempt) => {
      const { watch, patience } = attempt;
      const output = await storage.client.send(command, { abortSignal: watch.signal });
      const body = output.Body as Readable;
      const info = toObjectInfo(key, output);
      if (info.size > maxBytes) {
        body.destroy();
        throw tooLarge(key, `${info.size}`, maxBytes);
      }
      addAbortSignal(watch.signal, body);
      watch.expect('further bytes', patience.stallMs);
      const bytes = await collect(body, info, maxBytes);
      const md5 = createHash('md5').update(bytes).digest('hex');
      const error = mismatch(storage, info, { md5, earlier }, options);
      earlier.push(md5);
      if (error) throw error;
      return { info: { ...info, size: bytes.length }, bytes };
    });
  } catch (error) {
    if (error instanceof StorageError && error.code === 'OBJECT_NOT_FOUND') return undefined;
    throw error;
  }
}

/**
 * Removes an object; a missing one is not an error. R2 has no condition here. Throws
 * `StorageError`.
 */
export async function deleteObject(
  storage: Storage,
  key: string,
  options: RequestOptions = {},
): Promise<void> {
  const { DeleteObjectCommand } = await import('./sdk.ts');
  const command = new DeleteObjectCommand({ Bucket: storage.bucket, Key: key });
  await attemptRequest({ storage, key, action: 'write' }, options, ({ watch }) =>
    storage.client.send(command, { abortSignal: watch.signal }),
  );
}

/** The whole body, whose length may be unknown. */
async function collect(body: Readable, { key }: ObjectInfo, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += (chunk as Buffer).length;
    // Leaving the loop destroys the stream.
    if (length > maxBytes) throw tooLarge(key, `more than ${maxBytes}`, maxBytes);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function tooLarge(key: string, bytes: string, maxBytes: number): StorageError {
  return new StorageError(
    'STORAGE_FAILED',
    `"${key}" has ${bytes} bytes, but at most ${maxBytes} were expected. Check what wrote it.`,
  );
}
