import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { defaultEncoderSettings } from '../../../../src/lib/convert/encoder-settings.ts';
import { defaultLikenessBounds } from '../../../../src/lib/convert/verify/likeness.ts';
import { InterruptedError } from '../../../../src/lib/stop.ts';
import { objectsUnder, putAll, runBatch, wordsOf } from '../../../support/batches.ts';
import { FOREIGN, otherTiff, tiff } from '../../../support/objects.ts';
import { noise } from '../../../support/paged-tiffs.ts';
import { noisyTiff, pagedTiff } from '../../../support/pictures.ts';
import { useSandbox } from '../../../support/tasks.ts';
import { makeTiff } from '../../../support/tiff-writer.ts';

const sandbox = useSandbox();
/** Above the size that is requested whole; its directory comes first. */
const largeTiff = makeTiff(noise(1000));
let count = 0;

/** Puts TIFFs (and what else there is) under a prefix of their own, which is given back. */
async function put(objects: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const prefix = `b${++count}/`;
  await putAll(sandbox.current, prefix, Object.entries(objects));
  return prefix;
}
const get = (prefix: string, name: string) => sandbox.current.getObject(prefix + name);
const keysOf = async (prefix: string) =>
  (await sandbox.current.listKeys(prefix)).map((key) => key.slice(prefix.length));
const isRed = async (bytes: Uint8Array | undefined) => {
  const { dominant } = await sharp(Buffer.from(bytes ?? [])).stats();
  return dominant.r > dominant.g;
};
const settings = (quality: number) => ({ encoder: { ...defaultEncoderSettings, quality } });

