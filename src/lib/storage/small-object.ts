import { createHash } from 'node:crypto';
import { addAbortSignal, type Readable } from 'node:stream';
import { StorageError } from '../errors.ts';
import type { Storage } from './client.ts';
import { arrivedDamaged } from './errors.ts';
import { md5OfEtag } from './etags.ts';
import { attemptRequest, type ObjectInfo, type RequestOptions, toObjectInfo } from './objects.ts';
import { type OwnPut, putOwn } from './put-own.ts';
import type { PutCondition, Uploaded } from './upload-request.ts';

/** An object that is small enough to be held in memory, and is text. */
export interface SmallObject {
  readonly key: string;
  readonly text: string;
  readonly contentType: string;
  readonly condition: PutCondition;
}

/**
 * Stores a text under a condition, with its MD5. An attempt whose answer was lost and whose object is there
 * is recognised by its ETag: texts that must tell two writers apart have to differ. Throws `StorageError`
 * (`PRECONDITION_FAILED` when the condition does not hold).
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
    ...{ storage, own, condition, repeatable: true },
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
 * Reads a small object whole; undefined when there is none. Throws `StorageError`, also (`STORAGE_FAILED`)
 * when it has more than `maxBytes`: then it is not what it should be, and is not taken into memory.
 */
export async function getSmallObject(
  storage: Storage,
  key: string,
  maxBytes: number,
  options: RequestOptions = {},
): Promise<{ readonly info: ObjectInfo; readonly bytes: Buffer } | undefined> {
  const { GetObjectCommand } = await import('./sdk.ts');
  const command = new GetObjectCommand({ Bucket: storage.bucket, Key: key });
  let came: string | undefined;
  try {
    return await attemptRequest({ storage, key, action: 'read' }, options, async (attempt) => {
      const { watch, patience } = attempt;
      const output = await storage.client.send(command, { abortSignal: watch.signal });
      const body = output.Body as Readable;
      const info = toObjectInfo(key, output);
      if (info.size > maxBytes) {
        body.destroy();
        throw tooLarge(info, maxBytes);
      }
      addAbortSignal(watch.signal, body);
      watch.expect('further bytes', patience.stallMs);
      const chunks: Buffer[] = [];
      for await (const chunk of body) chunks.push(chunk as Buffer);
      const bytes = Buffer.concat(chunks);
      const md5 = createHash('md5').update(bytes).digest('hex');
      const [before, wanted] = [came, storage.etags.areMd5 ? md5OfEtag(info.etag) : undefined];
      came = md5;
      // Twice the same: then its ETag is no MD5.
      if (wanted !== undefined && md5 !== wanted && md5 !== before) throw arrivedDamaged(info, md5);
      return { info, bytes };
    });
  } catch (error) {
    if (error instanceof StorageError && error.code === 'OBJECT_NOT_FOUND') return undefined;
    throw error;
  }
}

/** Removes an object; it is no error when there is none. R2 knows no condition here. Throws `StorageError`. */
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

function tooLarge({ key, size }: ObjectInfo, maxBytes: number): StorageError {
  return new StorageError(
    'STORAGE_FAILED',
    `"${key}" has ${size} bytes, and at most ${maxBytes} were expected. Look at who put it there.`,
  );
}
