import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type S3Credentials,
  type Sandbox,
  startSandbox,
} from '../../../../src/dev/sandbox/sandbox.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});

afterAll(() => sandbox.stop());

function s3(credentials: S3Credentials = sandbox.credentials) {
  return new S3Client({
    region: 'auto',
    endpoint: sandbox.endpoint,
    forcePathStyle: true,
    credentials,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 1,
  });
}

/** Status and XML code of a refused request. */
async function refusal(request: Promise<unknown>) {
  const error = await request.then(
    () => expect.fail('was not refused'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(S3ServiceException);
  const { $metadata, name } = error as S3ServiceException;
  return [$metadata.httpStatusCode, name];
}

const get = (key: string, client = s3(), bucket = sandbox.bucket) =>
  client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));

describe('the bucket', () => {
  test('gives back what was put, byte by byte', async () => {
    const bytes = new Uint8Array(randomBytes(3_000_000));
    await sandbox.putObject('staging/ü b.tif', bytes, {
      contentType: 'image/tiff',
      metadata: { from: 'here' },
    });
    const stored = await sandbox.getObject('staging/ü b.tif');
    expect(Buffer.compare(stored?.bytes ?? Buffer.alloc(0), bytes)).toBe(0);
    expect(stored).toMatchObject({
      size: bytes.length,
      etag: expect.stringMatching(/^[0-9a-f]{32}$/),
      contentType: 'image/tiff',
      metadata: { from: 'here' },
    });
  });

  test('takes an empty object', async () => {
    await sandbox.putObject('empty', new Uint8Array());
    expect(await sandbox.getObject('empty')).toMatchObject({ size: 0, metadata: {} });
  });

  test('lists by prefix and deletes', async () => {
    for (const key of ['list/b', 'list/a', 'other']) await sandbox.putObject(key, Buffer.from(key));
    expect(await sandbox.listKeys('list/')).toEqual(['list/a', 'list/b']);
    await sandbox.deleteObject('list/a');
    await sandbox.deleteObject('list/a');
    expect(await sandbox.listKeys('list/')).toEqual(['list/b']);
    expect(await sandbox.getObject('list/a')).toBeNull();
  });
});

describe('the S3 endpoint', () => {
  test('serves and stores with the right credentials', async () => {
    const put = new PutObjectCommand({
      Bucket: sandbox.bucket,
      Key: 's3/a.jpg',
      Body: 'picture',
      ContentType: 'image/jpeg',
      Metadata: { task: 't1' },
    });
    await s3().send(put);
    expect(await (await get('s3/a.jpg')).Body?.transformToString()).toBe('picture');
    expect(await sandbox.getObject('s3/a.jpg')).toMatchObject({
      contentType: 'image/jpeg',
      metadata: { task: 't1' },
    });
  });

  test('refuses a wrong secret, an unknown key id and another bucket', async () => {
    const { accessKeyId, secretAccessKey } = sandbox.credentials;
    const wrongSecret = s3({ accessKeyId, secretAccessKey: 'f'.repeat(64) });
    const unknownId = s3({ accessKeyId: 'f'.repeat(32), secretAccessKey });
    expect(await refusal(get('a', wrongSecret))).toEqual([403, 'SignatureDoesNotMatch']);
    expect(await refusal(get('a', unknownId))).toEqual([401, 'Unauthorized']);
    expect(await refusal(get('a', s3(), sandbox.foreignBucket))).toEqual([401, 'Unauthorized']);
  });

  test('distinguishes a missing bucket from a missing key, except for HEAD', async () => {
    expect(await refusal(get('a', s3(), 'no-such-bucket'))).toEqual([404, 'NoSuchBucket']);
    expect(await refusal(get('no/such/key'))).toEqual([404, 'NoSuchKey']);
    const head = new HeadObjectCommand({ Bucket: sandbox.bucket, Key: 'no/such/key' });
    expect(await refusal(s3().send(head))).toEqual([404, 'NotFound']);
  });

  test('honours conditions and checksums of a PUT', async () => {
    await sandbox.putObject('conditional', Buffer.from('old'));
    const put = (more: object) =>
      s3().send(
        new PutObjectCommand({ Bucket: sandbox.bucket, Key: 'conditional', Body: 'new', ...more }),
      );
    const etag = `"${'0'.repeat(32)}"`;
    expect(await refusal(put({ IfNoneMatch: '*' }))).toEqual([412, 'PreconditionFailed']);
    expect(await refusal(put({ IfMatch: etag }))).toEqual([412, 'PreconditionFailed']);
    const md5 = Buffer.alloc(16).toString('base64');
    expect(await refusal(put({ ContentMD5: md5 }))).toEqual([400, 'BadDigest']);
    expect(Buffer.from((await sandbox.getObject('conditional'))?.bytes ?? []).toString()).toBe(
      'old',
    );
  });
});

test('the environment has the eight variables of the contract and the endpoint', () => {
  expect(sandbox.environment('b1', 't1', 'staging/b1/a.tif')).toEqual({
    TASK_ID: 't1',
    BATCH_ID: 'b1',
    INPUT_R2_KEY: 'staging/b1/a.tif',
    R2_ACCOUNT_ID: expect.stringMatching(/^[0-9a-f]{32}$/),
    R2_ACCESS_KEY_ID: sandbox.credentials.accessKeyId,
    R2_SECRET_ACCESS_KEY: sandbox.credentials.secretAccessKey,
    R2_BUCKET: 'arke-staging',
    R2_ENDPOINT: sandbox.endpoint,
    CALLBACK_URL: `${sandbox.url}/callback/b1/t1`,
  });
});

test('objects and callbacks survive in a folder of their own', async () => {
  const persistTo = await mkdtemp(join(tmpdir(), 'arke-tiff-sandbox-test-'));
  try {
    const first = await startSandbox({ bucket: 'kept', persistTo });
    await first.putObject('a', Buffer.from('b'));
    await fetch(first.callbackUrl('b1', 't1'), { method: 'POST', body: 'kept' });
    await first.stop();
    const second = await startSandbox({ bucket: 'kept', persistTo });
    const kept = [await second.listKeys(), (await second.callbacks('b1', 't1'))[0]?.body];
    await second.stop();
    expect(kept).toEqual([['a'], 'kept']);
  } finally {
    await rm(persistTo, { recursive: true, force: true });
  }
});
