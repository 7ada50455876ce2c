import { appendFile, readdir, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { RECORD_NAME } from '../../../../src/lib/collection/record/output-record.ts';
import { defaultEncoderSettings } from '../../../../src/lib/convert/encoder-settings.ts';
import { useCollections } from '../../../support/collection-folders.ts';
import { runCollection, timelessRecord, wordsOf } from '../../../support/collections.ts';
import { pagedTiff, plainTiff } from '../../../support/pictures.ts';

const collectionOf = useCollections();
let teal: Buffer;
let plum: Buffer;
beforeAll(async () => {
  teal = await plainTiff('teal');
  plum = await plainTiff('plum');
});
/** Two TIFFs whose JPEGs have been made. */
const converted = async () => {
  const collection = await collectionOf({ 'a.tif': teal, 'b.tif': plum });
  await runCollection(collection.inputs);
  return collection;
};
const SKIPPED = { 'a.tif': 'skipped', 'b.tif': 'skipped' };

describe('a run over what has been converted', () => {
  it('skips all TIFFs, and reports what was recorded', async () => {
    const { path, inputs } = await converted();
    const before = await stat(path('a.jpg'));
    const again = await runCollection(inputs);
    expect(wordsOf(again)).toEqual(SKIPPED);
    expect(again.ends['a.tif']).toMatchObject({
      kind: 'YCbCr 8-bit JPEG',
      pixels: 64 * 48,
      pages: [{ page: 1, output: path('a.jpg'), width: 64, height: 48, bytes: before.size }],
    });
    expect(again.events.some(({ event }) => event === 'file.started')).toBe(false);
    expect((await stat(path('a.jpg'))).mtimeMs).toBe(before.mtimeMs);
  });

  it('skips TIFFs of several pages only while all of their JPEGs are there', async () => {
    const { path, inputs } = await collectionOf({ 'a.tif': pagedTiff(3) });
    await runCollection(inputs, { pages: 'all' });
    expect(wordsOf(await runCollection(inputs, { pages: 'all' }))).toEqual({ 'a.tif': 'skipped' });
    await rename(path('a.page-2.jpg'), path('elsewhere.jpg'));
    expect(wordsOf(await runCollection(inputs, { pages: 'all' }))).toEqual({
      'a.tif': 'converted',
    });
  });

  it('converts again only what has changed', async () => {
    const { path, inputs } = await converted();
    await writeFile(path('a.tif'), plum);
    expect(wordsOf(await runCollection(inputs))).toEqual({ ...SKIPPED, 'a.tif': 'converted' });
    expect(await readFile(path('a.jpg'))).toEqual(await readFile(path('b.jpg')));
    expect(wordsOf(await runCollection(inputs))).toEqual(SKIPPED);
  });

  it.each([
    ['other settings', { encoder: { ...defaultEncoderSettings, quality: 60 } }],
    ['another version', { program: 'arke-tiff/next' }],
    ['force', { force: true }],
  ])('converts everything again with %s', async (_, changes) => {
    const { inputs } = await converted();
    expect(wordsOf(await runCollection(inputs, changes))).toEqual({
      'a.tif': 'converted',
      'b.tif': 'converted',
    });
  });

  it('converts again what is missing', async () => {
    const { path, inputs } = await converted();
    await rename(path('b.jpg'), path('elsewhere.jpg'));
    expect(wordsOf(await runCollection(inputs))).toEqual({ ...SKIPPED, 'b.tif': 'converted' });
  });

  it('refuses its own JPEG if a recorded note is now to be an error', async () => {
    const { inputs } = await collectionOf({ 'a.tif': pagedTiff(2) });
    await runCollection(inputs);
    const strict = { failOn: new Set(['warning'] as const) };
    expect((await runCollection(inputs, { strict })).ends['a.tif']).toMatchObject({
      error: { code: 'WARNING' },
    });
  });
});

describe('a file that is in the way', () => {
  it('is an error when it is unknown, and replaced with force', async () => {
    const { path, inputs } = await collectionOf({ 'a.tif': teal });
    await writeFile(path('a.jpg'), 'precious');
    const { ends } = await runCollection(inputs);
    expect(ends['a.tif']).toMatchObject({
      error: {
        code: 'FILE',
        message: expect.stringMatching(/exists, and \.arke-tiff\.jsonl does not show.*--force/),
      },
    });
    expect(await readFile(path('a.jpg'), 'utf8')).toBe('precious');
    expect(wordsOf(await runCollection(inputs, { force: true }))).toEqual({
      'a.tif': 'converted',
    });
  });

  it('is an error when it was ours but has been changed since', async () => {
    const { path, inputs } = await converted();
    await appendFile(path('a.jpg'), 'edited');
    const run = await runCollection(inputs);
    expect(wordsOf(run)).toEqual({ ...SKIPPED, 'a.tif': 'failed' });
  });

  it('is an error when it was made of another TIFF', async () => {
    const { path, inputs } = await converted();
    await rename(path('a.tif'), path('a.tiff'));
    const run = await runCollection([path('a.tiff'), ...inputs.slice(1)]);
    expect(wordsOf(run)).toEqual({ 'a.tiff': 'failed', 'b.tif': 'skipped' });
  });

  it('is an error when no record is kept, whoever made it', async () => {
    const { inputs } = await converted();
    const { ends } = await runCollection(inputs, { keepRecord: false });
    expect(ends['a.tif']).toMatchObject({
      error: { message: expect.stringContaining('exists. Use --force') },
    });
  });
});

describe('checksums', () => {
  const withHashes = { checksum: true };

  it('are reported and recorded for TIFFs and JPEGs, also for those made without', async () => {
    const { root, inputs } = await converted();
    const { ends } = await runCollection(inputs, withHashes);
    const hash = expect.stringMatching(/^[\da-f]{64}$/);
    expect(ends['a.tif']).toMatchObject({
      status: 'skipped',
      source_sha256: hash,
      pages: [{ sha256: hash }],
    });
    expect(await timelessRecord(root)).toMatchObject([
      { source_sha256: hash, output_sha256: hash, record: { sha256: hash } },
      { source_sha256: hash, output_sha256: hash, record: { sha256: hash } },
    ]);
  });

  it('recognise files whose times have changed', async () => {
    const { path, inputs } = await converted();
    await runCollection(inputs, withHashes);
    const now = new Date(Date.now() + 60_000);
    for (const name of ['a.tif', 'a.jpg']) await utimes(path(name), now, now);
    expect(wordsOf(await runCollection(inputs, withHashes))).toEqual(SKIPPED);
    // Which the record has learnt from it.
    expect(wordsOf(await runCollection(inputs))).toEqual(SKIPPED);
  });

  it('recognise a TIFF that was renamed', async () => {
    const { path, inputs } = await converted();
    await runCollection(inputs, withHashes);
    await rename(path('a.tif'), path('a.tiff'));
    const run = await runCollection([path('a.tiff')], withHashes);
    expect(wordsOf(run)).toEqual({ 'a.tiff': 'skipped' });
  });

  it('detect a change that size and time do not show', async () => {
    const { path, inputs } = await converted();
    await runCollection(inputs, withHashes);
    const { atime, mtime } = await stat(path('a.tif'));
    const changed = Buffer.from(teal);
    changed.writeUInt8(changed.readUInt8(200) ^ 1, 200);
    await writeFile(path('a.tif'), changed);
    await utimes(path('a.tif'), atime, mtime);
    const run = await runCollection(inputs, withHashes);
    expect(run.ends['b.tif']?.status).toBe('skipped');
    expect(run.ends['a.tif']?.status).not.toBe('skipped');
  });
});

describe('the record beside the JPEGs', () => {
  it('has one line for each after a run, by name', async () => {
    const { root, path, inputs } = await converted();
    await writeFile(path('a.tif'), plum);
    await runCollection([...inputs].reverse());
    expect(await timelessRecord(root)).toMatchObject([
      { v: 1, output: 'a.jpg', source: 'a.tif', source_bytes: plum.length, pages: 1 },
      { v: 1, output: 'b.jpg', source: 'b.tif', program: 'arke-tiff/test' },
    ]);
  });

  it('is not kept unless requested', async () => {
    const { root, inputs } = await collectionOf({ 'a.tif': teal });
    await runCollection(inputs, { keepRecord: false });
    await expect(timelessRecord(root)).rejects.toThrow('ENOENT');
  });

  it('that cannot be read is an error for the files beside it', async () => {
    const { root, inputs } = await collectionOf({ 'a.tif': teal, [`${RECORD_NAME}/x`]: '' });
    const { ends } = await runCollection(inputs.slice(0, 1));
    expect(ends['a.tif']).toMatchObject({
      error: { code: 'FILE', message: expect.stringContaining('Could not read the record') },
    });
    expect((await readdir(root)).sort()).toEqual([RECORD_NAME, 'a.tif']);
  });

  it('is read up to a torn line, and continued after it', async () => {
    const { path, inputs } = await converted();
    await appendFile(path(RECORD_NAME), '{"v":1,"output":"a.jpg","sour');
    expect(wordsOf(await runCollection(inputs))).toEqual(SKIPPED);
    await rename(path('b.jpg'), path('elsewhere.jpg'));
    expect(wordsOf(await runCollection(inputs))).toEqual({ ...SKIPPED, 'b.tif': 'converted' });
    expect(wordsOf(await runCollection(inputs))).toEqual(SKIPPED);
  });

  it('still knows an older JPEG when a run was killed before the newer one got its name', async () => {
    const { path, inputs } = await converted();
    const text = await readFile(path(RECORD_NAME), 'utf8');
    const [line = ''] = text.split('\n');
    const newer = { ...JSON.parse(line), output_bytes: 1, output_mtime_ms: 1, source_bytes: 2 };
    await appendFile(path(RECORD_NAME), `${JSON.stringify(newer)}\n`);
    expect(wordsOf(await runCollection(inputs))).toEqual(SKIPPED);
    await writeFile(path('a.tif'), plum);
    expect(wordsOf(await runCollection(inputs))).toEqual({ ...SKIPPED, 'a.tif': 'converted' });
  });
});
