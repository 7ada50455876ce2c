import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeStorage, openStorage } from '../../../src/lib/storage/client.ts';
import { openObject } from '../../../src/lib/storage/download.ts';
import type { ObjectInfo, RequestOptions } from '../../../src/lib/storage/objects.ts';
import { always, type FaultOf, inTurn, once } from '../../support/fault.ts';
import { type FaultServer, startFaultServer } from '../../support/fault-server.ts';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { allGone, distinctBytes, quickRetry, withStorage } from '../../support/storage.ts';
import { useSandbox } from '../../support/tasks.ts';

const sandbox = useSandbox();
const MIB = 1024 * 1024;
const small = distinctBytes(300_000);
const large = distinctBytes(19 * MIB + 5);

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
  await sandbox.current.putObject('small.tif', small);
  await sandbox.current.putObject('large.tif', large);
  await sandbox.current.putObject('empty.tif', Buffer.alloc(0));
});
afterAll(() => folder.remove());

interface Saved {
  readonly info: ObjectInfo;
  readonly bytes: Buffer;
  /** The Range and If-Match of each request, without `bytes=`. */
  readonly asked: readonly (readonly [string, string | undefined])[];
}

const askedOf = ({ seen }: FaultServer) =>
  seen.map(
    ({ headers }) =>
      [
        String(headers['range']).replace('bytes=', ''),
        headers['if-match'] as string | undefined,
      ] as const,
  );

/** Downloads an object through a fault server. */
async function save(key: string, faultOf: FaultOf, options: RequestOptions = {}): Promise<Saved> {
  await using server = await startFaultServer(sandbox.current.endpoint, faultOf);
  return await withStorage(sandbox.current, server.url, async (storage) => {
    const path = folder.path('saved.tif');
    const object = await openObject(storage, key, { policy: quickRetry, ...options });
    const info = await object.saveTo(path);
    return { info, bytes: await readFile(path), asked: askedOf(server) };
  });
}

const isThere = (name: string) =>
  readFile(folder.path(name)).then(
    () => true,
    () => false,
  );

