import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openObject } from '../../../../src/lib/storage/download.ts';
import { uploadFile } from '../../../../src/lib/storage/upload.ts';
import { useDownloads } from '../../../support/downloads.ts';
import { type FaultOf, inTurn, method, once } from '../../../support/fault.ts';
import { startFaultServer } from '../../../support/fault-server.ts';
import { MIB, quickRetry, withStorage } from '../../../support/storage.ts';
import { useSandbox } from '../../../support/tasks.ts';
import { methodsOf, put, useUploads } from '../../../support/uploads.ts';

const sandbox = useSandbox();
const { small, large, save, isThere, folder } = useDownloads(sandbox);
const { small: picture, large: wide, upload, stored, get, paths } = useUploads(sandbox);

describe('a download with a changed bit', () => {
  it.each([
    ['small.tif', small, 1],
    ['large.tif', large, 3],
  ])('is repeated: %s', async (key, expected, ranges) => {
    const told: string[] = [];
    const { bytes, asked } = await save(key, once({ flipAt: 12_345 }), {
      onRetry: ({ error }) => told.push(String(error)),
    });
    expect(bytes.equals(expected)).toBe(true);
    expect(asked).toHaveLength(2 * ranges);
    expect(told).toEqual([
      expect.stringMatching(
        /did not arrive as it is in R2: the MD5 .* is \w{32}, and its ETag is "\w{32}"/,
      ),
    ]);
  });

  it('with different bytes each time is an error that names both checksums, and leaves nothing', async () => {
    const faults = [1, 2, 3].map((flipAt) => ({ flipAt }));
    await expect(save('small.tif', inTurn(faults))).rejects.toMatchObject({
      code: 'BROKEN_TRANSFER',
    });
    expect(await isThere('saved.tif')).toBe(false);
  });

  it('with the same bytes twice is accepted: the ETag is not an MD5, which is reported once', async () => {
    const told: unknown[] = [];
    const etag = `"${'0'.repeat(32)}"`;
    const headers = { etag, 'content-length': String(small.length) };
    const strange: FaultOf = () => ({ status: 200, headers, body: small });
    const { bytes, asked } = await save('small.tif', strange, {
      onWarning: (...of) => told.push(of),
    });
    expect(bytes.equals(small)).toBe(true);
    expect(asked).toHaveLength(2);
    expect(told).toEqual([
      ['ETAG_NOT_MD5', expect.stringContaining("the server's ETags are no MD5s")],
    ]);
  });
});

describe('a bucket', () => {
  /** Downloads several objects by one client, each changed in the same way whenever it comes. */
  const saveAll = async (changed: readonly string[], keys: readonly string[]) => {
    const told: string[] = [];
    const faultOf: FaultOf = ({ url }) =>
      changed.some((key) => url.includes(key)) ? { flipAt: 99 } : undefined;
    await using server = await startFaultServer(sandbox.current.endpoint, faultOf);
    const outcomes = await withStorage(sandbox.current, server.url, async (storage) => {
      const outcomes: unknown[] = [];
      for (const key of keys) {
        await sandbox.current.putObject(key, small);
        const options = { policy: quickRetry, onWarning: (code: string) => told.push(code) };
        const object = await openObject(storage, key, options);
        const saved = object.saveTo(folder.path('of-bucket.tif'));
        outcomes.push(
          await saved.then(
            () => 'saved',
            ({ code }) => code,
          ),
        );
      }
      return outcomes;
    });
    return { outcomes, told, asked: server.seen.length };
  };

  it('with one ETag that is an MD5 has no others', async () => {
    expect(await saveAll(['bad.tif'], ['good.tif', 'bad.tif'])).toEqual({
      outcomes: ['saved', 'BROKEN_TRANSFER'],
      told: [],
      asked: 1 + 3,
    });
  });

  it('has its ETags checked again once one is an MD5', async () => {
    const keys = ['bad-1.tif', 'bad-2.tif', 'good.tif', 'bad-3.tif'];
    expect(await saveAll(['bad-'], keys)).toEqual({
      outcomes: ['saved', 'saved', 'saved', 'BROKEN_TRANSFER'],
      told: ['ETAG_NOT_MD5'],
      asked: 2 + 1 + 1 + 3,
    });
  });

  it('may have objects whose ETags are not MD5s, if the server says that they are encrypted', async () => {
    const headers = {
      etag: `"${'0'.repeat(32)}"`,
      'content-length': String(small.length),
      'x-amz-server-side-encryption': 'aws:kms',
    };
    const { asked } = await save('small.tif', () => ({ status: 200, headers, body: small }));
    expect(asked).toHaveLength(1);
  });
});