describe('a run over the TIFFs of a bucket', () => {
  it('puts a JPEG beside each, which says what it was made from', async () => {
    const prefix = await put({ 'a.tif': tiff, 'sub/b ü.TIFF': otherTiff, 'notes.txt': FOREIGN });
    const told = await runBatch(sandbox.current, prefix);
    expect(wordsOf(told)).toEqual({ 'a.tif': 'converted', 'sub/b ü.TIFF': 'converted' });
    expect(told.summary).toMatchObject({ files: 2, converted: 2, failed: 0, left: 0 });
    expect(await keysOf(prefix)).toEqual([
      ...['a.jpg', 'a.tif', 'notes.txt', 'sub/b ü.TIFF', 'sub/b ü.jpg'],
    ]);
    const [source, jpeg] = [await get(prefix, 'sub/b ü.TIFF'), await get(prefix, 'sub/b ü.jpg')];
    expect(await isRed(jpeg?.bytes)).toBe(true);
    expect(jpeg?.contentType).toBe('image/jpeg');
    expect(jpeg?.metadata).toMatchObject({
      'arke-source-key': encodeURIComponent(`${prefix}sub/b ü.TIFF`),
      'arke-source-etag': source?.etag,
      'arke-task-id': 'arke-tiff-batch',
      'arke-batch-id': 'arke-tiff-batch',
      'arke-page': '1',
      'arke-versions': expect.stringMatching(/^arke-tiff\/test .*sharp/),
    });
  });

  it('reports each TIFF and its outcome', async () => {
    const prefix = await put({ 'a.tif': tiff });
    const { events, summary } = await runBatch(sandbox.current, prefix);
    const jpeg = await get(prefix, 'a.jpg');
    const input = `${prefix}a.tif`;
    expect(events.map(({ event }) => event)).toEqual([
      ...['collection.started', 'file.downloading', 'file.downloaded', 'file.started'],
      ...['file.uploading', 'file.ended', 'collection.ended'],
    ]);
    const source = { input, output: `${prefix}a.jpg`, source_bytes: tiff.length, pixels: 4096 };
    expect(events[0]).toMatchObject({ files: 1, source_bytes: tiff.length, jobs: 2 });
    expect(events[1]).toEqual({ event: 'file.downloading', input, source_bytes: tiff.length });
    expect(events[3]).toMatchObject(source);
    expect(events[5]).toMatchObject({
      ...source,
      pages: [
        {
          page: 1,
          output: `${prefix}a.jpg`,
          width: 64,
          height: 64,
          bytes: jpeg?.size,
          channels: 3,
        },
      ],
    });
    expect(summary).toMatchObject({ source_bytes: tiff.length, output_bytes: jpeg?.size });
  });

  it('refuses an object by name that R2 cannot be asked for, and converts the others', async () => {
    const prefix = await put({ 'a.tif': tiff, 'x/../a.tif': otherTiff });
    const told = await runBatch(sandbox.current, prefix);
    expect(wordsOf(told)).toEqual({ 'a.tif': 'converted', 'x/../a.tif': 'failed' });
    expect(told.events).toContainEqual(
      expect.objectContaining({
        error: {
          code: 'INVALID_KEY',
          message: expect.stringMatching(
            `^The key "${prefix}x/../a.tif" must not contain the segment`,
          ),
        },
      }),
    );
  });

  it('skips what is up to date, by one request for each', async () => {
    const prefix = await put({ 'a.tif': tiff, 'b.tif': otherTiff });
    await runBatch(sandbox.current, prefix);
    const before = await objectsUnder(sandbox.current, prefix);
    const again = await runBatch(sandbox.current, prefix);
    expect(wordsOf(again)).toEqual({ 'a.tif': 'skipped', 'b.tif': 'skipped' });
    expect([...again.requests].sort()).toEqual(['HEAD a.jpg', 'HEAD b.jpg']);
    expect(again.ends['a.tif']).toMatchObject({ output: `${prefix}a.jpg`, pages: [] });
    expect(await objectsUnder(sandbox.current, prefix)).toEqual(before);
  });

  it('converts again when a TIFF has changed', async () => {
    const prefix = await put({ 'a.tif': tiff, 'b.tif': tiff });
    await runBatch(sandbox.current, prefix);
    await sandbox.current.putObject(`${prefix}a.tif`, otherTiff);
    const again = await runBatch(sandbox.current, prefix);
    expect(wordsOf(again)).toEqual({ 'a.tif': 'converted', 'b.tif': 'skipped' });
    expect(await isRed((await get(prefix, 'a.jpg'))?.bytes)).toBe(true);
  });

  it.each([
    ['the settings', settings(80)],
    ['the versions', { program: 'arke-tiff/later' }],
  ])('makes all of them again when %s have changed', async (_, changes) => {
    const prefix = await put({ 'a.tif': tiff });
    await runBatch(sandbox.current, prefix);
    const again = await runBatch(sandbox.current, prefix, changes);
    expect(wordsOf(again)).toEqual({ 'a.tif': 'converted' });
    expect(wordsOf(await runBatch(sandbox.current, prefix, changes))).toEqual({
      'a.tif': 'skipped',
    });
  });

  it('compares each JPEG with its TIFF on request', async () => {
    const prefix = await put({ 'a.tif': await noisyTiff(128) });
    const { ends } = await runBatch(sandbox.current, prefix, { verify: defaultLikenessBounds });
    const likeness = { ssim: expect.any(Number), psnr_db: expect.any(Number) };
    expect(ends['a.tif']).toMatchObject({ pages: [{ likeness }] });
  });

  it('uploads nothing that is unlike its TIFF', async () => {
    const prefix = await put({ 'a.tif': await noisyTiff(128) });
    const verify = { ...defaultLikenessBounds, ssim: -1 };
    const { ends } = await runBatch(sandbox.current, prefix, { verify });
    expect(ends['a.tif']).toMatchObject({ status: 'failed', error: { code: 'UNLIKE' } });
    expect(await keysOf(prefix)).toEqual(['a.tif']);
  });
});

