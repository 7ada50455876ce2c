import { describe, expect, it } from 'vitest';
import type { StorageError } from '../../../../src/lib/errors.ts';
import type { Storage } from '../../../../src/lib/storage/client.ts';
import { openObject } from '../../../../src/lib/storage/download.ts';
import { listObjects } from '../../../../src/lib/storage/list-objects.ts';
import { headObject, type RequestOptions } from '../../../../src/lib/storage/objects.ts';
import {
  deleteObject,
  getSmallObject,
  putSmallObject,
} from '../../../../src/lib/storage/small-object.ts';
import { always, type Fault, type FaultOf, once } from '../../../support/fault.ts';
import { type FaultServer, startFaultServer } from '../../../support/fault-server.ts';
import { MIB, quickRetry, withStorage } from '../../../support/storage.ts';
import { useSandbox } from '../../../support/tasks.ts';
import { useFolder } from '../../../support/use-folder.ts';

const sandbox = useSandbox();
const folder = useFolder();
const nowhere = { bucket: 'b', credentials: { accessKeyId: 'id', secretAccessKey: 'secret' } };
const options: RequestOptions = { policy: quickRetry };

const requests: Record<string, (storage: Storage) => Promise<unknown>> = {
  GET: async (storage) =>
    (await openObject(storage, 'k.tif', options)).saveTo(folder.path('saved')),
  HEAD: (storage) => headObject(storage, 'k.tif', options),
  PUT: (storage) =>
    putSmallObject(
      storage,
      { key: 'k.json', text: '{}', contentType: 'application/json', condition: { kind: 'absent' } },
      options,
    ),
  list: (storage) => listObjects(storage, 'k', options),
  'GET of an entry': (storage) => getSmallObject(storage, 'k.json', 1_000, options),
  DELETE: (storage) => deleteObject(storage, 'k.json', options),
};

/** How each request ends at a server that always answers so: its error, or nothing. */
async function errorsAt(fault: Fault, names = Object.keys(requests)) {
  await using server = await startFaultServer('http://127.0.0.1:1', always(fault));
  return await withStorage(nowhere, server.url, async (storage) => {
    const errors: Record<string, StorageError | undefined> = {};
    for (const name of names)
      errors[name] = await requests[name]?.(storage).then(
        () => undefined,
        (error: StorageError) => error,
      );
    return { errors, host: new URL(server.url).host, server };
  });
}

const PAGE = '<!DOCTYPE html>\n<html><body>Please log in</body></html>';
const html = { 'content-type': 'text/html; charset=utf-8', 'content-length': String(PAGE.length) };

describe('a server that answers with web pages', () => {
  it.each([
    ['200 to everything', { status: 200, headers: html, body: PAGE }],
    ['302 to everything', { status: 302, headers: { ...html, location: '/login' }, body: PAGE }],
    ['404 to everything', { status: 404, headers: html, body: PAGE }],
    ['401 to everything', { status: 401, headers: html, body: PAGE }],
    ['403 to everything', { status: 403, headers: html, body: PAGE }],
    ['407 to everything', { status: 407, headers: html, body: PAGE }],
    ['511 to everything', { status: 511, headers: html, body: PAGE }],
    ['302 without a page', { status: 302, headers: { location: 'https://login.example/?id=1' } }],
  ])('is not an S3 endpoint: %s', async (_, fault) => {
    const { errors, host } = await errorsAt(fault);
    for (const [name, error] of Object.entries(errors))
      expect(error, name).toMatchObject({
        code: 'STORAGE_FAILED',
        message: expect.stringContaining(`${host} is not an S3 endpoint: the attempt to `),
      });
  });

  it('is not one with ETags and ranges, either, if it has pages for keys that do not exist', async () => {
    const headers = { ...html, etag: '"64b0a5e4-1c2"' };
    const { errors } = await errorsAt({ status: 200, headers, body: PAGE }, ['GET', 'HEAD', 'PUT']);
    for (const name of ['GET', 'HEAD'])
      expect(errors[name]?.message, name).toMatch(
        /not an S3 endpoint: .* which nobody has put there, as well/,
      );
    // Its ETag is not ours, and what is read back is such a page.
    expect(errors['PUT']?.message).toContain('is not an S3 endpoint');
  });

  it('is not one, either, if it does not say whether keys exist', async () => {
    const headers = { ...html, etag: '"64b0a5e4-1c2"' };
    const faultOf: FaultOf = ({ url }) =>
      url.includes('arke-tiff-') ? { status: 403 } : { status: 200, headers, body: PAGE };
    await using server = await startFaultServer('http://127.0.0.1:1', faultOf);
    await withStorage(nowhere, server.url, async (storage) => {
      for (const name of ['GET', 'HEAD'])
        await expect(requests[name]?.(storage), name).rejects.toThrow(
          /not an S3 endpoint: .* which nobody has put there, with 403 Forbidden\./,
        );
    });
  });

  it('is reported with only the host of its redirect', async () => {
    const headers = { location: 'https://login.example/?token=secret' };
    const { errors } = await errorsAt({ status: 302, headers }, ['GET']);
    expect(errors['GET']?.message).toContain(
      'was answered by being sent elsewhere, to https://login.example (302)',
    );
  });

  it('is not one as long as it does: a single page is requested again', async () => {
    await sandbox.current.putObject('k.tif', Buffer.from('TIFF'));
    const portal = once({ status: 200, headers: html, body: PAGE });
    await using server = await startFaultServer(sandbox.current.endpoint, portal);
    await withStorage(
      sandbox.current,
      server.url,
      (storage) => requests['GET']?.(storage) ?? Promise.reject(),
    );
    expect(server.seen).toHaveLength(2);
  });
});

