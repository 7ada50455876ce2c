import { describe, expect, it } from 'vitest';
import { always, type Matching, once } from '../../../support/fault.ts';
import type { SeenRequest } from '../../../support/fault-server.ts';
import { distinctBytes, MIB } from '../../../support/storage.ts';
import { useSandbox } from '../../../support/tasks.ts';
import { md5, methodsOf, put, useUploads } from '../../../support/uploads.ts';

const sandbox = useSandbox();
const { folder, paths, large, upload, get, stored } = useUploads(sandbox);
/** R2's smallest parts, so that 12 MiB are three of them. */
const inParts = { multipartAbove: 8 * MIB, partBytes: 5 * MIB };

/** For what must not be sent again because the machine is busy. */
const patient = { headersMs: 300_000, stallMs: 300_000 };

const part =
  (number: number): Matching =>
  (request) =>
    request.url.includes(`partNumber=${number}&`) || request.url.endsWith(`partNumber=${number}`);
const completion: Matching = (request) =>
  request.method === 'POST' && request.url.includes('uploadId=');

describe('an upload in parts', () => {
  it('has equal parts, each with its MD5, and makes one object', async () => {
    const outcome = await upload('parts.jpg', { path: paths.large, ...inParts });
    // They are sent side by side, and may arrive in any order.
    const numberOf = ({ url }: SeenRequest) => Number(/partNumber=(\d+)/.exec(url)?.[1]);
    const parts = outcome.seen.filter(put).sort((a, b) => numberOf(a) - numberOf(b));
    expect(parts.map(({ headers }) => headers['content-length'])).toEqual(
      [5 * MIB, 5 * MIB, 2 * MIB + 3].map(String),
    );
    expect(parts.map(({ headers }) => headers['content-md5'])).toEqual(
      [0, 5, 10].map((n) => md5(large.subarray(n * MIB, (n + 5) * MIB)).toString('base64')),
    );
    expect(methodsOf(outcome)).toEqual(['HEAD', 'POST', 'PUT', 'PUT', 'PUT', 'HEAD', 'POST']);
    const object = await get('parts.jpg');
    expect(object).toMatchObject({ contentType: 'image/jpeg', metadata: { made: 'here' } });
    expect(Buffer.from(object?.bytes ?? []).equals(large)).toBe(true);
    expect(outcome.uploaded).toEqual({
      key: 'parts.jpg',
      size: large.length,
      etag: `"${object?.etag}"`,
    });
  });

  it('is used above 64 MiB, in parts of 16 MiB', async () => {
    const bytes = distinctBytes(65 * MIB);
    const path = await folder.write('huge.jpg', bytes);
    const outcome = await upload('huge.jpg', { path, patience: patient });
    expect(outcome.error).toBeUndefined();
    const lengths = outcome.seen
      .filter(put)
      .map(({ headers }) => Number(headers['content-length']));
    expect(lengths.sort((a, b) => b - a)).toEqual([16, 16, 16, 16, 1].map((n) => n * MIB));
    expect((await stored('huge.jpg')).equals(bytes)).toBe(true);
  });

  it.each([
    ['reset', { reset: true }, patient],
    ['answered with 500', { status: 500 }, patient],
    ['never answered', { hangAfter: true }, { headersMs: 20_000 }],
  ])('sends again only the part that was %s', async (what, fault, patience) => {
    const key = `part ${what}.jpg`;
    const outcome = await upload(key, {
      path: paths.large,
      ...inParts,
      faultOf: once(fault, part(2)),
      patience,
    });
    expect(outcome.seen.filter(part(2))).toHaveLength(2);
    expect(outcome.seen.filter(put)).toHaveLength(4);
    expect((await stored(key)).equals(large)).toBe(true);
  });

  it('completes again when R2 reports the failure only at the end of its answer', async () => {
    const body = '<Error><Code>InternalError</Code><Message>Try again.</Message></Error>';
    const outcome = await upload('late.jpg', {
      path: paths.large,
      ...inParts,
      faultOf: once({ status: 200, body }, completion),
    });
    expect(outcome.seen.filter(completion)).toHaveLength(2);
    expect((await stored('late.jpg')).equals(large)).toBe(true);
  });

  it.each([
    ['a part fails for good', always({ status: 503 }, part(2)), 'STORAGE_FAILED'],
    ['the completion fails for good', always({ status: 503 }, completion), 'STORAGE_FAILED'],
    ['a part is refused', always({ status: 403 }, part(1)), 'ACCESS_DENIED'],
  ])('leaves nothing behind when %s', async (what, faultOf, code) => {
    const key = `failed ${what}.jpg`;
    const outcome = await upload(key, { path: paths.large, ...inParts, faultOf });
    expect(outcome.error).toMatchObject({ code });
    expect(methodsOf(outcome).at(-1)).toBe('DELETE');
    expect(outcome.seen.at(-1)?.url).toContain('uploadId=');
    expect(await get(key)).toBeNull();
  });

  it('leaves nothing behind when it is aborted, and ends soon, even if R2 does not answer', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const outcome = await upload('stopped.jpg', {
      path: paths.large,
      ...inParts,
      signal: controller.signal,
      faultOf: (request) => {
        if (!part(2)(request)) return request.method === 'DELETE' ? { hangAfter: true } : undefined;
        setImmediate(() => controller.abort(reason));
        return { hang: true };
      },
    });
    expect(outcome.error).toBe(reason);
    expect(methodsOf(outcome).at(-1)).toBe('DELETE');
    expect(await get('stopped.jpg')).toBeNull();
  });

  it.each([
    ['of one completion', once({ resetAfter: true }, completion), patient],
    ['of every completion', always({ resetAfter: true }, completion), patient],
    [
      'of a completion never comes, and the answer',
      once({ hangAfter: true }, completion),
      { headersMs: 20_000 },
    ],
  ])('is recognised when the answer %s is lost', async (what, faultOf, patience) => {
    const key = `completed ${what}.jpg`;
    const outcome = await upload(key, {
      path: paths.large,
      ...inParts,
      faultOf,
      patience,
    });
    expect(outcome.uploaded).toMatchObject({ key, size: large.length });
    expect(methodsOf(outcome)).not.toContain('DELETE');
    expect((await stored(key)).equals(large)).toBe(true);
  });
});