const own = `"${createHash('md5').update(picture).digest('hex')}"`;

describe('an upload with a changed bit', () => {
  it('is refused by R2, and sent again', async () => {
    const outcome = await upload('flip.jpg', { faultOf: once({ flipRequestAt: 999 }, put) });
    expect(methodsOf(outcome)).toEqual(['PUT', 'PUT']);
    expect((await stored('flip.jpg')).equals(picture)).toBe(true);
  });

  /** A server that does not look at Content-MD5: it takes what comes for what it is. */
  const careless = (key: string, times: number): FaultOf => {
    let left = times;
    return async (request) => {
      if (!put(request) || left-- <= 0) return undefined;
      const bytes = Buffer.from(await request.body());
      bytes[99] = (bytes[99] ?? 0) ^ 1;
      await sandbox.current.putObject(key, bytes);
      const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
      return { status: 200, headers: { etag } };
    };
  };

  it('that the server has stored is read back and replaced, if it is still that version', async () => {
    const outcome = await upload('careless.jpg', { faultOf: careless('careless.jpg', 1) });
    expect(methodsOf(outcome)).toEqual(['PUT', 'GET', 'PUT']);
    expect(outcome.seen[2]?.headers['if-match']).toMatch(/^"\w{32}"$/);
    expect((await stored('careless.jpg')).equals(picture)).toBe(true);
  });

  it('each time is an error, and the broken object is removed', async () => {
    const outcome = await upload('broken.jpg', { faultOf: careless('broken.jpg', 9) });
    expect(outcome.error).toMatchObject({
      code: 'BROKEN_TRANSFER',
      message: expect.stringContaining('"broken.jpg" is not in R2 as it was sent'),
    });
    expect(await get('broken.jpg')).toBeNull();
  });
});

