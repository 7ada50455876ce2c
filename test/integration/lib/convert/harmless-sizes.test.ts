import { beforeAll, describe, expect, it } from 'vitest';
import { cutOf, useForgiveness, withTags } from '../../../support/forgiven.ts';
import { inspectionOf } from '../../../support/inspections.ts';
import {
  faxPages,
  inAllLayouts,
  jpegPages,
  makeDataLast,
  type NamedPage,
  samePages,
  variedPages,
} from '../../../support/odd-tiffs.ts';
import { largestDifference } from '../../../support/pixels.ts';
import { makeTiffAs, segmentsOf, type TiffPage } from '../../../support/tiff-writer.ts';

const { folder, convert, soundly, expectNothingOf } = useForgiveness();
/**
 * One picture in all cuts and compressions without loss, faxes, JPEGs, and others of all depths and
 * colours.
 */
let closed: NamedPage[];
beforeAll(async () => {
  const same = await samePages(folder.path('same.tif'));
  // PackBits has no end code.
  closed = [
    ...same.filter(([name]) => !name.startsWith('packbits')),
    ...(await faxPages(folder.path('fax.tif'))),
    ...(await jpegPages({})),
    ...(await variedPages(folder.path('varied.tif'))),
  ];
});

/** The tags of a page's list of sizes, whatever else is in it. */
const sizesTag = ({ tile }: TiffPage) => (tile ? 325 : 279);
const without = (page: TiffPage): TiffPage => ({
  ...page,
  without: [sizesTag(page)],
  entries: (page.entries ?? []).filter(({ tag }) => tag !== sizesTag(page)),
});
const sized = (
  page: TiffPage,
  size: (bytes: number, i: number, all: number) => number,
): TiffPage => {
  const segments = segmentsOf(page);
  const values = segments.map(({ length }, i) => size(length, i, segments.length));
  return withTags(page, { tag: sizesTag(page), type: 4, values });
};
describe.each<[string, (page: TiffPage) => TiffPage, RegExp, number]>([
  ['are missing', without, /does not say how many bytes its (strips|tiles) have/, 0],
  ['are 0', (page) => sized(page, () => 0), /its (strips|tiles) are said to have 0 bytes/, 1],
  [
    'go beyond the file',
    (page) => sized(page, (bytes, i, all) => (i === all - 1 ? bytes + 512 : bytes)),
    /the size given for its last (strip|tile) is more than the file has/,
    2,
  ],
])('sizes of strips or tiles that %s', (_, make, words, from) => {
  it('are calculated, with a warning, if all data are there', async () => {
    for (const [i, [name, page, layout]] of inAllLayouts(closed).entries()) {
      // Before the lists, or behind all else.
      const tiff = (i % 2 === 0 ? makeTiffAs : makeDataLast)(layout, make(page));
      expect((await inspectionOf(tiff)).error, name).toBeUndefined();
      const { notes, picture } = await convert(tiff);
      expect(largestDifference(picture, await soundly(name, page, layout)), name).toBe(0);
      expect(notes, name).toMatchObject([
        { code: 'WARNINGS_FORGIVEN', message: expect.stringMatching(words) },
      ]);
    }
  });

  it('are an error if a byte is missing, whatever the compression', async () => {
    const turns = inAllLayouts(closed, from).entries();
    for (const [i, [name, page, layout]] of turns) {
      // Every second one: the other kinds of faults take those between, and other cuts.
      if (i % 2 !== from % 2) continue;
      const tiff = makeDataLast(layout, make(page));
      await expectNothingOf(tiff, cutOf(page, (i >> 1) + from), name);
    }
  });
});