describe('an upload in parts never overwrites what was not looked at', () => {
  const theirs = Buffer.from('somebody else’s');

  it('but says so before it sends anything', async () => {
    await sandbox.current.putObject('taken.jpg', theirs);
    const outcome = await upload('taken.jpg', { path: paths.large, ...inParts });
    expect(outcome.error).toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect(methodsOf(outcome)).toEqual(['HEAD']);
    expect((await stored('taken.jpg')).equals(theirs)).toBe(true);
  });

  it('even when it appears while the parts are under way', async () => {
    const outcome = await upload('appearing.jpg', {
      path: paths.large,
      ...inParts,
      faultOf: async (request) => {
        if (part(3)(request)) await sandbox.current.putObject('appearing.jpg', theirs);
        return undefined;
      },
    });
    expect(outcome.error).toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect(methodsOf(outcome).at(-1)).toBe('DELETE');
    expect((await stored('appearing.jpg')).equals(theirs)).toBe(true);
  });

  it('and asks R2 to look once more while it completes', async () => {
    const body = '<Error><Code>PreconditionFailed</Code><Message>No.</Message></Error>';
    const outcome = await upload('raced.jpg', {
      path: paths.large,
      ...inParts,
      faultOf: always({ status: 412, body }, completion),
    });
    expect(outcome.error).toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect(outcome.seen.find(completion)?.headers['if-none-match']).toBe('*');
  });

  it('and replaces what was, as long as it is unchanged', async () => {
    await sandbox.current.putObject('mine.jpg', theirs);
    const etag = `"${(await get('mine.jpg'))?.etag}"`;
    const setup = {
      path: paths.large,
      ...inParts,
      condition: { kind: 'unchanged', etag },
    } as const;
    const outcome = await upload('mine.jpg', setup);
    expect(outcome.seen.find(completion)?.headers['if-match']).toBe(etag);
    expect((await stored('mine.jpg')).equals(large)).toBe(true);
    expect((await upload('mine.jpg', setup)).error).toMatchObject({ code: 'PRECONDITION_FAILED' });
  });
});
