import { describe, expect, it } from 'vitest';
import { openObject } from '../../../../src/lib/storage/download.ts';
import { useDownloads } from '../../../support/downloads.ts';
import { always, once } from '../../../support/fault.ts';
import { startFaultServer } from '../../../support/fault-server.ts';
import { MIB, quickRetry, withStorage } from '../../../support/storage.ts';
import { useSandbox } from '../../../support/tasks.ts';

const sandbox = useSandbox();
const { folder, small, large, save, isThere } = useDownloads(sandbox);

describe('a download that breaks off', () => {
  it('resumes at the byte that was reached, of the same version', async () => {
    const { info, bytes, asked } = await save('small.tif', once({ cutAfter: 100_000 }));
    expect(bytes.equals(small)).toBe(true);
    expect(asked[1]).toEqual([`100000-${small.length - 1}`, info.etag]);
    expect(asked).toHaveLength(2);
  });

  it('resumes when no data arrive', async () => {
    const { bytes, asked } = await save('small.tif', once({ stallAfter: 100_000 }), {
      patience: { stallMs: 3_000 },
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
      patience: { stallMs: 3_000 },
    });
    expect(bytes.equals(large)).toBe(true);
  });

  it('has more attempts than the policy says as long as each transfers a MiB', async () => {
    const retries: unknown[] = [];
    const { bytes } = await save('large.tif', always({ cutAfter: 1.5 * MIB }), {
      policy: { ...quickRetry, attempts: 2 },
      onRetry: ({ error }) => retries.push((error as Error).message),
    });
    expect(bytes.equals(large)).toBe(true);
    expect(retries.length).toBeGreaterThan(9);
    expect(retries[0]).toMatch(/^The download of "large.tif" broke off at byte \d+ of \d+ \(/);
  });

  it('is given up when it makes no progress, and leaves no file', async () => {
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

  it('continues while bytes arrive slowly', async () => {
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

  it('is asked for again in a further range, too', async () => {
    const { bytes } = await save(
      'large.tif',
      once({ rewrite: { 'content-range': 'bytes 0-9/10' } }, ({ headers }) =>
        Boolean(headers['if-match']),
      ),
    );
    expect(bytes.equals(large)).toBe(true);
  });
});
