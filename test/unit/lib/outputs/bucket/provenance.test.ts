import { describe, expect, it } from 'vitest';
import { defaultEncoderSettings } from '../../../../../src/lib/convert/encoder-settings.ts';
import type { PagesSetting } from '../../../../../src/lib/convert/pages.ts';
import { outputsKnowing } from '../../../../../src/lib/outputs/bucket/page-outputs.ts';
import {
  firstProvenance,
  ownershipOf,
  type Provenance,
  toMetadata,
} from '../../../../../src/lib/outputs/bucket/provenance.ts';

const wanted = (pages: PagesSetting): Provenance =>
  firstProvenance({
    sourceKey: 'a.tif',
    sourceEtag: '"e"',
    taskId: 't',
    batchId: 'b',
    versions: 'v',
    encoder: defaultEncoderSettings,
    pages,
  });

/** What a JPEG says that was made by a setting of a TIFF in which `first` stands for that page. */
function madeBy(pages: PagesSetting, firstPage: number) {
  const request = { provenance: wanted(pages) };
  const outputs = { first: { request, slot: {} }, further: [] };
  const known = outputsKnowing(
    outputs as unknown as Parameters<typeof outputsKnowing>[0],
    firstPage,
  );
  const { provenance } = known.first.request;
  const metadata = toMetadata(pages === 'all' ? { ...provenance, pageCount: 3 } : provenance);
  return { key: 'a.jpg', size: 9, etag: '"j"', contentType: undefined, metadata };
}

describe('a JPEG of a TIFF whose first page is a thumbnail of page 2', () => {
  it('holds the true number of its page', () => {
    expect(madeBy('first', 2).metadata).toMatchObject({ 'arke-page': '2', 'arke-first-page': '2' });
    expect(madeBy(1, 2).metadata).toMatchObject({ 'arke-page': '1', 'arke-first-page': '2' });
  });

  it.each<[made: PagesSetting, wanted: PagesSetting, current: boolean]>([
    ['first', 'first', true],
    ['first', 1, false],
    ['first', 2, true],
    ['first', 'all', false],
    [1, 'first', false],
    [1, 1, true],
    ['1-2', '1-2', true],
    ['1-2', '1,3', false],
    ['1-2', 'all', false],
    ['1-2', 1, false],
    [1, '1-2', false],
    [2, 'first', true],
    [2, 2, true],
    ['all', 'first', false],
    ['all', 1, true],
    ['all', 'all', true],
  ])('that was made by %s is taken for current by %s: %s', (made, by, current) => {
    const ownership = ownershipOf(madeBy(made, 2), wanted(by));
    expect(ownership).toBe(current ? 'current' : 'outdated');
  });
});

describe('a JPEG of any other TIFF', () => {
  it.each<[made: PagesSetting, wanted: PagesSetting, current: boolean]>([
    ['first', 'first', true],
    ['first', 1, true],
    [1, 'first', true],
    ['all', 'first', true],
    [2, 'first', false],
  ])('that was made by %s is taken for current by %s: %s', (made, by, current) => {
    const jpeg = madeBy(made, 1);
    expect(jpeg.metadata).not.toHaveProperty('arke-first-page');
    expect(ownershipOf(jpeg, wanted(by))).toBe(current ? 'current' : 'outdated');
  });
});
