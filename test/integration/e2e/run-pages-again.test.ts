import { describe, expect, it } from 'vitest';
import { startFaultServer } from '../../support/fault-server.ts';
import { bytesIn } from '../../support/objects.ts';
import { mixed } from '../../support/paged-tiffs.ts';
import { pagedTiff } from '../../support/pictures.ts';
import { decodeJpeg } from '../../support/pixels.ts';
import { runTask, useSandbox } from '../../support/tasks.ts';

const sandbox = useSandbox();
const bytesOf = bytesIn(sandbox);
const ALL = { TIFF_PAGES: 'all' };

const putsIn = (seen: readonly { method: string; url: string }[]) =>
  seen.filter(({ method }) => method === 'PUT').map(({ url }) => url.replace(/.*\/|\?.*/g, ''));
const picture = async (key: string) => {
  const { width, height, channels } = await decodeJpeg(await bytesOf(key));
  return { width, height, channels };
};
const etagOf = async (key: string) => (await sandbox.current.getObject(key))?.etag;
const metadataOf = async (key: string) => (await sandbox.current.getObject(key))?.metadata;

describe('TIFF_PAGES=all, run again', () => {
  it('makes no JPEG again when all are up to date', async () => {
    await sandbox.current.putObject('b1/scan.tif', mixed);
    const first = await runTask(sandbox.current, 'b1/scan.tif', ALL);
    await using proxy = await startFaultServer(sandbox.current.endpoint, () => undefined);
    const again = await runTask(sandbox.current, 'b1/scan.tif', {
      ...ALL,
      R2_ENDPOINT: proxy.url,
    });
    expect(proxy.seen.map(({ method }) => method).sort()).toEqual(['GET', 'HEAD', 'HEAD', 'HEAD']);
    expect(again.stdout).toContain(
      'Note: b1/scan.jpg and its 2 further pages were made from this TIFF before and are up to date',
    );
    const { task_id, batch_id, performance, ...said } = again.bodies[0] ?? {};
    expect(first.bodies[0]).toMatchObject(said);
  });

  it('makes a page that is missing again, and keeps the others', async () => {
    await sandbox.current.putObject('b2/scan.tif', mixed);
    await runTask(sandbox.current, 'b2/scan.tif', ALL);
    const made = await bytesOf('b2/scan.page-2.jpg');
    await sandbox.current.deleteObject('b2/scan.page-2.jpg');
    await using proxy = await startFaultServer(sandbox.current.endpoint, () => undefined);
    const { bodies, stdout } = await runTask(sandbox.current, 'b2/scan.tif', {
      ...ALL,
      R2_ENDPOINT: proxy.url,
    });
    expect(putsIn(proxy.seen)).toEqual(['scan.page-2.jpg']);
    expect((await bytesOf('b2/scan.page-2.jpg')).equals(made)).toBe(true);
    expect(stdout).toContain('Note: 2 of 3 pages were made from this TIFF before and are kept');
    const { length } = await bytesOf('b2/scan.jpg');
    expect(bodies).toMatchObject([{ output_r2_key: 'b2/scan.jpg', output_file_size: length }]);
  });

  it('keeps further pages when the first was never uploaded', async () => {
    await sandbox.current.putObject('b3/scan.tif', mixed);
    await using broken = await startFaultServer(sandbox.current.endpoint, ({ method, url }) =>
      method === 'PUT' && /scan\.jpg/.test(url) ? { status: 403, body: '' } : undefined,
    );
    const failed = await runTask(sandbox.current, 'b3/scan.tif', {
      ...ALL,
      R2_ENDPOINT: broken.url,
    });
    expect(failed.bodies).toMatchObject([{ status: 'error' }]);
    await using proxy = await startFaultServer(sandbox.current.endpoint, () => undefined);
    await runTask(sandbox.current, 'b3/scan.tif', { ...ALL, R2_ENDPOINT: proxy.url });
    expect(putsIn(proxy.seen)).toEqual(['scan.jpg']);
    expect(await metadataOf('b3/scan.jpg')).toMatchObject({ 'arke-page-count': '3' });
  });

  it('replaces JPEGs of an earlier TIFF under the same key', async () => {
    await sandbox.current.putObject('b4/scan.tif', mixed);
    await runTask(sandbox.current, 'b4/scan.tif', ALL);
    await sandbox.current.putObject('b4/scan.tif', pagedTiff(2));
    await runTask(sandbox.current, 'b4/scan.tif', ALL);
    expect(await picture('b4/scan.jpg')).toMatchObject({ width: 8 });
    expect(await picture('b4/scan.page-2.jpg')).toMatchObject({ width: 8 });
    expect(await metadataOf('b4/scan.jpg')).toMatchObject({ 'arke-page-count': '2' });
  });

  it('says which pages of an earlier TIFF remain beside the new ones', async () => {
    await sandbox.current.putObject('b6/scan.tif', mixed);
    await runTask(sandbox.current, 'b6/scan.tif', ALL);
    const etag = await etagOf('b6/scan.page-3.jpg');
    await sandbox.current.putObject('b6/scan.tif', pagedTiff(2));
    const fewer = await runTask(sandbox.current, 'b6/scan.tif', ALL);
    expect(fewer.stdout).toContain(
      'Warning: b6/scan.page-3.jpg was made of an earlier version of b6/scan.tif, which had more pages, and was kept',
    );
    expect(await etagOf('b6/scan.page-3.jpg')).toBe(etag);
    await sandbox.current.putObject('b6/scan.tif', mixed);
    const more = await runTask(sandbox.current, 'b6/scan.tif', ALL);
    expect(more.stdout).not.toContain('earlier version');
    await sandbox.current.putObject('b6/scan.tif', pagedTiff(1));
    const { stdout } = await runTask(sandbox.current, 'b6/scan.tif');
    expect(stdout).toContain(
      'Warning: b6/scan.page-2.jpg to b6/scan.page-3.jpg were made of an earlier version of b6/scan.tif',
    );
  });

  it('does not accept a first page that was made alone; a run for the first page does', async () => {
    await sandbox.current.putObject('b5/scan.tif', mixed);
    const alone = await runTask(sandbox.current, 'b5/scan.tif');
    expect(alone.stdout).toContain('Only page 1 of 3 is converted (TIFF_PAGES=all');
    await runTask(sandbox.current, 'b5/scan.tif', ALL);
    expect(await picture('b5/scan.page-3.jpg')).toMatchObject({ width: 32 });
    const { stdout } = await runTask(sandbox.current, 'b5/scan.tif');
    expect(stdout).toContain('b5/scan.jpg was made from this TIFF before and is up to date');
  });
});