describe('an upload whose ETag is no MD5', () => {
  const strange: FaultOf = (request) =>
    method('PUT', 'GET', 'HEAD')(request) ? { rewrite: { etag: '"sse"' } } : undefined;

  it('is read back, and counts as stored', async () => {
    const outcome = await upload('sse.jpg', { faultOf: strange });
    expect(methodsOf(outcome)).toEqual(['PUT', 'GET']);
    expect(outcome.uploaded).toEqual({ key: 'sse.jpg', size: picture.length, etag: '"sse"' });
  });

  it('has arrived, too, when the answer was lost, which is seen by its bytes', async () => {
    const lost = once({ resetAfter: true }, put);
    const outcome = await upload('lost.jpg', {
      faultOf: async (request) => lost(request) ?? (await strange(request)),
    });
    expect(methodsOf(outcome)).toEqual(['PUT', 'PUT', 'HEAD', 'GET']);
    expect(outcome.uploaded).toMatchObject({ etag: '"sse"' });
  });

  it('in parts is read back, too', async () => {
    const outcome = await upload('parts.jpg', {
      path: paths.large,
      multipartAbove: 1,
      partBytes: 8 * MIB,
      // The answer comes when the other server has taken all of it, however busy the machine is.
      patience: { headersMs: 600_000, stallMs: 600_000 },
      faultOf: async (request) => {
        if (method('GET', 'HEAD')(request)) return { rewrite: { etag: 'W/"sse"' } };
        if (request.method !== 'POST' || !request.url.includes('uploadId')) return undefined;
        await sandbox.current.putObject('parts.jpg', wide);
        const body =
          '<CompleteMultipartUploadResult><ETag>"sse"</ETag></CompleteMultipartUploadResult>';
        return { status: 200, body };
      },
    });
    expect(methodsOf(outcome).slice(-3)).toEqual(['POST', 'GET', 'GET']);
    expect(outcome.uploaded).toMatchObject({ size: wide.length, etag: '"sse"' });
  });

  it('is compared, too, if only the answer to the PUT has a different ETag', async () => {
    const wrong = once({ rewrite: { etag: `"${'0'.repeat(32)}"` } }, put);
    const outcome = await upload('wrong.jpg', { faultOf: wrong });
    expect(methodsOf(outcome)).toEqual(['PUT', 'GET']);
    expect(outcome.uploaded).toMatchObject({ etag: own });
  });

  it.each([
    ['passed on', { rewrite: { etag: '"0"' } }, ['PUT', 'GET']],
    ['not passed on', { status: 200, headers: { etag: '"0"' } }, ['PUT', 'GET', 'PUT']],
  ])(
    'replaces what was there under the condition that it is there: %s',
    async (name, fault, methods) => {
      const key = `replaced-${name.length}.jpg`;
      await sandbox.current.putObject(key, Buffer.from('outdated'));
      const etag = `"${createHash('md5').update('outdated').digest('hex')}"`;
      const outcome = await upload(key, {
        faultOf: once(fault, put),
        condition: { kind: 'unchanged', etag },
      });
      expect(outcome.uploaded).toMatchObject({ etag: own });
      expect(methodsOf(outcome)).toEqual(methods);
      for (const { method, headers } of outcome.seen)
        if (method === 'PUT') expect(headers['if-match']).toBe(etag);
      expect((await stored(key)).equals(picture)).toBe(true);
    },
  );

  it('is sent again when there is nothing to read back', async () => {
    const nothing = { status: 200, headers: { etag: '"0"' } };
    const outcome = await upload('nothing.jpg', { faultOf: once(nothing, put) });
    expect(methodsOf(outcome)).toEqual(['PUT', 'GET', 'PUT']);
    expect((await stored('nothing.jpg')).equals(picture)).toBe(true);
  });

  it('or that has no ETag at all, is sent again, and recognised', async () => {
    const outcome = await upload('none.jpg', {
      faultOf: once({ rewrite: { etag: undefined } }, put),
    });
    expect(methodsOf(outcome)).toEqual(['PUT', 'PUT', 'HEAD']);
    expect(outcome.uploaded).toMatchObject({ etag: own });
  });
});

describe('a server that compares If-Match without its quotes, as Ceph does', () => {
  const replace = async (refuses: (ifMatch: string) => boolean) => {
    await sandbox.current.putObject('ceph.jpg', Buffer.from('outdated'));
    const etag = `"${createHash('md5').update('outdated').digest('hex')}"`;
    const faultOf: FaultOf = async (request) => {
      if (!put(request)) return undefined;
      if (refuses(String(request.headers['if-match'])))
        return { status: 412, body: '<Error><Code>PreconditionFailed</Code></Error>' };
      await sandbox.current.putObject('ceph.jpg', await request.body());
      return { status: 200, headers: { etag: own } };
    };
    await using server = await startFaultServer(sandbox.current.endpoint, faultOf);
    const condition = { kind: 'unchanged', etag } as const;
    const sent = { path: paths.small, key: 'ceph.jpg', contentType: 'image/jpeg', condition };
    const outcome = await withStorage(sandbox.current, server.url, (storage) =>
      uploadFile(storage, sent, { policy: quickRetry }).catch((error: unknown) => error),
    );
    return {
      outcome,
      asked: server.seen.map((request) => [request.method, request.headers['if-match']]),
      etag,
    };
  };

  it('gets the ETag as it writes it, once HEAD has shown that it is the same', async () => {
    const { outcome, asked, etag } = await replace((ifMatch) => ifMatch.startsWith('"'));
    expect(outcome).toMatchObject({ etag: own });
    expect(asked).toEqual([
      ['PUT', etag],
      ['HEAD', undefined],
      ['PUT', etag.replaceAll('"', '')],
    ]);
  });

  it('is told what it does wrong when it takes neither, and nothing is overwritten', async () => {
    const { outcome, asked } = await replace(() => true);
    expect(outcome).toMatchObject({
      code: 'STORAGE_FAILED',
      message: expect.stringMatching(
        /did not replace "ceph.jpg": it says that its ETag is not "\w{32}" \(412\), and that it is/,
      ),
    });
    expect(asked).toHaveLength(4);
    expect((await stored('ceph.jpg')).toString()).toBe('outdated');
  });
});
