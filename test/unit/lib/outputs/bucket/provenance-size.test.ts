import { expect, it } from 'vitest';
import { defaultEncoderSettings } from '../../../../../src/lib/convert/encoder-settings.ts';
import type { PageList } from '../../../../../src/lib/convert/pages.ts';
import { ownershipOf, toMetadata } from '../../../../../src/lib/outputs/bucket/provenance.ts';
import { taskOfJpeg } from '../../../../../src/lib/task/jpeg-of-task.ts';

const about = {
  sourceKey: 'scans/1.tif',
  sourceEtag: '"0123456789abcdef0123456789abcdef-12"',
  encoder: { ...defaultEncoderSettings, background: '#123456' },
  versions: 'arke-tiff/10.20.30 sharp/10.20.30 vips/10.20.30 mozjpeg/10.20.30',
  page: 999_999,
  firstPage: 999_999,
  pageCount: 999_999,
} as const;

it('what a JPEG says of itself fits into the 2 KB that metadata may have, whatever its ids are', () => {
  const id = '€'.repeat(341);
  const metadata = toMetadata({
    ...about,
    sourceKey: `${'k'.repeat(1_020)}.tif`,
    taskId: `${id}t`,
    batchId: `${id}b`,
  });
  expect(Object.entries(metadata).flat().join('').length).toBeLessThan(2_048);
  expect(metadata['arke-task-id']).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(metadata['arke-batch-id']).not.toBe(metadata['arke-task-id']);
  // What is hashed names no task.
  const info = { key: 'k', size: 1, etag: '', contentType: undefined, metadata };
  expect(taskOfJpeg(info)).toBeUndefined();
});

it('ids that are short stand there as they are, encoded', () => {
  const metadata = toMetadata({ ...about, taskId: 'task 1', batchId: 'Stapel_ü' });
  expect(metadata).toMatchObject({
    'arke-task-id': 'task%201',
    'arke-batch-id': 'Stapel_%C3%BC',
  });
});

it.each([
  ['short', 64, false],
  ['long', 1_000, true],
])('a %s list of pages fits, too, and is compared', (_, count, isHashed) => {
  const list = (first: number) =>
    Array.from({ length: count }, (_, i) => first + 2 * i).join(',') as PageList;
  const made = (pageList: PageList) => ({
    ...about,
    sourceKey: `${'k'.repeat(1_020)}.tif`,
    page: 1,
    firstPage: 1,
    pageCount: undefined,
    taskId: 't'.repeat(64),
    batchId: 'b'.repeat(64),
    pageList,
  });
  const metadata = toMetadata(made(list(1)));
  expect(Object.entries(metadata).flat().join('').length).toBeLessThan(2_048);
  expect(metadata['arke-pages']?.startsWith('sha256:')).toBe(isHashed);
  const object = { key: 'k', size: 1, etag: '', contentType: undefined, metadata };
  expect(ownershipOf(object, made(list(1)))).toBe('current');
  expect(ownershipOf(object, made(list(3)))).toBe('outdated');
});
