import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { payloadProblems } from '../../../src/lib/callback/payload.ts';
import { startFaultServer } from '../../support/fault-server.ts';
import { runTask, type TaskRun, useSandbox } from '../../support/tasks.ts';

const sandbox = useSandbox();
const KEY = 'staging/b/image.tif';

let tiff: Buffer;
let copies = 0;

/** A TIFF in R2 whose JPEG is not there yet. */
async function freshKey(): Promise<string> {
  const key = `fresh/${copies++}.tif`;
  await sandbox.current.putObject(key, tiff);
  return key;
}

beforeAll(async () => {
  tiff = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'teal' } })
    .tiff()
    .toBuffer();
  await sandbox.current.putObject(KEY, tiff);
  await sandbox.current.putObject(
    'broken.tif',
    Buffer.from('II*\0 and then nothing that makes sense'),
  );
  await sandbox.current.putObject('cut.tif', tiff.subarray(0, tiff.length / 2));
  await sandbox.current.putObject('picture.tif', await sharp(tiff).png().toBuffer());
});

/** One error callback, valid by the contract; exit 1; the same text in the log. */
function expectError(run: TaskRun, ...parts: (string | RegExp)[]): void {
  expect(run.exitCode).toBe(1);
  expect(run.bodies).toHaveLength(1);
  const [body] = run.bodies;
  expect(payloadProblems(body)).toEqual([]);
  expect(body).toMatchObject({ task_id: run.taskId, batch_id: run.batchId, status: 'error' });
  for (const part of parts) expect(body?.['error']).toMatch(part);
  expect(run.stdout).toContain(`[${run.taskId}] ✗ Error: ${body?.['error']}\n`);
  expect(run.stdout).not.toContain('    at ');
}

describe('a task that fails calls back one error and exits with 1', () => {
  it('when the TIFF is not in R2: 404 Not Found, with key and bucket', async () => {
    const run = await runTask(sandbox.current, 'staging/b/lost.tif');
    expectError(
      run,
      /^Failed to download TIFF: 404 Not Found/,
      '"staging/b/lost.tif"',
      '"arke-staging"',
    );
  });

  it.each([
    ['broken.tif', 'Input file contains unsupported image format'],
    ['cut.tif', /tiff2vips|Input file/],
  ])('when the TIFF is broken: with sharp’s own message (%s)', async (key, message) => {
    expectError(await runTask(sandbox.current, key), /^Failed to convert TIFF: /, message, key);
  });

  it('when the object is not a TIFF: naming what it is', async () => {
    const run = await runTask(sandbox.current, 'picture.tif');
    expectError(run, /^Failed to convert TIFF: "picture.tif" is a PNG file/);
    expect(await sandbox.current.getObject('picture.jpg')).toBeNull();
  });

  it('when the bucket does not exist: check R2_BUCKET', async () => {
    const run = await runTask(sandbox.current, KEY, { R2_BUCKET: 'no-such-bucket' });
    expectError(run, 'The bucket "no-such-bucket" does not exist', 'Check R2_BUCKET');
  });

  it('when the secret is wrong: check R2_SECRET_ACCESS_KEY', async () => {
    const run = await runTask(sandbox.current, KEY, { R2_SECRET_ACCESS_KEY: 'not-the-secret' });
    expectError(run, /^Failed to download TIFF: R2 rejected the signature/, 'R2_SECRET_ACCESS_KEY');
  });

  it('when the access key is unknown, or of another bucket: check R2_ACCESS_KEY_ID', async () => {
    const unknown = await runTask(sandbox.current, KEY, { R2_ACCESS_KEY_ID: 'nobody' });
    expectError(unknown, 'R2 does not know the access key', 'Check R2_ACCESS_KEY_ID');
    const { foreignBucket } = sandbox.current;
    const other = await runTask(sandbox.current, KEY, { R2_BUCKET: foreignBucket });
    expectError(other, 'R2 does not know the access key', `another bucket than "${foreignBucket}"`);
  });

  it.each([
    ['read', 'GET', /^Failed to download TIFF: 403 Forbidden: the R2 API token may not read/],
    ['write', 'PUT', /^Failed to upload JPEG: 403 Forbidden: the R2 API token may not write/],
  ])('when the token may not %s: give it Object Read & Write', async (_, method, message) => {
    // The embedded R2 has no tokens with fewer rights; the answer is R2's own, word for word.
    const body =
      '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>';
    await using proxy = await startFaultServer(sandbox.current.endpoint, (request) =>
      request.method === method ? { status: 403, body } : undefined,
    );
    const key = await freshKey();
    const run = await runTask(sandbox.current, key, { R2_ENDPOINT: proxy.url });
    expectError(
      run,
      message,
      `"${method === 'GET' ? key : key.replace('.tif', '.jpg')}"`,
      'Object Read & Write',
    );
  });

  it('when the token may not look for the JPEG', async () => {
    await using proxy = await startFaultServer(sandbox.current.endpoint, ({ method }) =>
      method === 'HEAD' ? { status: 403 } : undefined,
    );
    const run = await runTask(sandbox.current, KEY, { R2_ENDPOINT: proxy.url });
    expectError(
      run,
      /^Failed to upload JPEG: 403 Forbidden: .* may not read "staging\/b\/image.jpg"/,
    );
  });

  it('when the clock is wrong: set the clock', async () => {
    const body =
      '<Error><Code>RequestTimeTooSkewed</Code><Message>The difference is too large.</Message></Error>';
    await using proxy = await startFaultServer(sandbox.current.endpoint, () => ({
      status: 403,
      body,
    }));
    const run = await runTask(sandbox.current, KEY, { R2_ENDPOINT: proxy.url });
    expectError(run, 'clock is wrong', 'Set the clock');
  });

  it('when R2 fails for good: after several attempts, each said in the log', async () => {
    await using proxy = await startFaultServer(sandbox.current.endpoint, () => ({
      status: 503,
      headers: { 'retry-after': '0' },
      body: 'upstream connect error',
    }));
    const run = await runTask(sandbox.current, KEY, { R2_ENDPOINT: proxy.url });
    expectError(run, /R2 answered 503 on the attempt to read .* Try again later/);
    expect(run.stdout).not.toMatch(/deserializ|hidden field/i);
    expect(run.stdout.match(/Retrying download/g)).toHaveLength(4);
  });

  it('not when R2 fails once', async () => {
    let failed = false;
    await using proxy = await startFaultServer(sandbox.current.endpoint, ({ method }) => {
      if (failed || method !== 'GET') return undefined;
      failed = true;
      return { status: 500, headers: { 'retry-after': '0' } };
    });
    const run = await runTask(sandbox.current, await freshKey(), { R2_ENDPOINT: proxy.url });
    expect(run.bodies).toMatchObject([{ status: 'success' }]);
    expect(run.stdout).toContain('Retrying download');
  });

  it('when a download breaks off for good: never with a half-read picture', async () => {
    await using proxy = await startFaultServer(sandbox.current.endpoint, ({ method, url }) =>
      method === 'GET' && url.includes('/fresh/') ? { cutAfter: 100 } : undefined,
    );
    const run = await runTask(sandbox.current, await freshKey(), { R2_ENDPOINT: proxy.url });
    expectError(run, /^Failed to download TIFF: /);
  });

  it('when the temporary folder cannot be written: set TMPDIR', async () => {
    const run = await runTask(sandbox.current, await freshKey(), { TMPDIR: '/dev/null/folder' });
    expectError(run, 'Could not create a temporary folder', 'Set TMPDIR');
  });
});
