import { expect, it } from 'vitest';
import { defaultEncoderSettings } from '../../../../../src/lib/convert/encoder-settings.ts';
import type { PagesSetting } from '../../../../../src/lib/convert/pages.ts';
import {
  leftPagesMessage,
  type PageOutput,
  pageChangedMessage,
} from '../../../../../src/lib/outputs/bucket/page-outputs.ts';
import { firstProvenance, toMetadata } from '../../../../../src/lib/outputs/bucket/provenance.ts';

const provenanceOf = (pages: PagesSetting, sourceEtag: string) =>
  firstProvenance({
    sourceKey: 'a.tif',
    sourceEtag,
    taskId: 't',
    batchId: 'b',
    versions: 'v',
    encoder: defaultEncoderSettings,
    pages,
  });

/** A JPEG of these pages that is to be replaced, because its TIFF had other bytes then. */
function replaced(before: PagesSetting, now: PagesSetting): PageOutput {
  const made = { ...provenanceOf(before, '"old"'), pageCount: before === 'all' ? 5 : undefined };
  const outdated = { key: 'a.jpg', size: 9, etag: '"j"', metadata: toMetadata(made) };
  const output = {
    request: { provenance: provenanceOf(now, '"new"') },
    slot: { kind: 'open', key: 'a.jpg', outdated },
  };
  return output as unknown as PageOutput;
}

const leftOf = (before: PagesSetting, now: PagesSetting, numbers: readonly number[]) =>
  leftPagesMessage(replaced(before, now), numbers);

it.each([
  ['all', 'all', [1, 2], 'a.page-3.jpg to a.page-5.jpg were made of', ', which had more pages, '],
  ['all', 'first', [1], 'a.page-2.jpg to a.page-5.jpg were made of', ', which had more pages, '],
  ['all', '2,4', [2, 4], 'a.page-2.jpg to a.page-3.jpg, a.page-5.jpg were made of', ', and were'],
  ['1-2,4', 'all', [1, 2], 'a.page-4.jpg was made of', ', and was kept'],
  ['1-2,4', '1,3', [1, 3], 'a.page-2.jpg, a.page-4.jpg were made of', ', and were kept'],
] as const)('JPEGs of %s are left when %s is wanted', (before, now, numbers, which, why) => {
  const message = leftOf(before, now, numbers);
  expect(message).toContain(`${which} an earlier version of a.tif${why}`);
});

it.each([
  ['all', 'all', [1, 2, 3, 4, 5]],
  ['1-2', 'all', [1, 2]],
  [2, 'all', [1, 2]],
] as const)('no JPEG of %s is left when %s is wanted', (before, now, numbers) => {
  expect(leftOf(before, now, numbers)).toBeUndefined();
});

it.each([
  [1, 2, 'a.jpg was page 1 of a.tif, and becomes page 2.'],
  ['2,4', 'all', 'a.jpg was page 2 of a.tif, and becomes page 1.'],
  ['all', 1, undefined],
] as const)('a JPEG of %s that becomes one of %s is another page: %s', (before, now, message) => {
  expect(pageChangedMessage(replaced(before, now))).toBe(message);
});
