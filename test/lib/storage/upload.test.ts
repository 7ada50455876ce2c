import { createHash } from 'node:crypto';
import { truncateSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PutCondition, Uploaded, UploadOptions } from '../../../src/lib/storage/upload.ts';
import { uploadFile } from '../../../src/lib/storage/upload.ts';
import { always, either, type FaultOf, type Matching, method, once } from '../../support/fault.ts';
import { type FaultServer, startFaultServer } from '../../support/fault-server.ts';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { distinctBytes, quickRetry, withStorage } from '../../support/storage.ts';
import { useSandbox } from '../../support/tasks.ts';

const sandbox = useSandbox();
const MIB = 1024 * 1024;
const small = distinctBytes(300_000);
const large = distinctBytes(12 * MIB + 3);
/** R2's smallest parts, so that 12 MiB are three of them. */
const inParts = { multipartAbove: 8 * MIB, partBytes: 5 * MIB };

let folder: TestFolder;
const paths = { small: '', large: '' };
beforeAll(async () => {
  folder = await makeFolder();
  paths.small = await folder.write('small.jpg', small);
  paths.large = await folder.write('large.jpg', large);
});
afterAll(() => folder.remove());

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

/** Uploads a file through a fault server; what is thrown is part of the outcome. */
async function upload(
  key: string,
  { path = paths.small, faultOf = () => undefined, condition, ...options }: Setup = {},
): Promise<Outcome> {
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
}

const methodsOf = ({ seen }: Pick<Outcome, 'seen'>) => seen.map((request) => request.method);
const stored = async (key: string) => Buffer.from((await get(key))?.bytes ?? []);
const get = (key: string) => sandbox.current.getObject(key);
const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest();

const put = method('PUT');
const part =
  (number: number): Matching =>
  (request) =>
    request.url.includes(`partNumber=${number}&`) || request.url.endsWith(`partNumber=${number}`);
const completion: Matching = (request) =>
  request.method === 'POST' && request.url.includes('uploadId=');

