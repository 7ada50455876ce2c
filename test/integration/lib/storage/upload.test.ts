import { truncateSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { always, either, once } from '../../../support/fault.ts';
import { quickRetry } from '../../../support/storage.ts';
import { useSandbox } from '../../../support/tasks.ts';
import { md5, methodsOf, put, useUploads } from '../../../support/uploads.ts';

const sandbox = useSandbox();
const { folder, paths, small, large, upload, get, stored } = useUploads(sandbox);

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
      patience: { headersMs: 3_000, stallMs: 3_000 },
    });
    expect(methodsOf(outcome)).toEqual(['PUT', 'PUT']);
    expect((await stored(key)).equals(small)).toBe(true);
  });

  it('is sent again when R2 takes a part of it and then nothing more', async () => {
    const outcome = await upload('stuck.jpg', {
      path: paths.large,
      faultOf: once({ hang: true }, put),
      patience: { headersMs: 60_000, stallMs: 3_000 },
    });
    expect(methodsOf(outcome)).toEqual(['PUT', 'PUT']);
    expect((await stored('stuck.jpg')).equals(large)).toBe(true);
  });

  it.each([
    ['was reset', { resetAfter: true }],
    ['never came', { hangAfter: true }],
  ])('is recognised when its answer %s', async (what, fault) => {
    const key = `known ${what}.jpg`;
    const outcome = await upload(key, {
      faultOf: once(fault, put),
      patience: { headersMs: 3_000 },
    });
    expect(methodsOf(outcome)).toEqual(['PUT', 'PUT', 'HEAD']);
    expect(outcome.uploaded).toMatchObject({ size: small.length });
  });

  it('is recognised, too, when the answer to the last attempt was lost', async () => {
    const outcome = await upload('last.jpg', {
      faultOf: always({ resetAfter: true }, put),
      policy: { ...quickRetry, attempts: 1 },
    });
    expect(methodsOf(outcome)).toEqual(['PUT', 'HEAD']);
    expect(outcome.uploaded).toMatchObject({ size: small.length });
  });

  it('does not mistake a foreign object for its own', async () => {
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
      message: `${path} was truncated during the upload. Upload it again.`,
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