describe('objects of others', () => {
  it('stay, and the JPEG’s name includes the TIFF’s ending', async () => {
    const prefix = await put({ 'a.tif': tiff, 'a.jpg': FOREIGN });
    const told = await runBatch(sandbox.current, prefix);
    expect(told.ends['a.tif']).toMatchObject({
      status: 'converted',
      output: `${prefix}a.tif.jpg`,
      pages: [{ output: `${prefix}a.tif.jpg` }],
    });
    expect(told.warnings).toEqual([
      'a.jpg was not made from a.tif and is left alone; its JPEG goes to a.tif.jpg.',
    ]);
    const again = await runBatch(sandbox.current, prefix);
    expect(again.ends['a.tif']).toMatchObject({ status: 'skipped', output: `${prefix}a.tif.jpg` });
    expect(Buffer.from((await get(prefix, 'a.jpg'))?.bytes ?? []).equals(FOREIGN)).toBe(true);
  });

  it.each([false, true])(
    'under both names are an error of that TIFF (force: %s)',
    async (force) => {
      const prefix = await put({
        'a.tif': tiff,
        'a.jpg': FOREIGN,
        'a.tif.jpg': FOREIGN,
        'b.tif': tiff,
      });
      const { ends } = await runBatch(sandbox.current, prefix, { force });
      expect(ends).toMatchObject({
        'a.tif': { status: 'failed', error: { code: 'OBJECT_EXISTS' } },
        'b.tif': { status: 'converted' },
      });
      for (const name of ['a.jpg', 'a.tif.jpg'])
        expect(Buffer.from((await get(prefix, name))?.bytes ?? []).equals(FOREIGN)).toBe(true);
    },
  );

  it('that appear meanwhile under the first page’s key have no further pages beside them', async () => {
    const prefix = await put({ 'a.tif': pagedTiff(3) });
    const { ends, warnings } = await runBatch(sandbox.current, prefix, {
      pages: 'all',
      onListed: () => sandbox.current.putObject(`${prefix}a.jpg`, FOREIGN),
    });
    expect(ends['a.tif']).toMatchObject({ status: 'converted', output: `${prefix}a.tif.jpg` });
    expect(await keysOf(prefix)).toEqual([
      ...['a.jpg', 'a.tif', 'a.tif.jpg', 'a.tif.page-2.jpg', 'a.tif.page-3.jpg'],
    ]);
    expect(warnings).toHaveLength(1);
  });

  it('that appear meanwhile stay, too', async () => {
    const prefix = await put({ 'a.tif': tiff });
    const told = await runBatch(sandbox.current, prefix, {
      faultOf: async ({ method }) => {
        if (method === 'PUT') await sandbox.current.putObject(`${prefix}a.jpg`, FOREIGN);
        return undefined;
      },
    });
    expect(told.ends['a.tif']).toMatchObject({ output: `${prefix}a.tif.jpg` });
    expect(told.warnings).toHaveLength(1);
    expect(told.requests).toEqual([
      ...['GET a.tif', 'PUT a.jpg', 'HEAD a.jpg', 'HEAD a.tif.jpg', 'PUT a.tif.jpg'],
    ]);
    expect(Buffer.from((await get(prefix, 'a.jpg'))?.bytes ?? []).equals(FOREIGN)).toBe(true);
  });
});

describe('two TIFFs that would have one JPEG', () => {
  it('get one each, the first in order the usual name, which is reported', async () => {
    const prefix = await put({ 'a.tif': tiff, 'a.tiff': otherTiff });
    for (const [changes, word] of [
      [{}, 'converted'],
      [{}, 'skipped'],
      [{ force: true }, 'converted'],
    ] as const) {
      const told = await runBatch(sandbox.current, prefix, changes);
      expect(told.ends).toMatchObject({
        'a.tif': { status: word, output: `${prefix}a.jpg` },
        'a.tiff': { status: word, output: `${prefix}a.tiff.jpg` },
      });
      expect(told.warnings).toEqual(
        word === 'skipped'
          ? []
          : ['a.tiff becomes a.tiff.jpg, because a.jpg is the JPEG of a.tif.'],
      );
    }
    expect(await isRed((await get(prefix, 'a.jpg'))?.bytes)).toBe(false);
    expect(await isRed((await get(prefix, 'a.tiff.jpg'))?.bytes)).toBe(true);
  });

  it('keep their names, if the second had its before', async () => {
    const prefix = await put({ 'a.tiff': otherTiff });
    await runBatch(sandbox.current, prefix);
    await putAll(sandbox.current, prefix, [['a.tif', tiff]]);
    const told = await runBatch(sandbox.current, prefix);
    expect(told.ends).toMatchObject({
      'a.tif': { status: 'converted', output: `${prefix}a.tif.jpg` },
      'a.tiff': { status: 'skipped', output: `${prefix}a.jpg` },
    });
  });
});

describe('with force', () => {
  it('converts again what is up to date, and overwrites nothing else', async () => {
    const prefix = await put({ 'a.tif': tiff, 'b.tif': tiff, 'b.jpg': FOREIGN });
    await runBatch(sandbox.current, prefix);
    const told = await runBatch(sandbox.current, prefix, { force: true });
    expect(wordsOf(told)).toEqual({ 'a.tif': 'converted', 'b.tif': 'converted' });
    expect(told.requests.filter((one) => one.startsWith('PUT')).sort()).toEqual([
      ...['PUT a.jpg', 'PUT b.tif.jpg'],
    ]);
    expect(Buffer.from((await get(prefix, 'b.jpg'))?.bytes ?? []).equals(FOREIGN)).toBe(true);
  });
});

