import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Storage } from '../../../../src/lib/storage/client.ts';
import {
  deleteObject,
  getSmallObject,
  putSmallObject,
} from '../../../../src/lib/storage/small-object.ts';
import { always, type FaultOf, method, once } from '../../../support/fault.ts';
import { startFaultServer } from '../../../support/fault-server.ts';
import { quickRetry, withStorage } from '../../../support/storage.ts';
import { useSandbox } from '../../../support/tasks.ts';

const sandbox = useSandbox();
const options = { policy: quickRetry };
const NONE: FaultOf = () => undefined;

async function behind<T>(faultOf: FaultOf, use: (storage: Storage) => Promise<T>): Promise<T> {
  await using server = await startFaultServer(sandbox.current.endpoint, faultOf);
  return await withStorage(sandbox.current, server.url, use);
}

const newKey = () => `small/${randomUUID()}.json`;
const put = (storage: Storage, key: string, text: string, etag?: string) =>
  putSmallObject(
    storage,
    {
      key,
      text,
      contentType: 'application/json',
      condition: etag === undefined ? { kind: 'absent' } : { kind: 'unchanged', etag },
    },
    options,
  );
const get = async (storage: Storage, key: string, maxBytes = 1_000) =>
  (await getSmallObject(storage, key, maxBytes, options))?.bytes.toString();

describe('a small object', () => {
  it('is stored and read as it is, and is gone when it is removed, also twice', async () => {
    const key = newKey();
    await behind(NONE, async (storage) => {
      expect(await get(storage, key)).toBeUndefined();
      const { etag, size } = await put(storage, key, '{"ü":"€"}');
      expect(size).toBe(12);
      expect((await getSmallObject(storage, key, 100))?.info).toMatchObject({
        etag,
        contentType: 'application/json',
      });
      expect(await get(storage, key)).toBe('{"ü":"€"}');
      await deleteObject(storage, key, options);
      await deleteObject(storage, key, options);
      expect(await get(storage, key)).toBeUndefined();
    });
  });

  it('is not overwritten, unless it is the version that was looked at', async () => {
    const key = newKey();
    const refused = { code: 'PRECONDITION_FAILED' };
    await behind(NONE, async (storage) => {
      const { etag } = await put(storage, key, 'one');
      await expect(put(storage, key, 'two')).rejects.toMatchObject(refused);
      const { etag: second } = await put(storage, key, 'two', etag);
      await expect(put(storage, key, 'three', etag)).rejects.toMatchObject(refused);
      await deleteObject(storage, key);
      await expect(put(storage, key, 'three', second)).rejects.toMatchObject(refused);
    });
  });

  it.each([
    ['once', once({ resetAfter: true }, method('PUT'))],
    ['as often as it is tried', once({ resetAfter: true }, method('PUT'), 3)],
  ])('is recognised as our own when the answer was lost %s', async (_, faultOf) => {
    const key = newKey();
    await behind(faultOf, async (storage) => {
      const { etag } = await put(storage, key, 'mine');
      expect(await get(storage, key)).toBe('mine');
      expect((await put(storage, key, 'changed', etag)).key).toBe(key);
    });
  });

  it.each([
    ['breaks off', { cutAfter: 10 }],
    ['comes with a passing error', { status: 503 }],
    ['has a changed bit', { flipAt: 7 }],
  ])('is asked for again when its body %s', async (_, fault) => {
    const key = newKey();
    await sandbox.current.putObject(key, Buffer.from('x'.repeat(500)));
    const text = await behind(once(fault, method('GET')), (storage) => get(storage, key));
    expect(text).toBe('x'.repeat(500));
  });

  it('is not read when it is too large', async () => {
    const key = newKey();
    await sandbox.current.putObject(key, Buffer.from('x'.repeat(500)));
    await behind(NONE, async (storage) => {
      expect(await get(storage, key, 500)).toHaveLength(500);
      await expect(get(storage, key, 499)).rejects.toThrow(/has 500 bytes, but at most 499/);
    });
  });

  it('is read up to the limit when its length is unknown', async () => {
    const key = newKey();
    await sandbox.current.putObject(key, Buffer.from('x'.repeat(500)));
    const unsaid = always({ rewrite: { 'content-length': undefined } });
    await behind(unsaid, async (storage) => {
      expect(await getSmallObject(storage, key, 500, options)).toMatchObject({
        info: { size: 500 },
      });
      await expect(get(storage, key, 499)).rejects.toThrow(
        /has more than 499 bytes, but at most 499/,
      );
    });
  });

  it('whose ETag is not an MD5 is read twice, which is reported once', async () => {
    const key = newKey();
    await sandbox.current.putObject(key, Buffer.from('text'));
    const told: unknown[] = [];
    const faultOf = always({ rewrite: { etag: `"${'0'.repeat(32)}"` } });
    await using server = await startFaultServer(sandbox.current.endpoint, faultOf);
    await withStorage(sandbox.current, server.url, async (storage) => {
      const telling = { ...options, onWarning: (code: string) => told.push(code) };
      for (let times = 0; times < 2; times++)
        expect((await getSmallObject(storage, key, 100, telling))?.bytes.toString()).toBe('text');
    });
    expect(told).toEqual(['ETAG_NOT_MD5']);
    expect(server.seen).toHaveLength(3);
  });
});
