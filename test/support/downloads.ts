import { readFile } from 'node:fs/promises';
import { beforeAll } from 'vitest';
import type { Sandbox } from '../../src/dev/sandbox/sandbox.ts';
import { openObject } from '../../src/lib/storage/download.ts';
import type { ObjectInfo, RequestOptions } from '../../src/lib/storage/objects.ts';
import type { FaultOf } from './fault.ts';
import { type FaultServer, startFaultServer } from './fault-server.ts';
import type { TestFolder } from './folder.ts';
import { distinctBytes, MIB, quickRetry, withStorage } from './storage.ts';
import { useFolder } from './use-folder.ts';

/** What a download brought. */
interface Saved {
  readonly info: ObjectInfo;
  readonly bytes: Buffer;
  /** The Range and If-Match of each request, without `bytes=`. */
  readonly asked: readonly (readonly [string, string | undefined])[];
}

/** What the tests of downloads stand on. */
interface Downloads {
  /** Where downloads are saved. */
  readonly folder: Pick<TestFolder, 'path'>;
  /** The bytes of `small.tif`: 300 000 of them, a part of one range. */
  readonly small: Buffer;
  /** The bytes of `large.tif`: 19 MiB and 5 bytes, three ranges. */
  readonly large: Buffer;
  /**
   * Downloads an object through a fault server to `saved.tif`, with three attempts and no waiting
   * unless the options say otherwise. Throws what the download throws.
   */
  save(key: string, faultOf: FaultOf, options?: RequestOptions): Promise<Saved>;
  /** Whether the folder has a file of this name that can be read. */
  isThere(name: string): Promise<boolean>;
}

/**
 * For the tests of a file: `small.tif`, `large.tif` and `empty.tif` (no bytes) in the sandbox's
 * bucket, and a folder to save them in, which is removed after the tests. What it gives throws when
 * it is used outside of tests and hooks.
 */
export function useDownloads(sandbox: { readonly current: Sandbox }): Downloads {
  const small = distinctBytes(300_000);
  const large = distinctBytes(19 * MIB + 5);
  const folder = useFolder();
  beforeAll(async () => {
    await sandbox.current.putObject('small.tif', small);
    await sandbox.current.putObject('large.tif', large);
    await sandbox.current.putObject('empty.tif', Buffer.alloc(0));
  });
  return {
    folder,
    small,
    large,
    save: async (key, faultOf, options = {}) => {
      await using server = await startFaultServer(sandbox.current.endpoint, faultOf);
      return await withStorage(sandbox.current, server.url, async (storage) => {
        const path = folder.path('saved.tif');
        const object = await openObject(storage, key, { policy: quickRetry, ...options });
        const info = await object.saveTo(path);
        return { info, bytes: await readFile(path), asked: askedOf(server) };
      });
    },
    isThere: (name) =>
      readFile(folder.path(name)).then(
        () => true,
        () => false,
      ),
  };
}

const askedOf = ({ seen }: FaultServer) =>
  seen.map(
    ({ headers }) =>
      [
        String(headers['range']).replace('bytes=', ''),
        headers['if-match'] as string | undefined,
      ] as const,
  );