describe('TIFF_PAGES with a list', () => {
  it('makes these pages, and finds them up to date by their metadata', async () => {
    await sandbox.current.putObject('e1/scan.tif', mixed);
    const run = (pages: string) => runTask(sandbox.current, 'e1/scan.tif', { TIFF_PAGES: pages });
    const { bodies } = await run('1,3');
    expect(bodies).toMatchObject([{ status: 'success', output_r2_key: 'e1/scan.jpg' }]);
    const keys = await sandbox.current.listKeys('e1/');
    expect(keys).toEqual(['e1/scan.jpg', 'e1/scan.page-3.jpg', 'e1/scan.tif']);
    expect(await metadataOf('e1/scan.jpg')).toMatchObject({
      'arke-pages': '1,3',
      'arke-page': '1',
    });
    expect(await metadataOf('e1/scan.page-3.jpg')).not.toHaveProperty('arke-pages');
    expect((await run('3,1')).stdout).toContain('up to date; nothing to convert');
    await sandbox.current.deleteObject('e1/scan.page-3.jpg');
    expect((await run('1,3')).stdout).toContain('Note: 1 of 2 pages were made from this TIFF');
    expect(await sandbox.current.listKeys('e1/')).toEqual(keys);
    expect((await run('all')).stdout).not.toContain('up to date');
  });

  it('gives the first of them the usual key', async () => {
    await sandbox.current.putObject('e2/scan.tif', mixed);
    await runTask(sandbox.current, 'e2/scan.tif', { TIFF_PAGES: '2-3' });
    expect(await sandbox.current.listKeys('e2/')).toEqual([
      ...['e2/scan.jpg', 'e2/scan.page-3.jpg', 'e2/scan.tif'],
    ]);
    expect(await metadataOf('e2/scan.jpg')).toMatchObject({ 'arke-page': '2' });
  });
});

describe('TIFF_PAGES with a number', () => {
  it('makes the JPEG of that page', async () => {
    await sandbox.current.putObject('d1/scan.tif', mixed);
    const { bodies, stdout } = await runTask(sandbox.current, 'd1/scan.tif', { TIFF_PAGES: '3' });
    expect(bodies).toMatchObject([{ status: 'success', output_r2_key: 'd1/scan.jpg' }]);
    expect(await picture('d1/scan.jpg')).toMatchObject({ width: 32, height: 48 });
    expect(await metadataOf('d1/scan.jpg')).toMatchObject({ 'arke-page': '3' });
    expect(stdout).not.toContain('Only page 1');
    expect(await sandbox.current.listKeys('d1/')).toEqual(['d1/scan.jpg', 'd1/scan.tif']);
  });

  it('finds that page up to date, and no other', async () => {
    await sandbox.current.putObject('d2/scan.tif', mixed);
    const run = async (pages: string) =>
      (await runTask(sandbox.current, 'd2/scan.tif', { TIFF_PAGES: pages })).stdout;
    await run('first');
    const first = await etagOf('d2/scan.jpg');
    expect(await run('1')).toContain('is up to date');
    expect(await run('3')).not.toContain('is up to date');
    expect(await etagOf('d2/scan.jpg')).not.toBe(first);
    expect(await run('3')).toContain('is up to date');
    expect(await run('first')).not.toContain('is up to date');
    expect(await etagOf('d2/scan.jpg')).toBe(first);
  });

  it('takes a JPEG without a page number for the first page', async () => {
    await sandbox.current.putObject('d3/scan.tif', mixed);
    await runTask(sandbox.current, 'd3/scan.tif');
    const { 'arke-page': page, ...metadata } = (await metadataOf('d3/scan.jpg')) ?? {};
    expect(page).toBe('1');
    await sandbox.current.putObject('d3/scan.jpg', await bytesOf('d3/scan.jpg'), { metadata });
    const { stdout } = await runTask(sandbox.current, 'd3/scan.tif');
    expect(stdout).toContain('is up to date');
  });

  it('is an error that says how many there are when there is no such page', async () => {
    await sandbox.current.putObject('d4/scan.tif', mixed);
    const { bodies, exitCode } = await runTask(sandbox.current, 'd4/scan.tif', { TIFF_PAGES: '4' });
    expect(exitCode).toBe(1);
    expect(bodies).toMatchObject([{ status: 'error' }]);
    expect(bodies[0]?.['error']).toMatch(
      /^Failed to convert TIFF: "scan\.tif" has 3 pages, so there is no page 4/,
    );
    expect(await etagOf('d4/scan.jpg')).toBeUndefined();
  });
});
