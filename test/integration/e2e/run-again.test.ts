import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../support/fault.ts';
import { startFaultServer } from '../../support/fault-server.ts';
import { bytesIn, FOREIGN, otherTiff, tiff } from '../../support/objects.ts';
import { runTask, useSandbox } from '../../support/tasks.ts';

const sandbox = useSandbox();
const bytesOf = bytesIn(sandbox);

describe('a task that is run again', () => {
  it('reports its up-to-date JPEG without making it again', async () => {
    await sandbox.current.putObject('r1/image.tif', tiff);
    const first = await runTask(sandbox.current, 'r1/image.tif');
    const made = await sandbox.current.getObject('r1/image.jpg');
    await using proxy = await startFaultServer(sandbox.current.endpoint, () => undefined);
    const again = await runTask(sandbox.current, 'r1/image.tif', { R2_ENDPOINT: proxy.url });
    expect(again.exitCode).toBe(0);
    expect(proxy.seen.map(({ method }) => method).sort()).toEqual(['GET', 'HEAD']);
    expect(again.stdout).toContain('is up to date; nothing to convert');
    const { task_id, batch_id, performance, ...said } = again.bodies[0] ?? {};
    expect(first.bodies[0]).toMatchObject(said);
    expect(performance).toMatchObject({ conversion_time_ms: 0, upload_time_ms: 0 });
    expect((await sandbox.current.getObject('r1/image.jpg'))?.metadata).toEqual(made?.metadata);
  });

  it('recognises its JPEG under the second key, too', async () => {
    await sandbox.current.putObject('r2/image.tif', tiff);
    await sandbox.current.putObject('r2/image.jpg', FOREIGN);
    await runTask(sandbox.current, 'r2/image.tif');
    const { bodies, stdout } = await runTask(sandbox.current, 'r2/image.tif');
    expect(bodies).toMatchObject([{ output_r2_key: 'r2/image.tif.jpg' }]);
    expect(stdout).toContain('r2/image.tif.jpg was made from this TIFF before');
  });

  it.each([
    ['the TIFF has changed', async () => sandbox.current.putObject('r3/image.tif', otherTiff), {}],
    ['the settings have changed', async () => undefined, { JPEG_QUALITY: '80' }],
  ])('makes the JPEG again when %s', async (_, change, env) => {
    await sandbox.current.putObject('r3/image.tif', tiff);
    await runTask(sandbox.current, 'r3/image.tif');
    const before = await bytesOf('r3/image.jpg');
    await change();
    const { bodies } = await runTask(sandbox.current, 'r3/image.tif', env);
    expect(bodies).toMatchObject([{ status: 'success', output_r2_key: 'r3/image.jpg' }]);
    expect((await bytesOf('r3/image.jpg')).equals(before)).toBe(false);
  });

  it('is not misled when the answer to its upload was lost', async () => {
    await sandbox.current.putObject('r4/image.tif', tiff);
    let lost = false;
    await using proxy = await startFaultServer(sandbox.current.endpoint, ({ method }) => {
      if (method !== 'PUT' || lost) return undefined;
      lost = true;
      return { resetAfter: true };
    });
    const { bodies, stdout, stderr } = await runTask(sandbox.current, 'r4/image.tif', {
      R2_ENDPOINT: proxy.url,
    });
    expect(stderr).toBe('');
    expect(stdout).toContain('Retrying upload');
    expect(bodies).toMatchObject([{ status: 'success', output_r2_key: 'r4/image.jpg' }]);
    expect(await sandbox.current.listKeys('r4/')).toEqual(['r4/image.jpg', 'r4/image.tif']);
  });
});

describe('a TIFF that is replaced while it is downloaded', () => {
  /** Runs a task whose TIFF is replaced by the other one once its first bytes have come. */
  async function runReplaced(key: string) {
    await sandbox.current.putObject(key, tiff);
    const first: Fault = { cutAfter: 100 };
    await using proxy = await startFaultServer(
      sandbox.current.endpoint,
      async ({ method, headers }) => {
        if (method !== 'GET') return undefined;
        if (headers['if-match']) await sandbox.current.putObject(key, otherTiff);
        return proxy.seen.filter((one) => one.method === 'GET').length === 1 ? first : undefined;
      },
    );
    return await runTask(sandbox.current, key, { R2_ENDPOINT: proxy.url });
  }

  it('is converted in its new version, which the JPEG names', async () => {
    const { bodies, stdout } = await runReplaced('v1/image.tif');
    expect(bodies).toMatchObject([{ status: 'success', output_r2_key: 'v1/image.jpg' }]);
    expect(stdout).toContain('changed by another process meanwhile');
    const jpeg = await sandbox.current.getObject('v1/image.jpg');
    const source = await sandbox.current.getObject('v1/image.tif');
    expect(jpeg?.metadata['arke-source-etag']).toBe(source?.etag);
    const { dominant } = await sharp(Buffer.from(jpeg?.bytes ?? [])).stats();
    expect(dominant.r).toBeGreaterThan(dominant.g);
  });

  it('is not converted if the new version’s JPEG exists', async () => {
    await sandbox.current.putObject('v2/image.tif', otherTiff);
    await runTask(sandbox.current, 'v2/image.tif');
    const made = await bytesOf('v2/image.jpg');
    const { bodies, stdout } = await runReplaced('v2/image.tif');
    expect(bodies).toMatchObject([{ status: 'success', output_r2_key: 'v2/image.jpg' }]);
    expect(stdout).toContain('is up to date; nothing to convert');
    expect((await bytesOf('v2/image.jpg')).equals(made)).toBe(true);
  });
});
