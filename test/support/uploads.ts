import { createHash } from 'node:crypto';
import { beforeAll } from 'vitest';
import type { Sandbox } from '../../src/dev/sandbox/sandbox.ts';
import {
  type PutCondition,
  type Uploaded,
  type UploadOptions,
  uploadFile,
} from '../../src/lib/storage/upload.ts';
import { type FaultOf, method } from './fault.ts';
import { type FaultServer, startFaultServer } from './fault-server.ts';
import type { TestFolder } from './folder.ts';
import { distinctBytes, MIB, quickRetry, withStorage } from './storage.ts';
import { useFolder } from './use-folder.ts';

interface Setup extends UploadOptions {
  readonly path?: string;
  readonly faultOf?: FaultOf;
  readonly condition?: PutCondition;
}

interface Outcome {
  readonly uploaded?: Uploaded;
  readonly error?: unknown;
  readonly seen: FaultServer['seen'];
}

/** What the tests of uploads stand on. */
interface Uploads {
  /** Where further files to upload are written. */
  readonly folder: Pick<TestFolder, 'write'>;
  /** The files to upload; empty before the tests' hooks have run. */
  readonly paths: { readonly small: string; readonly large: string };
  /** The bytes of the small file: 300 000 of them. */
  readonly small: Buffer;
  /** The bytes of the large file: 12 MiB and 3 bytes. */
  readonly large: Buffer;
  /**
   * Uploads a file through a fault server, the small one to where nothing is and with three
   * attempts without waiting unless the setup says otherwise. What the upload throws is part of the
   * outcome.
   */
  upload(key: string, setup?: Setup): Promise<Outcome>;
  /** The object at a key of the sandbox's bucket; null where there is none. */
  get(key: string): ReturnType<Sandbox['getObject']>;
  /** The bytes at a key of the sandbox's bucket; none where there is no object. */
  stored(key: string): Promise<Buffer>;
}

/**
 * For the tests of a file: two files to upload to the sandbox's bucket, in a folder that is removed
 * after the tests. What it gives throws when it is used outside of tests and hooks.
 */
export function useUploads(sandbox: { readonly current: Sandbox }): Uploads {
  const small = distinctBytes(300_000);
  const large = distinctBytes(12 * MIB + 3);
  const folder = useFolder();
  const paths = { small: '', large: '' };
  beforeAll(async () => {
    paths.small = await folder.write('small.jpg', small);
    paths.large = await folder.write('large.jpg', large);
  });
  const get = (key: string) => sandbox.current.getObject(key);
  return {
    folder,
    paths,
    small,
    large,
    get,
    stored: async (key) => Buffer.from((await get(key))?.bytes ?? []),
    upload: async (
      key,
      { path = paths.small, faultOf = () => undefined, condition, ...options } = {},
    ) => {
      await using server = await startFaultServer(sandbox.current.endpoint, faultOf);
      return await withStorage(sandbox.current, server.url, async (storage) => {
        const outcome = await uploadFile(
          storage,
          {
            path,
            key,
            contentType: 'image/jpeg',
            metadata: { made: 'here' },
            condition: condition ?? { kind: 'absent' },
          },
          { policy: quickRetry, ...options },
        ).then(
          (uploaded) => ({ uploaded }),
          (error: unknown) => ({ error }),
        );
        return { ...outcome, seen: server.seen };
      });
    },
  };
}

/** The methods of the requests of an upload, in their order. */
export const methodsOf = ({ seen }: Pick<Outcome, 'seen'>) => seen.map((request) => request.method);

/** The MD5 of bytes, as 16 bytes. */
export const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest();

/** Whether a request sends a file or a part of one. */
export const put = method('PUT');
