import { describe, expect, it } from 'vitest';
import { useDownloads } from '../../../support/downloads.ts';
import { type FaultOf, once } from '../../../support/fault.ts';
import { distinctBytes, MIB } from '../../../support/storage.ts';
import { useSandbox } from '../../../support/tasks.ts';

const sandbox = useSandbox();
const { small, large, save, isThere } = useDownloads(sandbox);

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

  it('is downloaded again from its beginning, with its new ETag', async () => {
    await sandbox.current.putObject('changing.tif', large);
    const before = await sandbox.current.getObject('changing.tif');
    const { info, bytes } = await save('changing.tif', replacing('changing.tif', 1));
    expect(bytes.equals(other)).toBe(true);
    expect(info.size).toBe(other.length);
    expect(info.etag).toBe(`"${(await sandbox.current.getObject('changing.tif'))?.etag}"`);
    expect(info.etag).not.toBe(`"${before?.etag}"`);
  });

  it('is downloaded again when it has become shorter', async () => {
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

  it('twice is an error, never a mixture', async () => {
    await sandbox.current.putObject('restless.tif', large);
    // Each version is put there before the range is answered: on a busy machine that is long.
    const patience = { headersMs: 300_000, stallMs: 300_000 };
    const saved = save('restless.tif', replacing('restless.tif', 9), { patience });
    await expect(saved).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect(await isThere('saved.tif')).toBe(false);
  });

  it('is noticed even if the server does not know If-Match', async () => {
    const retries: string[] = [];
    const { bytes } = await save('large.tif', once({ rewrite: { etag: '"other"' } }, further), {
      onRetry: ({ error }) => retries.push((error as Error).message),
    });
    expect(bytes.equals(large)).toBe(true);
    expect(retries).toEqual([expect.stringContaining('changed by another process meanwhile')]);
  });
});
