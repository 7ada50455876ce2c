import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeStorage, openStorage, type Storage } from '../../../src/lib/storage/client.ts';
import { openObject } from '../../../src/lib/storage/download.ts';
import { startFaultServer } from '../../support/fault-server.ts';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { useSandbox } from '../../support/tasks.ts';

const sandbox = useSandbox();
const bytes = Buffer.alloc(300_000, 'TIFF');
const policy = { attempts: 3, baseDelayMs: 1, maxDelayMs: 1 };

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
  await sandbox.current.putObject('a.tif', bytes);
});
afterAll(() => folder.remove());

async function withStorage<T>(endpoint: string, use: (storage: Storage) => Promise<T>): Promise<T> {
  const { bucket, credentials } = sandbox.current;
  const storage = await openStorage({ endpoint, bucket, ...credentials });
  try {
    return await use(storage);
  } finally {
    closeStorage(storage);
  }
}

describe('a download', () => {
  it('tells size and ETag before it takes the bytes', async () => {
    await withStorage(sandbox.current.endpoint, async (storage) => {
      const object = await openObject(storage, 'a.tif');
      expect(object.info).toMatchObject({
        size: bytes.length,
        etag: expect.stringMatching(/^".+"$/),
      });
      await object.saveTo(folder.path('a.tif'));
      expect((await readFile(folder.path('a.tif'))).equals(bytes)).toBe(true);
    });
  });

  it('that breaks off is taken again, of the same version of the object', async () => {
    let cuts = 0;
    await using proxy = await startFaultServer(sandbox.current.endpoint, () =>
      cuts++ === 0 ? { cutAfter: 1000 } : undefined,
    );
    await withStorage(proxy.url, async (storage) => {
      const object = await openObject(storage, 'a.tif', { policy });
      await object.saveTo(folder.path('b.tif'));
      expect((await readFile(folder.path('b.tif'))).equals(bytes)).toBe(true);
      expect(proxy.seen.map(({ headers }) => headers['if-match'])).toEqual([
        undefined,
        object.info.etag,
      ]);
    });
  });

  it('never mixes two versions of an object', async () => {
    await sandbox.current.putObject('changing.tif', bytes);
    await using proxy = await startFaultServer(sandbox.current.endpoint, ({ headers }) =>
      headers['if-match'] ? undefined : { cutAfter: 1000 },
    );
    await withStorage(proxy.url, async (storage) => {
      const object = await openObject(storage, 'changing.tif', { policy });
      await sandbox.current.putObject('changing.tif', Buffer.alloc(300_000, 'OTHER'));
      const saving = object.saveTo(folder.path('c.tif'));
      await expect(saving).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
      await expect(readFile(folder.path('c.tif'))).rejects.toThrow('ENOENT');
    });
  });

  it('that cannot even be asked for is told as such, and not tried again', async () => {
    const retries: unknown[] = [];
    const { endpoint, bucket } = sandbox.current;
    const storage = await openStorage({
      endpoint,
      bucket,
      accessKeyId: 'line\nend',
      secretAccessKey: 's',
    });
    const asking = openObject(storage, 'a.tif', {
      policy,
      onRetry: (notice) => retries.push(notice),
    });
    await expect(asking).rejects.toThrow(/could not be made: .*stray characters/);
    expect(retries).toEqual([]);
    closeStorage(storage);
  });

  it('into a folder that is not there says so, and is not tried again', async () => {
    const retries: unknown[] = [];
    await withStorage(sandbox.current.endpoint, async (storage) => {
      const object = await openObject(storage, 'a.tif', {
        policy,
        onRetry: (notice) => retries.push(notice),
      });
      const saving = object.saveTo(folder.path('nowhere/a.tif'));
      await expect(saving).rejects.toThrow(/nowhere.*Check that the folder exists/);
      expect(retries).toEqual([]);
    });
  });
});