describe('an upload of up to 64 MiB', () => {
  it('is one request, with what goes with it', async () => {
    const outcome = await upload('one.jpg');
    expect(methodsOf(outcome)).toEqual(['PUT']);
    expect(outcome.uploaded).toEqual({
      key: 'one.jpg',
      size: small.length,
      etag: `"${md5(small).toString('hex')}"`,
    });
    expect(await get('one.jpg')).toMatchObject({
      contentType: 'image/jpeg',
      metadata: { made: 'here' },
    });
    expect((await stored('one.jpg')).equals(small)).toBe(true);
  });

  it('may have no bytes', async () => {
    const outcome = await upload('none.jpg', { path: await folder.write('none.jpg', '') });
    expect(outcome.uploaded).toMatchObject({ size: 0 });
    expect(await get('none.jpg')).toMatchObject({ size: 0 });
  });

  it.each([
    ['is reset', { reset: true }],
    ['is answered with 503', { status: 503 }],
    ['is answered with 520', { status: 520 }],
    ['is never read', { hang: true }],
    [
      'arrives damaged',
      { status: 400, body: '<Error><Code>BadDigest</Code><Message>MD5</Message></Error>' },
    ],
  ])('is sent again when it %s', async (what, fault) => {
    const key = `again ${what}.jpg`;
    const outcome = await upload(key, {
      faultOf: once(fault, put),
      patience: { headersMs: 500, stallMs: 500 },
    });
    expect(methodsOf(outcome)).toEqual(['PUT', 'PUT']);
    expect((await stored(key)).equals(small)).toBe(true);
  });

  it('is sent again when R2 takes a part of it and then nothing more', async () => {
    const outcome = await upload('stuck.jpg', {
      path: paths.large,
      faultOf: once({ hang: true }, put),
      patience: { headersMs: 60_000, stallMs: 500 },
    });
    expect(methodsOf(outcome)).toEqual(['PUT', 'PUT']);
    expect((await stored('stuck.jpg')).equals(large)).toBe(true);
  });

  it.each([
    ['was reset', { resetAfter: true }],
    ['never came', { hangAfter: true }],
  ])('is known again when its answer %s', async (what, fault) => {
    const key = `known ${what}.jpg`;
    const outcome = await upload(key, {
      faultOf: once(fault, put),
      patience: { headersMs: 500 },
    });
    expect(methodsOf(outcome)).toEqual(['PUT', 'PUT', 'HEAD']);
    expect(outcome.uploaded).toMatchObject({ size: small.length });
  });

  it('is known again, too, when the answer to the last attempt was lost', async () => {
    const outcome = await upload('last.jpg', {
      faultOf: always({ resetAfter: true }, put),
      policy: { ...quickRetry, attempts: 1 },
    });
    expect(methodsOf(outcome)).toEqual(['PUT', 'HEAD']);
    expect(outcome.uploaded).toMatchObject({ size: small.length });
  });

  it('does not take somebody else’s object for its own', async () => {
    const outcome = await upload('theirs.jpg', {
      faultOf: either(
        async (request) => {
          if (put(request)) await sandbox.current.putObject('theirs.jpg', Buffer.from('theirs'));
          return undefined;
        },
        once({ reset: true }, put),
      ),
    });
    expect(outcome.error).toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect((await stored('theirs.jpg')).toString()).toBe('theirs');
  });

  it('of a file that becomes shorter meanwhile says so, and is not tried again', async () => {
    const path = await folder.write('shrinking.jpg', large);
    const outcome = await upload('shrinking.jpg', {
      path,
      faultOf: (request) => {
        if (put(request)) truncateSync(path, 1000);
        return { hang: true };
      },
    });
    expect(outcome.error).toMatchObject({
      code: 'FILE',
      message: `${path} became shorter while it was uploaded. Upload it again.`,
    });
    expect(methodsOf(outcome)).toEqual(['PUT']);
  });

  it('ends at once when it is aborted, with the reason', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const outcome = await upload('aborted.jpg', {
      path: paths.large,
      signal: controller.signal,
      faultOf: () => {
        setImmediate(() => controller.abort(reason));
        return { hang: true };
      },
    });
    expect(outcome.error).toBe(reason);
    expect(await get('aborted.jpg')).toBeNull();
  });
});

describe('an upload in parts', () => {
  it('has equal parts, each with its MD5, and makes one object', async () => {
    const outcome = await upload('parts.jpg', { path: paths.large, ...inParts });
    const parts = outcome.seen.filter(put);
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

  it('is how more than 64 MiB go up, in parts of 16 MiB', async () => {
    const bytes = distinctBytes(65 * MIB);
    const path = await folder.write('huge.jpg', bytes);
    const outcome = await upload('huge.jpg', { path });
    expect(outcome.error).toBeUndefined();
    const lengths = outcome.seen.filter(put).map(({ headers }) => headers['content-length']);
    expect(lengths).toEqual([16, 16, 16, 16, 1].map((n) => String(n * MIB)));
    expect((await stored('huge.jpg')).equals(bytes)).toBe(true);
  });

  it.each([
    ['reset', { reset: true }],
    ['answered with 500', { status: 500 }],
    ['never answered', { hangAfter: true }],
  ])('sends only the part again that was %s', async (what, fault) => {
    const key = `part ${what}.jpg`;
    const outcome = await upload(key, {
      path: paths.large,
      ...inParts,
      faultOf: once(fault, part(2)),
      patience: { headersMs: 300 },
    });
    expect(outcome.seen.filter(part(2))).toHaveLength(2);
    expect(outcome.seen.filter(put)).toHaveLength(4);
    expect((await stored(key)).equals(large)).toBe(true);
  });

  it('completes again when R2 says only at the end of its answer that it failed', async () => {
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
    ['of one completion', once({ resetAfter: true }, completion)],
    ['of every completion', always({ resetAfter: true }, completion)],
    ['of a completion never comes, and the answer', once({ hangAfter: true }, completion)],
  ])('is known again when the answer %s is lost', async (what, faultOf) => {
    const key = `completed ${what}.jpg`;
    const outcome = await upload(key, {
      path: paths.large,
      ...inParts,
      faultOf,
      patience: { headersMs: 300 },
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