describe('TIFFs that fail', () => {
  it('fail alone: broken, no TIFF at all, gone meanwhile', async () => {
    const prefix = await put({
      '1.tif': tiff,
      '2 broken.tif': tiff.subarray(0, 200),
      '3 text.tif': FOREIGN,
      '4 gone.tif': tiff,
      '5 empty.tif': new Uint8Array(),
      '6.tif': otherTiff,
    });
    const { ends, summary } = await runBatch(sandbox.current, prefix, {
      onListed: () => sandbox.current.deleteObject(`${prefix}4 gone.tif`),
    });
    expect(ends).toMatchObject({
      '1.tif': { status: 'converted' },
      '2 broken.tif': { status: 'failed', error: { code: 'UNREADABLE_TIFF' } },
      '4 gone.tif': { status: 'failed', error: { code: 'OBJECT_NOT_FOUND' } },
      '5 empty.tif': { status: 'failed', error: { code: 'NOT_A_TIFF' } },
      '6.tif': { status: 'converted' },
    });
    expect(ends['3 text.tif']?.status).toBe('failed');
    expect(summary).toMatchObject({ converted: 2, failed: 4, left: 0 });
    expect((await keysOf(prefix)).filter((name) => name.endsWith('.jpg'))).toEqual([
      ...['1.jpg', '6.jpg'],
    ]);
  });

  it('fail when replaced between check and download; the next run converts them', async () => {
    const prefix = await put({ 'a.tif': largeTiff });
    const { ends } = await runBatch(sandbox.current, prefix, {
      faultOf: async ({ method, headers }) => {
        const isDownload = method === 'GET' && String(headers['range']).endsWith('-8388607');
        if (isDownload) await sandbox.current.putObject(`${prefix}a.tif`, otherTiff);
        return undefined;
      },
    });
    expect(ends['a.tif']).toMatchObject({
      status: 'failed',
      error: { code: 'PRECONDITION_FAILED' },
    });
    expect(await keysOf(prefix)).toEqual(['a.tif']);
    expect(wordsOf(await runBatch(sandbox.current, prefix))).toEqual({ 'a.tif': 'converted' });
  });

  it('are converted in their new version when replaced before the check', async () => {
    const prefix = await put({ 'a.tif': tiff });
    const { ends } = await runBatch(sandbox.current, prefix, {
      onListed: () => sandbox.current.putObject(`${prefix}a.tif`, otherTiff),
    });
    expect(ends['a.tif']).toMatchObject({ status: 'converted' });
    const [source, jpeg] = [await get(prefix, 'a.tif'), await get(prefix, 'a.jpg')];
    expect(jpeg?.metadata['arke-source-etag']).toBe(source?.etag);
  });

  it('end the run on request', async () => {
    const prefix = await put({ '1.tif': FOREIGN, '2.tif': tiff, '3.tif': tiff });
    const { summary } = await runBatch(sandbox.current, prefix, { failFast: true });
    expect(summary.failed).toBe(1);
    expect(summary.left).toBe(2 - summary.converted);
  });

  it('include those that cannot be uploaded', async () => {
    const prefix = await put({ '1.tif': tiff, '2.tif': tiff });
    const { ends } = await runBatch(sandbox.current, prefix, {
      faultOf: ({ method, url }) =>
        method === 'PUT' && url.includes('1.jpg') ? { status: 403 } : undefined,
    });
    expect(ends).toMatchObject({
      '1.tif': { status: 'failed', error: { code: 'ACCESS_DENIED' } },
      '2.tif': { status: 'converted' },
    });
  });
});

describe('requests that fail for a moment', () => {
  it('are sent again, which is reported', async () => {
    const prefix = await put({ 'a.tif': tiff });
    let failures = 0;
    const told = await runBatch(sandbox.current, prefix, {
      faultOf: ({ method }) => (method === 'PUT' && failures++ === 0 ? { status: 503 } : undefined),
    });
    expect(wordsOf(told)).toEqual({ 'a.tif': 'converted' });
    expect(told.warnings).toEqual([expect.stringMatching(/^R2 answered 503 .*Retrying in \d/)]);
  });
});

