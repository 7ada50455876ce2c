import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { closeStorage, openStorage } from '../../../../src/lib/storage/client.ts';
import { openObject } from '../../../../src/lib/storage/download.ts';
import { useDownloads } from '../../../support/downloads.ts';
import { always, inTurn, once } from '../../../support/fault.ts';
import { startFaultServer } from '../../../support/fault-server.ts';
import { allGone, MIB, quickRetry, withStorage } from '../../../support/storage.ts';
import { useSandbox } from '../../../support/tasks.ts';

const sandbox = useSandbox();
const { folder, small, large, save, isThere } = useDownloads(sandbox);

describe('a download', () => {
  it('returns size and ETag before it reads the bytes', async () => {
    await withStorage(sandbox.current, sandbox.current.endpoint, async (storage) => {
      const object = await openObject(storage, 'large.tif');
      expect(object.info).toMatchObject({
        size: large.length,
        etag: expect.stringMatching(/^".+"$/),
      });
      expect(await object.saveTo(folder.path('a.tif'))).toEqual(object.info);
      expect((await readFile(folder.path('a.tif'))).equals(large)).toBe(true);
    });
  });

  it('uses ranges of at most 8 MiB, all of one version', async () => {
    const { info, bytes, asked } = await save('large.tif', () => undefined);
    expect(bytes.equals(large)).toBe(true);
    const half = (large.length - 8 * MIB + 1) / 2;
    expect(asked).toEqual([
      [`0-${8 * MIB - 1}`, undefined],
      [`${8 * MIB}-${8 * MIB + half - 1}`, info.etag],
      [`${8 * MIB + half}-${large.length - 1}`, info.etag],
    ]);
  });

  it('of a small object is one request', async () => {
    const { bytes, asked } = await save('small.tif', () => undefined);
    expect(bytes.equals(small)).toBe(true);
    expect(asked).toHaveLength(1);
  });

  it('of an object without bytes is an empty file', async () => {
    const { info, bytes } = await save('empty.tif', () => undefined);
    expect(info).toMatchObject({ key: 'empty.tif', size: 0 });
    expect(bytes).toHaveLength(0);
  });

  it('can be dropped before its bytes are read, and then keeps no connection', async () => {
    await using server = await startFaultServer(sandbox.current.endpoint, () => undefined);
    await withStorage(sandbox.current, server.url, async (storage) => {
      (await openObject(storage, 'large.tif')).discard();
      await allGone(server);
    });
  });

  it('can be saved twice', async () => {
    await withStorage(sandbox.current, sandbox.current.endpoint, async (storage) => {
      const object = await openObject(storage, 'large.tif');
      await object.saveTo(folder.path('one.tif'));
      await object.saveTo(folder.path('two.tif'));
      expect((await readFile(folder.path('two.tif'))).equals(large)).toBe(true);
    });
  });

  it('is correct from a server without ranges', async () => {
    const whole = { status: 200, headers: { etag: '"e"' }, body: small };
    const headers = { etag: '"e"', 'content-length': String(small.length) };
    const { bytes, asked } = await save(
      'small.tif',
      inTurn([
        { ...whole, headers, cutAfter: 50_000 },
        { ...whole, headers },
      ]),
    );
    expect(bytes.equals(small)).toBe(true);
    expect(asked.map(([range]) => range)).toEqual(['0-8388607', `50000-${small.length - 1}`]);
  });
});

describe('a server that never answers', () => {
  it('is asked again', async () => {
    const { bytes, asked } = await save('small.tif', once({ hang: true }), {
      patience: { headersMs: 3_000 },
    });
    expect(bytes.equals(small)).toBe(true);
    expect(asked).toHaveLength(2);
  });

  it('is given up after some attempts, and no connection stays', async () => {
    await using server = await startFaultServer(sandbox.current.endpoint, always({ hang: true }));
    await withStorage(sandbox.current, server.url, async (storage) => {
      const attempts: number[] = [];
      const asking = openObject(storage, 'small.tif', {
        policy: quickRetry,
        patience: { headersMs: 50 },
        onRetry: ({ attempt }) => attempts.push(attempt),
      });
      await expect(asking).rejects.toMatchObject({
        code: 'STORAGE_UNREACHABLE',
        message: expect.stringMatching(
          /^R2 at 127\.0\.0\.1:\d+ did not answer in time .* "small\.tif": no answer within 0\.05 s\. Try again/,
        ),
      });
      // Not what the server has seen: on a busy machine an attempt is over before it arrives.
      expect(attempts).toEqual([1, 2]);
      await allGone(server);
    });
  });
});

describe('a download that is aborted', () => {
  it.each([
    ['before it is asked for', 'small.tif', { hang: true }],
    ['while its first bytes come', 'small.tif', { stallAfter: 1000 }],
    ['while several ranges come', 'large.tif', { stallAfter: 200_000 }],
  ])('%s ends at once, with the reason', async (_, key, fault) => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const abort = () => setImmediate(() => controller.abort(reason));
    await using server = await startFaultServer(sandbox.current.endpoint, () => {
      abort();
      return fault;
    });
    await withStorage(sandbox.current, server.url, async (storage) => {
      const { signal } = controller;
      const saving = openObject(storage, key, { signal }).then((object) =>
        object.saveTo(folder.path('aborted.tif')),
      );
      await expect(saving).rejects.toBe(reason);
      await allGone(server);
      expect(await isThere('aborted.tif')).toBe(false);
    });
  });
});

describe('a download that cannot be written or asked for', () => {
  it('cannot be asked for with a broken key, and is not tried again', async () => {
    const retries: unknown[] = [];
    const { endpoint, bucket } = sandbox.current;
    const storage = await openStorage({
      endpoint,
      bucket,
      accessKeyId: 'line\nend',
      secretAccessKey: 's',
    });
    const asking = openObject(storage, 'small.tif', {
      policy: quickRetry,
      onRetry: (notice) => retries.push(notice),
    });
    await expect(asking).rejects.toThrow(/could not be made: .*stray characters/);
    expect(retries).toEqual([]);
    closeStorage(storage);
  });

  it.each([
    ['a folder that is not there', 'nowhere/a.tif', /nowhere.*Check that its folder exists/],
    [
      'a full disk',
      '/dev/full',
      /\/dev\/full: .*\(ENOSPC\).*The disk is full; free some space, or choose/,
    ],
  ])('says so when it goes into %s, and is not tried again', async (_, name, message) => {
    const retries: unknown[] = [];
    const path = name.startsWith('/') ? name : folder.path(name);
    await using server = await startFaultServer(sandbox.current.endpoint, () => undefined);
    await withStorage(sandbox.current, server.url, async (storage) => {
      const object = await openObject(storage, 'large.tif', {
        policy: quickRetry,
        onRetry: (notice) => retries.push(notice),
      });
      await expect(object.saveTo(path)).rejects.toThrow(message);
      expect(retries).toEqual([]);
      await allGone(server);
    });
  });
});
