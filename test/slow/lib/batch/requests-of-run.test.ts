import { describe, expect, it } from 'vitest';
import { putAll, runBatch } from '../../../support/batches.ts';
import { inTurn, once } from '../../../support/fault.ts';
import { FOREIGN, tiff } from '../../../support/objects.ts';
import { noise } from '../../../support/paged-tiffs.ts';
import { pagedTiff } from '../../../support/pictures.ts';
import { useSandbox } from '../../../support/tasks.ts';
import { makeTiff } from '../../../support/tiff-writer.ts';

const sandbox = useSandbox();
/** Above the size that is requested whole; its directory comes first. */
const largeTiff = makeTiff(noise(1000));
let count = 0;

/** Puts TIFFs (and what else there is) under a prefix of their own, which is given back. */
async function put(objects: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const prefix = `requests${++count}/`;
  await putAll(sandbox.current, prefix, Object.entries(objects));
  return prefix;
}
const get = (prefix: string, name: string) => sandbox.current.getObject(prefix + name);

describe('the requests of a run', () => {
  it('are one GET and one PUT for each small TIFF, and one list for a thousand keys', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `${i}`);
    const prefix = await put(Object.fromEntries(names.map((name) => [`${name}.tif`, tiff])));
    let lists = 0;
    const { requests, summary } = await runBatch(sandbox.current, prefix, {
      faultOf: ({ url }) => {
        if (url.includes('list-type=2')) lists++;
        return undefined;
      },
    });
    expect(summary.converted).toBe(20);
    expect(lists).toBe(1);
    expect([...requests].sort()).toEqual(
      ['GET #.tif', 'PUT #.jpg'].flatMap((one) => names.map((i) => one.replace('#', i)).sort()),
    );
  });

  it('are two GETs for a larger TIFF: its directory, then all of it', async () => {
    const prefix = await put({ 'a.tif': largeTiff });
    const { requests } = await runBatch(sandbox.current, prefix);
    expect(requests).toEqual(['GET a.tif', 'GET a.tif', 'PUT a.jpg']);
  });

  it('are none for further pages before they are uploaded, and one for the key that they follow', async () => {
    const prefix = await put({ 'a.tif': pagedTiff(3) });
    const { requests } = await runBatch(sandbox.current, prefix, { pages: 'all' });
    expect([...requests].sort()).toEqual([
      ...['GET a.tif', 'HEAD a.jpg', 'PUT a.jpg', 'PUT a.page-2.jpg', 'PUT a.page-3.jpg'],
    ]);
  });

  it('ask for the object under a key that the list does not cover', async () => {
    const prefix = await put({ 'a.tif': tiff, 'a.jpg': FOREIGN });
    const seen: string[] = [];
    const { summary } = await runBatch(sandbox.current, `${prefix}a.tif`, {
      faultOf: ({ method, url }) => {
        seen.push(`${method} ${url.replace(/.*\/|\?.*/g, '')}`);
        return undefined;
      },
    });
    expect(summary.converted).toBe(1);
    expect(seen.slice(1)).toEqual(['HEAD a.jpg', 'GET a.tif', 'PUT a.tif.jpg']);
    expect(Buffer.from((await get(prefix, 'a.jpg'))?.bytes ?? []).equals(FOREIGN)).toBe(true);
  });

  it('repeat a download whose bytes keep arriving damaged, and read nothing from them', async () => {
    const prefix = await put({ 'a.tif': tiff });
    const { requests, warnings, summary } = await runBatch(sandbox.current, prefix, {
      faultOf: inTurn([{ flipAt: 60 }, { flipAt: 61 }], ({ url }) => url.includes('a.tif')),
    });
    expect(summary.converted).toBe(1);
    // Twice whole, then its directory, then as any other.
    expect(requests).toEqual([...Array(4).fill('GET a.tif'), 'PUT a.jpg']);
    expect(warnings).toEqual(Array(2).fill(expect.stringContaining('did not arrive as it is')));
  });

  it('repeat a download whose bytes arrived damaged', async () => {
    const prefix = await put({ 'a.tif': tiff });
    const { requests, warnings } = await runBatch(sandbox.current, prefix, {
      faultOf: once({ flipAt: 60 }, ({ url }) => url.includes('a.tif')),
    });
    expect(requests).toEqual(['GET a.tif', 'GET a.tif', 'PUT a.jpg']);
    expect(warnings).toEqual([expect.stringContaining('did not arrive as it is in R2')]);
    const jpeg = await get(prefix, 'a.jpg');
    await sandbox.current.deleteObject(`${prefix}a.jpg`);
    await runBatch(sandbox.current, prefix);
    expect(jpeg?.etag).toBe((await get(prefix, 'a.jpg'))?.etag);
  });
});