describe('a dry run', () => {
  it('says what would be done, reads headers only, and writes nothing', async () => {
    const prefix = await put({
      'done.tif': tiff,
      'large.tif': await noisyTiff(1000),
      'other.tif': await sharp(tiff).png().toBuffer(),
    });
    await runBatch(sandbox.current, prefix, { find: { include: ['done*'] } });
    const before = await objectsUnder(sandbox.current, prefix);
    const told = await runBatch(sandbox.current, prefix, { dryRun: true });
    expect(told.ends).toMatchObject({
      'done.tif': { status: 'skipped' },
      'large.tif': {
        status: 'due',
        pixels: 1e6,
        pages: [{ output: `${prefix}large.jpg`, effort: 'max', output_bytes: expect.any(Number) }],
      },
      'other.tif': { status: 'would_fail', error: { code: 'NOT_A_TIFF' } },
    });
    expect(told.summary).toMatchObject({ converted: 1, skipped: 1, would_fail: 1 });
    expect(told.summary.predicted?.cpu_seconds).toBeGreaterThan(0);
    expect(told.requests.filter((one) => !/^(GET|HEAD) /.test(one))).toEqual([]);
    expect(told.events.map(({ event }) => event)).not.toContain('file.downloading');
    expect(await objectsUnder(sandbox.current, prefix)).toEqual(before);
  });
});

describe('a TIFF of several pages', () => {
  it('gives a JPEG of its first page, and says that there are others', async () => {
    const prefix = await put({ 'a.tif': pagedTiff(3) });
    const { ends } = await runBatch(sandbox.current, prefix);
    expect(ends['a.tif']).toMatchObject({ pages: [{ notes: [{ code: 'PAGES_NOT_CONVERTED' }] }] });
    expect(await keysOf(prefix)).toEqual(['a.jpg', 'a.tif']);
  });

  it('gives a JPEG per page, the first uploaded last; a missing one is made again', async () => {
    const prefix = await put({ 'a.tif': pagedTiff(3) });
    const all = { pages: 'all' } as const;
    const first = await runBatch(sandbox.current, prefix, all);
    const names = ['a.jpg', 'a.page-2.jpg', 'a.page-3.jpg'];
    expect(first.ends['a.tif']).toMatchObject({
      pages: names.map((name, i) => ({ page: i + 1, output: prefix + name })),
    });
    expect(first.requests.filter((one) => one.startsWith('PUT')).at(-1)).toBe('PUT a.jpg');
    expect((await get(prefix, 'a.jpg'))?.metadata['arke-page-count']).toBe('3');
    expect(wordsOf(await runBatch(sandbox.current, prefix, all))).toEqual({ 'a.tif': 'skipped' });
    const whole = await objectsUnder(sandbox.current, prefix);
    await sandbox.current.deleteObject(`${prefix}a.page-2.jpg`);
    const again = await runBatch(sandbox.current, prefix, all);
    expect(again.ends['a.tif']).toMatchObject({
      status: 'converted',
      output: `${prefix}a.jpg`,
      pages: [{ page: 2, output: `${prefix}a.page-2.jpg` }],
    });
    expect(await objectsUnder(sandbox.current, prefix)).toEqual(whole);
  });

  it('gives a JPEG of the chosen page', async () => {
    const prefix = await put({ 'a.tif': pagedTiff(3), 'b.tif': pagedTiff(1) });
    const { ends } = await runBatch(sandbox.current, prefix, { pages: 2 });
    expect(ends).toMatchObject({
      'a.tif': { status: 'converted', pages: [{ page: 2, output: `${prefix}a.jpg` }] },
      'b.tif': { status: 'failed', error: { code: 'NO_SUCH_PAGE' } },
    });
    const other = await runBatch(sandbox.current, prefix, { pages: 3 });
    expect(other.warnings).toEqual(['a.jpg was page 2 of a.tif, and becomes page 3.']);
    const kept = await runBatch(sandbox.current, prefix, { pages: 1, skipExisting: true });
    expect(kept.warnings).toEqual([]);
  });

  it('that has fewer pages than before leaves JPEGs behind, which is reported', async () => {
    const prefix = await put({ 'a.tif': pagedTiff(3) });
    await runBatch(sandbox.current, prefix, { pages: 'all' });
    await sandbox.current.putObject(`${prefix}a.tif`, pagedTiff(1));
    const { warnings } = await runBatch(sandbox.current, prefix, { pages: 'all' });
    expect(warnings).toEqual([
      expect.stringMatching(/^a\.page-2\.jpg to a\.page-3\.jpg were made/),
    ]);
  });
});

