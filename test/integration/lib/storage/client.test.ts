import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeStorage, openStorage, r2Endpoint } from '../../../../src/lib/storage/client.ts';
import { uploadFile } from '../../../../src/lib/storage/upload.ts';
import { readTaskSettings } from '../../../../src/lib/task/settings.ts';
import { startFaultServer } from '../../../support/fault-server.ts';
import { makeFolder, type TestFolder } from '../../../support/folder.ts';

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

const environment = {
  TASK_ID: 't',
  BATCH_ID: 'b',
  INPUT_R2_KEY: 'k.tif',
  R2_ACCOUNT_ID: '5a4db0c5',
  R2_ACCESS_KEY_ID: 'id',
  R2_SECRET_ACCESS_KEY: 'secret',
  R2_BUCKET: 'arke-staging',
  CALLBACK_URL: 'https://example.com/callback/b/t',
};

const endpointOf = (env: Record<string, string>) => {
  const read = readTaskSettings({ ...environment, ...env });
  return read.ok ? read.settings.storage.endpoint : read.error.message;
};

describe('the endpoint', () => {
  it('is the contract’s, from the account', () => {
    expect(endpointOf({})).toBe('https://5a4db0c5.r2.cloudflarestorage.com');
  });

  it.each(['eu', 'fedramp'] as const)(
    'is the jurisdiction’s, if there is one: %s',
    (jurisdiction) => {
      const endpoint = `https://5a4db0c5.${jurisdiction}.r2.cloudflarestorage.com`;
      expect(r2Endpoint('5a4db0c5', jurisdiction)).toBe(endpoint);
      expect(endpointOf({ R2_JURISDICTION: jurisdiction })).toBe(endpoint);
    },
  );

  it('is R2_ENDPOINT where that is set', () => {
    expect(endpointOf({ R2_ENDPOINT: 'http://127.0.0.1:8787/r2' })).toBe(
      'http://127.0.0.1:8787/r2',
    );
  });
});

describe('a request', () => {
  it('is as R2 needs it: region auto, no checksum trailer, no Expect, an MD5 for what is sent', async () => {
    await using server = await startFaultServer('http://127.0.0.1:1', () => ({
      status: 200,
      headers: { etag: `"${createHash('md5').update(Buffer.alloc(3_000_000)).digest('hex')}"` },
    }));
    const credentials = { accessKeyId: 'id', secretAccessKey: 'secret' };
    const storage = await openStorage({ endpoint: server.url, bucket: 'b', ...credentials });
    const path = await folder.write('large.bin', Buffer.alloc(3_000_000));
    await uploadFile(storage, {
      path,
      key: 'k',
      contentType: 'image/jpeg',
      condition: { kind: 'absent' },
    });
    closeStorage(storage);
    const [{ method, headers } = { method: '', headers: {} }] = server.seen;
    expect(method).toBe('PUT');
    expect(headers).toMatchObject({
      authorization: expect.stringContaining('/auto/s3/aws4_request'),
      'content-length': '3000000',
      'content-md5': expect.stringMatching(/^[\w+/]{22}==$/),
      'content-type': 'image/jpeg',
      'if-none-match': '*',
    });
    const names = Object.keys(headers).join(' ');
    expect(names).not.toMatch(/expect|x-amz-checksum|x-amz-trailer|content-encoding/);
  });
});