describe('a 200', () => {
  const error =
    '<?xml version="1.0"?>\n<Error><Code>InternalError</Code><Message>Later</Message></Error>';

  it('with an error in it is an error, and is retried', async () => {
    const { errors, server } = await errorsAt({ status: 200, body: error });
    for (const [name, told] of Object.entries(errors))
      expect(told, name).toMatchObject({
        // A HEAD has no body, and is known by what it lacks.
        message: expect.stringMatching(
          name === 'HEAD'
            ? /with 200, but without an ETag/
            : /with 200, but with an error \(InternalError: Later\)/,
        ),
        retryable: true,
      });
    expect(server.seen.length).toBeGreaterThanOrEqual(3 * Object.keys(errors).length);
  });

  it('without its required fields is not a success', async () => {
    const { errors } = await errorsAt({ status: 200, body: 'OK' });
    for (const name of ['GET', 'HEAD', 'PUT', 'GET of an entry'])
      expect(errors[name]?.message, name).toContain('with 200, but without an ETag');
    expect(errors['list']?.message).toContain('with 200, but without a ListBucketResult');
    expect(errors['DELETE']?.message).toContain('with 200, but with a text that S3 does not send');
  });

  it('without a body is a success if none is expected', async () => {
    const { errors } = await errorsAt({ status: 200 }, ['DELETE']);
    expect(errors['DELETE']).toBeUndefined();
  });
});

const list = (inside: string) => `<?xml version="1.0"?><ListBucketResult>${inside}`;
const END = '</ListBucketResult>';

describe('a list', () => {
  it.each<[string, Fault, string]>([
    ['too long', { body: list(''), extraBytes: 17 * MIB }, 'with more than 16777216 bytes'],
    [
      'cut in its middle',
      { body: list('<IsTruncated>false</IsTruncated><Contents><Key>a') },
      'with a ListBucketResult that breaks off',
    ],
    ['empty', { body: '<ListBucketResult/>' }, 'with a ListBucketResult that breaks off'],
    ['no XML', { body: list(`<!-- ${END}`) }, 'with what cannot be read'],
    [
      'one that says nothing of its end',
      { body: list(END) },
      'does not say whether there are more',
    ],
  ])('that is %s is not a list, and is requested again', async (_, fault, told) => {
    const { errors, server } = await errorsAt({ status: 200, ...fault }, ['list']);
    expect(errors['list']).toMatchObject({
      code: 'BROKEN_TRANSFER',
      message: expect.stringContaining(told),
    });
    expect(server.seen).toHaveLength(3);
  });
});

describe('an error', () => {
  it.each([503, 403])('of 400 MB is read no further than need be: %i', async (status) => {
    const { errors, server } = await errorsAt(
      { status, extraBytes: 400 * MIB, headers: { 'content-type': 'application/xml' } },
      ['GET', 'PUT', 'list'],
    );
    expect(errors['GET']?.message).toContain(status === 503 ? 'R2 answered 503' : '403 Forbidden');
    // Nine or three answers, and what the system took of each before the connection was gone.
    expect(server.bytesSent()).toBeLessThan(9 * 16 * MIB);
  });

  it('501 is not tried again, and names the header', async () => {
    const { errors, server } = await errorsAt({ status: 501 }, ['PUT']);
    expect(errors['PUT']?.message).toMatch(
      /does not support something \(perhaps the header If-None-Match\), .*\(501/,
    );
    expect(server.seen).toHaveLength(1);
  });

  it('501 names the header that the server names', async () => {
    const body = '<Error><Code>NotImplemented</Code><Header>x-strange</Header></Error>';
    const { errors } = await errorsAt({ status: 501, body }, ['PUT']);
    expect(errors['PUT']?.message).toContain('does not support the header x-strange, which');
  });

  it.each([
    [429, 'TooManyRequests', 'Too many requests: try again later, with fewer at a time.'],
    [503, 'SlowDown', "Try again later; see Cloudflare's status page."],
  ])(
    'that a key is written too often is retried after a second: %i',
    async (status, code, remedy) => {
      const body = `<Error><Code>${code}</Code></Error>`;
      const { errors } = await errorsAt({ status, body }, ['PUT', 'HEAD']);
      expect(errors['PUT']?.message).toContain(remedy);
      expect(errors['PUT']?.retryAfterMs).toBeGreaterThanOrEqual(1_000);
      expect(errors['HEAD']?.retryAfterMs).toBeUndefined();
    },
  );
});

/** A server whose clock is so many milliseconds ahead, and which minds. */
const ahead =
  (ms: number): FaultOf =>
  ({ headers }) => {
    const [, y, m, d, h, min, s] =
      /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(headers['x-amz-date'])) ?? [];
    const signed = Date.parse(`${y}-${m}-${d}T${h}:${min}:${s}Z`);
    const now = Date.now() + ms;
    if (Math.abs(now - signed) < 15 * 60_000) return undefined;
    const body = '<Error><Code>RequestTimeTooSkewed</Code><Message>no</Message></Error>';
    return { status: 403, headers: { date: new Date(now).toUTCString() }, body };
  };

