import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from '../../src/dev/sandbox/sandbox.ts';
import { closeStorage, openStorage, type Storage } from '../../src/lib/storage/client.ts';
import type { FaultServer } from './fault-server.ts';

/** Bytes in a MiB. */
export const MIB = 1024 * 1024;

/** The sandbox's bucket at an endpoint, closed after use. */
export async function withStorage<T>(
  { bucket, credentials }: Pick<Sandbox, 'bucket' | 'credentials'>,
  endpoint: string,
  use: (storage: Storage) => Promise<T>,
): Promise<T> {
  const storage = await openStorage({ endpoint, bucket, ...credentials });
  try {
    return await use(storage);
  } finally {
    closeStorage(storage);
  }
}

/** Retries without waiting. */
export const quickRetry = { attempts: 3, baseDelayMs: 1, maxDelayMs: 1 };

/** Bytes of which no two stretches are alike, so that a piece in the wrong place shows. */
export function distinctBytes(length: number, seed = 1): Buffer {
  const words = new Uint32Array(Math.ceil(length / 4));
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(i + 1, 2_654_435_761) + seed;
  return Buffer.from(words.buffer).subarray(0, length);
}

/** Comes back once nobody is connected to a server any more. */
export async function allGone(server: FaultServer): Promise<void> {
  while ((await server.connections()) > 0) await sleep(5);
}
