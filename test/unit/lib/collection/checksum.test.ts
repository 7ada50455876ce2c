import { createHash } from 'node:crypto';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { sha256Of } from '../../../../src/lib/collection/checksum.ts';
import { FileError } from '../../../../src/lib/errors.ts';
import { useFolder } from '../../../support/use-folder.ts';

const folder = useFolder();
const { signal } = new AbortController();
const expected = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** How many full garbage collections the work causes. */
async function fullCollections(work: () => Promise<void>): Promise<number> {
  let count = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { detail } of list.getEntries() as { detail?: { kind?: number } }[])
      if (detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR) count++;
  });
  observer.observe({ entryTypes: ['gc'] });
  await work();
  await setImmediate();
  observer.disconnect();
  return count;
}

describe('the checksum of a file', () => {
  it.each([
    ['an empty file', 0],
    ['a small one', 3_000],
    ['exactly one piece', 1024 * 1024],
    ['several pieces and a rest', 3 * 1024 * 1024 + 7],
  ])('is the SHA-256 of all its bytes: %s', async (name, length) => {
    const bytes = Buffer.alloc(length, 'scan');
    const path = await folder.write(`${name}.tif`, bytes);
    expect(await sha256Of(path, signal)).toBe(expected(bytes));
  });

  it('names a file that cannot be read', async () => {
    const missing = sha256Of(folder.path('missing.tif'), signal);
    await expect(missing).rejects.toThrow(FileError);
    await expect(missing).rejects.toThrow('missing.tif');
  });

  it('ends with the reason of an abort', async () => {
    const path = await folder.write('stopped.tif', Buffer.alloc(3_000));
    const reason = new Error('stopped');
    await expect(sha256Of(path, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('takes memory by the size of the file: a thousand small ones need no large buffers', async () => {
    const path = await folder.write('page.tif', Buffer.alloc(3_000));
    const collections = await fullCollections(async () => {
      for (let file = 0; file < 1_000; file++) await sha256Of(path, signal);
    });
    expect(collections).toBeLessThan(4);
  });
});