describe('a download', () => {
  it('tells size and ETag before it takes the bytes', async () => {
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

  it('comes in ranges of 8 MiB at most, all of one version', async () => {
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

  it('is right from a server that knows no ranges', async () => {
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

describe('a download that breaks off', () => {
  it('goes on from the byte that was reached, of the same version', async () => {
    const { info, bytes, asked } = await save('small.tif', once({ cutAfter: 100_000 }));
    expect(bytes.equals(small)).toBe(true);
    expect(asked[1]).toEqual([`100000-${small.length - 1}`, info.etag]);
    expect(asked).toHaveLength(2);
  });

  it('goes on when nothing comes any more', async () => {
    const { bytes, asked } = await save('small.tif', once({ stallAfter: 100_000 }), {
      patience: { stallMs: 200 },
    });
    expect(bytes.equals(small)).toBe(true);
    expect(asked[1]?.[0]).toBe(`100000-${small.length - 1}`);
  });

  it('is right when every other request breaks off or stalls, in all ranges at once', async () => {
    let count = 0;
    const faults = [
      { cutAfter: 700_000 },
      {},
      { stallAfter: 3 * MIB },
      {},
      { status: 503 },
      {},
      { reset: true },
      {},
    ];
    const { bytes } = await save('large.tif', () => faults[count++ % faults.length], {
      policy: { ...quickRetry, attempts: 8 },
      patience: { stallMs: 500 },
    });
    expect(bytes.equals(large)).toBe(true);
  });

  it('has more attempts than the policy says as long as each brings a MiB', async () => {
    const retries: unknown[] = [];
    const { bytes } = await save('large.tif', always({ cutAfter: 1.5 * MIB }), {
      policy: { ...quickRetry, attempts: 2 },
      onRetry: ({ error }) => retries.push((error as Error).message),
    });
    expect(bytes.equals(large)).toBe(true);
    expect(retries.length).toBeGreaterThan(9);
    expect(retries[0]).toMatch(/^The download of "large.tif" broke off at byte \d+ of \d+ \(/);
  });

  it('is given up when it does not get on, and leaves no file', async () => {
    await using server = await startFaultServer(
      sandbox.current.endpoint,
      always({ cutAfter: 1000 }),
    );
    await withStorage(sandbox.current, server.url, async (storage) => {
      const object = await openObject(storage, 'small.tif', { policy: quickRetry });
      const saving = object.saveTo(folder.path('broken.tif'));
      await expect(saving).rejects.toMatchObject({
        code: 'BROKEN_TRANSFER',
        message: expect.stringContaining('broke off at byte 3000 of 300000'),
      });
      expect(server.seen).toHaveLength(3);
      expect(await isThere('broken.tif')).toBe(false);
    });
  });

  it('keeps its patience with bytes that come slowly', async () => {
    await sandbox.current.putObject('slow.tif', small.subarray(0, 6_000));
    // A minute of patience would do: what it takes together is longer than it waits for any piece.
    const { bytes, asked } = await save('slow.tif', always({ drip: { bytes: 100, everyMs: 20 } }), {
      patience: { stallMs: 1_000 },
    });
    expect(bytes).toHaveLength(6_000);
    expect(asked).toHaveLength(1);
  });
});

describe('an answer that is not what was asked for', () => {
  it.each([
    ['other bytes', { rewrite: { 'content-range': 'bytes 1-300000/300001' } }],
    ['bytes of it that nobody can tell', { rewrite: { 'content-range': 'pages 1-2' } }],
    ['no range', { rewrite: { 'content-range': undefined } }],
    ['another length', { rewrite: { 'content-length': '299000' } }],
    ['more bytes than it says', { rewrite: { 'content-length': undefined }, extraBytes: 10 }],
    [
      'fewer bytes than it says',
      {
        status: 206,
        headers: { 'content-range': 'bytes 0-299999/300000', etag: '"e"' },
        body: 'too few',
      },
    ],
    ['everything, but of no known length', { status: 200, rewrite: {}, body: '' }],
  ])('is asked for again: %s', async (_, fault) => {
    const { bytes, asked } = await save('small.tif', once(fault));
    expect(bytes.equals(small)).toBe(true);
    expect(asked.length).toBeGreaterThan(1);
  });

  it('is so, too, in a further range', async () => {
    const { bytes } = await save(
      'large.tif',
      once({ rewrite: { 'content-range': 'bytes 0-9/10' } }, ({ headers }) =>
        Boolean(headers['if-match']),
      ),
    );
    expect(bytes.equals(large)).toBe(true);
  });
});

describe('an object that is replaced while it is downloaded', () => {
  const other = distinctBytes(19 * MIB + 77, 99);
  const further: Parameters<typeof once>[1] = ({ headers }) => Boolean(headers['if-match']);
  /** Puts another version there whenever a range after the first is asked for, so many times. */
  const replacing = (key: string, times: number): FaultOf => {
    let done = 0;
    return async (request) => {
      if (further(request) && done < times)
        await sandbox.current.putObject(key, distinctBytes(other.length, 99 + done++));
      return undefined;
    };
  };

  it('is taken again from its beginning, and told by its new ETag', async () => {
    await sandbox.current.putObject('changing.tif', large);
    const before = await sandbox.current.getObject('changing.tif');
    const { info, bytes } = await save('changing.tif', replacing('changing.tif', 1));
    expect(bytes.equals(other)).toBe(true);
    expect(info.size).toBe(other.length);
    expect(info.etag).toBe(`"${(await sandbox.current.getObject('changing.tif'))?.etag}"`);
    expect(info.etag).not.toBe(`"${before?.etag}"`);
  });

  it('is taken again when it has become shorter', async () => {
    await sandbox.current.putObject('shrinking.tif', large);
    let done = false;
    const { info, bytes } = await save('shrinking.tif', async (request) => {
      if (further(request) && !done) {
        done = true;
        await sandbox.current.putObject('shrinking.tif', small);
      }
      return undefined;
    });
    expect(bytes.equals(small)).toBe(true);
    expect(info.size).toBe(small.length);
  });

  it('twice is an error, and no mixture', async () => {
    await sandbox.current.putObject('restless.tif', large);
    await expect(save('restless.tif', replacing('restless.tif', 9))).rejects.toMatchObject({
      code: 'PRECONDITION_FAILED',
    });
    expect(await isThere('saved.tif')).toBe(false);
  });

  it('is noticed even if the server does not know If-Match', async () => {
    const retries: string[] = [];
    const { bytes } = await save('large.tif', once({ rewrite: { etag: '"other"' } }, further), {
      onRetry: ({ error }) => retries.push((error as Error).message),
    });
    expect(bytes.equals(large)).toBe(true);
    expect(retries).toEqual([expect.stringContaining('changed by somebody else meanwhile')]);
  });
});

describe('a server that never answers', () => {
  it('is asked again', async () => {
    const { bytes, asked } = await save('small.tif', once({ hang: true }), {
      patience: { headersMs: 500 },
    });
    expect(bytes.equals(small)).toBe(true);
    expect(asked).toHaveLength(2);
  });

  it('is given up after some attempts, and no connection stays', async () => {
    await using server = await startFaultServer(sandbox.current.endpoint, always({ hang: true }));
    await withStorage(sandbox.current, server.url, async (storage) => {
      const asking = openObject(storage, 'small.tif', {
        policy: quickRetry,
        patience: { headersMs: 50 },
      });
      await expect(asking).rejects.toMatchObject({
        code: 'STORAGE_UNREACHABLE',
        message: expect.stringMatching(
          /^R2 at 127\.0\.0\.1:\d+ did not answer in time .* "small\.tif": no answer within 0\.05 s\. Try again/,
        ),
      });
      expect(server.seen).toHaveLength(3);
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
    ['a folder that is not there', 'nowhere/a.tif', /nowhere.*Check that the folder exists/],
    ['a full disk', '/dev/full', /\/dev\/full: ENOSPC.*The disk is full; make room or choose/],
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