describe('a clock that is off by an hour', () => {
  const hour = 60 * 60_000;
  /**
   * What the requests of a server were answered that it minds; the others are as R2 would take
   * them.
   */
  const answered = async (faultOf: FaultOf, name: string) => {
    await using server: FaultServer = await startFaultServer(
      'http://127.0.0.1:1',
      async (request) => (await faultOf(request)) ?? { status: 404 },
    );
    const outcome = await withStorage(
      nowhere,
      server.url,
      (storage) =>
        requests[name]?.(storage).then(
          () => undefined,
          (error: StorageError) => error,
        ) ?? Promise.reject(),
    );
    return { outcome, seen: server.seen.length };
  };

  it.each([
    ['ahead', hour],
    ['behind', -hour],
  ])('is corrected by that of R2, once: %s', async (_, ms) => {
    expect(await answered(ahead(ms), 'HEAD')).toEqual({ outcome: undefined, seen: 2 });
  });

  it('is reported when that does not help', async () => {
    const never = always({
      status: 403,
      headers: { date: new Date(Date.now() + hour).toUTCString() },
      body: '<Error><Code>RequestTimeTooSkewed</Code></Error>',
    });
    const { outcome, seen } = await answered(never, 'GET');
    expect(outcome).toMatchObject({ code: 'CLOCK_SKEWED' });
    expect(seen).toBe(2);
  });

  /** Refuses everything without a body, as a HEAD is refused, with a clock so far ahead. */
  const silent = (ms: number, more: Record<string, string> = {}) =>
    always({
      status: 403,
      headers: { date: new Date(Date.now() + ms).toUTCString(), ...more },
    });

  it('is named where a refusal has no body, and so gives no reason', async () => {
    const { outcome, seen } = await answered(silent(hour), 'HEAD');
    expect(outcome).toMatchObject({
      code: 'CLOCK_SKEWED',
      message: expect.stringMatching(
        /\(403\) without a reason, but this machine's clock is wrong \(\S+Z here, \S+Z there\)\. Set the clock; .* may not read "k\.tif"/,
      ),
    });
    expect(seen).toBe(2);
  });

  it.each([
    ['that is off by less than S3 minds', 'HEAD', silent(14 * 60_000)],
    ['of an answer from a cache', 'HEAD', silent(hour, { age: '3600' })],
    [
      'beside a reason',
      'GET',
      always({
        status: 403,
        headers: { date: new Date(Date.now() + hour).toUTCString() },
        body: '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
      }),
    ],
  ])('is not blamed: one %s', async (_, name, refused) => {
    expect(await answered(refused, name)).toMatchObject({ outcome: { code: 'ACCESS_DENIED' } });
  });
});

describe('a weak ETag', () => {
  it('is compared as what it is: ranges of such an object come, and are of one version', async () => {
    const bytes = Buffer.alloc(9 * MIB, 'x');
    await sandbox.current.putObject('weak.tif', bytes);
    const etag = 'W/"0123"';
    await using server = await startFaultServer(
      sandbox.current.endpoint,
      // Part of the proxies make it weak on its way.
      ({ headers }) => ({
        rewrite: { etag: headers['range'] === 'bytes=0-8388607' ? etag : '"0123"' },
      }),
    );
    await withStorage(sandbox.current, server.url, async (storage) => {
      const object = await openObject(storage, 'weak.tif', options);
      expect(await object.saveTo(folder.path('weak.tif'))).toMatchObject({
        etag,
        size: bytes.length,
      });
    });
    expect(server.seen.map(({ headers }) => headers['if-match'])).toEqual([undefined, undefined]);
  });
});

it('a web page that is an object is returned unchanged', async () => {
  await sandbox.current.putObject('page', Buffer.from(PAGE));
  const faultOf: FaultOf = (request) =>
    request.url.includes('/page') ? { rewrite: { 'content-type': 'text/html' } } : undefined;
  await using server = await startFaultServer(sandbox.current.endpoint, faultOf);
  const saved = await withStorage(sandbox.current, server.url, async (storage) =>
    (await openObject(storage, 'page', options)).saveTo(folder.path('page')),
  );
  expect(saved).toMatchObject({ size: PAGE.length, contentType: 'text/html' });
});