describe('the TIFFs that are on this machine', () => {
  it.each([
    [1, 3],
    [3, 6],
  ])('are with %i jobs never more than %i', async (jobs, most) => {
    const names = Array.from({ length: 20 }, (_, i) => `${i}.tif`);
    const prefix = await put(Object.fromEntries(names.map((name) => [name, tiff])));
    const { events } = await runBatch(sandbox.current, prefix, { jobs });
    let here = 0;
    let seen = 0;
    for (const { event } of events) {
      if (event === 'file.downloading') here++;
      if (event === 'file.uploading') here--;
      seen = Math.max(seen, here);
    }
    expect(seen).toBeGreaterThan(jobs);
    expect(seen).toBeLessThanOrEqual(most);
  });
});

describe('a run that is stopped while a JPEG is being uploaded', () => {
  it('finishes the upload, and starts nothing more', async () => {
    const names = Array.from({ length: 6 }, (_, i) => `${i}.tif`);
    const prefix = await put(Object.fromEntries(names.map((name) => [name, tiff])));
    const stop = new AbortController();
    const uploaded: string[] = [];
    const { summary, ends } = await runBatch(sandbox.current, prefix, {
      jobs: 1,
      signal: stop.signal,
      faultOf: ({ method }) => {
        // It has begun, and its answer is not there yet.
        if (method === 'PUT') stop.abort(new InterruptedError('SIGINT'));
        return undefined;
      },
      onUploaded: async (key) => {
        uploaded.push(key);
      },
    });
    expect(summary).toMatchObject({ converted: 1, stopped: 'SIGINT' });
    const [name = '', ...others] = Object.keys(ends);
    expect(others).toEqual([]);
    expect(uploaded).toEqual([prefix + name]);
    expect(await keysOf(prefix)).toContain(name.replace('.tif', '.jpg'));
  });
});

describe('with skipExisting', () => {
  it('all objects under the names of its JPEGs count, also where both names are taken', async () => {
    const pages = ['a.jpg', 'a.page-2.jpg', 'b.jpg', 'b.tif.jpg'];
    const prefix = await put({
      'a.tif': pagedTiff(3),
      'b.tif': tiff,
      ...Object.fromEntries(pages.map((name) => [name, FOREIGN])),
    });
    const told = await runBatch(sandbox.current, prefix, { skipExisting: true, pages: 'all' });
    expect(told.summary).toMatchObject({ converted: 1, existing: 1, failed: 0 });
    expect(told.ends['a.tif']).toMatchObject({ pages: [{ page: 3 }] });
    expect(await keysOf(prefix)).toEqual(['a.page-3.jpg', 'a.tif', 'b.tif', ...pages].sort());
  });

  it('a TIFF is passed over when its JPEG is there, whatever made it, and its pages are completed', async () => {
    const three = pagedTiff(3);
    const prefix = await put({ 'a.tif': tiff, 'a.jpg': FOREIGN, 'b.tif': three, 'c.tif': tiff });
    await runBatch(sandbox.current, prefix, { find: { include: ['b.tif'] } });
    const before = await get(prefix, 'b.jpg');
    const told = await runBatch(sandbox.current, prefix, { skipExisting: true });
    expect(told.summary).toMatchObject({ converted: 1, skipped: 2, existing: 1 });
    expect(await keysOf(prefix)).not.toContain('a.tif.jpg');
    const all = await runBatch(sandbox.current, prefix, { skipExisting: true, pages: 'all' });
    expect(all.ends['b.tif']).toMatchObject({ pages: [{ page: 2 }, { page: 3 }] });
    expect((await get(prefix, 'b.jpg'))?.etag).toBe(before?.etag);
    expect(Buffer.from((await get(prefix, 'a.jpg'))?.bytes ?? [])).toEqual(FOREIGN);
    const again = await runBatch(sandbox.current, prefix, { skipExisting: true, pages: 'all' });
    expect(again.summary).toMatchObject({ converted: 0, skipped: 3, existing: 3 });
  });
});
