import { readdir, readFile, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type {
  CollectionEvent,
  ConvertedRecord,
  FailedRecord,
} from '../../../../src/lib/collection/events.ts';
import { convertInPlace } from '../../../../src/lib/convert/convert-in-place.ts';
import { defaultLikenessBounds } from '../../../../src/lib/convert/verify/likeness.ts';
import { useCollections } from '../../../support/collection-folders.ts';
import { runCollection, wordsOf } from '../../../support/collections.ts';
import { pagedTiff, plainTiff, raw } from '../../../support/pictures.ts';

const collectionOf = useCollections();
let tiffs: { a: Buffer; b: Buffer };
beforeAll(async () => {
  tiffs = { a: await plainTiff('teal'), b: await raw(90, 60, 3).tiff().toBuffer() };
});

const namesOf = (events: readonly CollectionEvent[]) => events.map(({ event }) => event);

describe('a run over several TIFFs', () => {
  it('makes the JPEG of each, as alone', async () => {
    const { path, inputs } = await collectionOf({ 'a.tif': tiffs.a, 'b.tif': tiffs.b });
    const run = await runCollection(inputs);
    expect(wordsOf(run)).toEqual({ 'a.tif': 'converted', 'b.tif': 'converted' });
    await convertInPlace(path('b.tif'), path('alone.jpg'));
    expect(await readFile(path('b.jpg'))).toEqual(await readFile(path('alone.jpg')));
  });

  it('emits events, from the first to the totals of the last', async () => {
    const { inputs } = await collectionOf({ 'a.tif': tiffs.a, 'b.tif': tiffs.b });
    const { events, ends, summary } = await runCollection(inputs, { jobs: 1 });
    expect(namesOf(events)).toEqual([
      'collection.started',
      ...['file.started', 'file.ended', 'file.started', 'file.ended'],
      'collection.ended',
    ]);
    const source_bytes = tiffs.a.length + tiffs.b.length;
    expect(events[0]).toMatchObject({ files: 2, source_bytes, jobs: 1 });
    expect(ends['a.tif']).toMatchObject({ kind: 'YCbCr 8-bit JPEG', pixels: 64 * 48 });
    const bytes = await Promise.all(
      ['a', 'b'].map(async (name) => (await stat(join(inputs[0] ?? '', `../${name}.jpg`))).size),
    );
    const output_bytes = bytes.reduce((sum, one) => sum + one, 0);
    const pixels = 64 * 48 + 90 * 60;
    expect(summary).toMatchObject({ files: 2, converted: 2, source_bytes, output_bytes, pixels });
    expect(summary.stopped).toBeUndefined();
  });

  it('continues after a TIFF that cannot be converted, and says why', async () => {
    const files = { '1.tif': tiffs.a, '2.tif': '%PDF-1.7', '3.tif': tiffs.b };
    const { path, inputs } = await collectionOf(files);
    const run = await runCollection([...inputs, path('missing.tif')]);
    expect(wordsOf(run)).toEqual({
      '1.tif': 'converted',
      '2.tif': 'failed',
      '3.tif': 'converted',
      'missing.tif': 'failed',
    });
    expect(run.ends['2.tif']).toMatchObject({ error: { code: 'NOT_A_TIFF' } });
    expect(run.ends['missing.tif']).toMatchObject({ error: { code: 'FILE' } });
    expect(run.summary).toMatchObject({ files: 4, converted: 2, failed: 2, left: 0 });
  });

  it('ends with the first failure on request', async () => {
    const files = { '1.tif': 'no picture', '2.tif': tiffs.a, '3.tif': tiffs.a };
    const { root, inputs } = await collectionOf(files);
    const { summary } = await runCollection(inputs, { failFast: true, jobs: 1 });
    expect(summary).toMatchObject({ converted: 0, failed: 1, left: 2 });
    expect((await readdir(root)).filter((name) => !name.endsWith('.tif'))).toEqual([]);
  });

  it('makes all pages of a TIFF on request', async () => {
    const { root, inputs } = await collectionOf({ 'a.tif': pagedTiff(3) });
    const { ends } = await runCollection(inputs, { pages: 'all' });
    const pages = [1, 2, 3].map((page) => ({ page, width: 8, channels: 1 }));
    expect(ends['a.tif']).toMatchObject({ status: 'converted', pages, pixels: 192 });
    expect(await readdir(root)).toEqual(
      expect.arrayContaining(['a.jpg', 'a.page-2.jpg', 'a.page-3.jpg']),
    );
  });

  it('refuses losses and warnings on request', async () => {
    const { inputs } = await collectionOf({ 'a.tif': pagedTiff(2) });
    const lost = await runCollection(inputs, {
      strict: { failOn: new Set(['pages'] as const) },
    });
    expect(lost.ends['a.tif']).toMatchObject({ error: { code: 'LOSS' } });
    const warned = await runCollection(inputs, {
      strict: { failOn: new Set(['warning'] as const) },
    });
    expect(warned.ends['a.tif']).toMatchObject({ error: { code: 'WARNING' } });
  });

  it('gives JPEGs the times of their TIFFs on request', async () => {
    const { path, inputs } = await collectionOf({ 'a.tif': tiffs.a });
    const then = new Date('2001-02-03T04:05:06Z');
    await utimes(path('a.tif'), then, then);
    await runCollection(inputs, { preserveTimestamps: true });
    expect((await stat(path('a.jpg'))).mtime).toEqual(then);
    expect(wordsOf(await runCollection(inputs, { preserveTimestamps: true }))).toEqual({
      'a.tif': 'skipped',
    });
  });

  it('never overwrites a TIFF of the run, even with force', async () => {
    const { path, inputs } = await collectionOf({ 'a.tif': tiffs.a, 'a.jpg': tiffs.b });
    const run = await runCollection(inputs.slice(0, 1).concat(path('a.jpg')), { force: true });
    expect(run.ends['a.tif']).toMatchObject({
      error: { message: expect.stringContaining('is the source') },
    });
    expect(await readFile(path('a.jpg'))).toEqual(tiffs.b);
  });

  it('ends and leaves no file when its events are no longer read', async () => {
    const { root, inputs } = await collectionOf({ 'a.tif': tiffs.a, 'b.tif': tiffs.a });
    const enough = new Error('enough');
    const run = runCollection(inputs, {
      onEvent: ({ event }) => {
        if (event === 'file.started') throw enough;
      },
    });
    await expect(run).rejects.toBe(enough);
    expect((await readdir(root)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describe('a dry run', () => {
  it('says what would become of each file, and writes nothing', async () => {
    const files = { '1.tif': tiffs.a, '2.tif': '%PDF-1.7', '3.tif': tiffs.b };
    const { root, path, inputs } = await collectionOf(files);
    await runCollection([path('3.tif')]);
    const before = await readdir(root);
    const { events, summary } = await runCollection(inputs, { dryRun: true });
    expect(namesOf(events)).toEqual([
      'collection.started',
      ...['file.planned', 'file.planned', 'file.planned'],
      'collection.ended',
    ]);
    expect(events.slice(1, 4)).toMatchObject([
      { status: 'due', pages: [{ output: path('1.jpg'), effort: 'max', reader: 'sharp' }] },
      { status: 'would_fail', error: { code: 'NOT_A_TIFF' } },
      { status: 'skipped' },
    ]);
    expect(summary).toMatchObject({ converted: 1, skipped: 1, would_fail: 1 });
    expect(summary.predicted?.seconds).toBeGreaterThan(0);
    expect(summary.output_bytes).toBeGreaterThan(0);
    expect(await readdir(root)).toEqual(before);
  });
});

describe('a run that verifies', () => {
  const verify = defaultLikenessBounds;

  it('records the likeness of each JPEG', async () => {
    const { inputs } = await collectionOf({ 'a.tif': pagedTiff(2) });
    const { ends } = await runCollection(inputs, { verify, pages: 'all' });
    const likeness = { ssim: expect.any(Number), expected: expect.anything() };
    expect(ends['a.tif']).toMatchObject({ pages: [{ likeness }, { likeness }] });
  });

  it('skips what passed these bounds, and converts the rest again', async () => {
    const { inputs } = await collectionOf({ 'a.tif': tiffs.a });
    await runCollection(inputs);
    const { ends } = await runCollection(inputs, { verify });
    expect(ends['a.tif']).toMatchObject({ status: 'converted', pages: [{}] });
    const again = await runCollection(inputs, { verify });
    const { likeness } = (ends['a.tif'] as ConvertedRecord).pages[0];
    expect(again.ends['a.tif']).toMatchObject({ status: 'skipped', pages: [{ likeness }] });
    const others = { verify: { ...verify, ssim: 0.02 } };
    expect(wordsOf(await runCollection(inputs, others))).toEqual({ 'a.tif': 'converted' });
    expect(wordsOf(await runCollection(inputs))).toEqual({ 'a.tif': 'skipped' });
  });

  it('keeps no JPEG beyond the bounds', async () => {
    const { root, inputs, path } = await collectionOf({ 'a.tif': tiffs.a });
    // Nearer than any JPEG can be.
    const { ends } = await runCollection(inputs, { verify: { ...verify, ssim: -1 } });
    expect(ends['a.tif']).toMatchObject({ status: 'failed', error: { code: 'UNLIKE' } });
    expect(String((ends['a.tif'] as FailedRecord).error.message)).toContain(path('a.jpg'));
    expect(await readdir(root)).toEqual(['a.tif']);
  });
});
