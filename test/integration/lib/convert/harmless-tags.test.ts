import { beforeAll, describe, expect, it } from 'vitest';
import { short, useForgiveness, withTags } from '../../../support/forgiven.ts';
import { inspectionOf } from '../../../support/inspections.ts';
import { inAllLayouts, type NamedPage, variedPages } from '../../../support/odd-tiffs.ts';
import { largestDifference } from '../../../support/pixels.ts';
import { makeTiffAs, type TiffEntry, type TiffPage } from '../../../support/tiff-writer.ts';

const [BYTE, SHORT, UNDEFINED] = [1, 3, 7];
const { folder, convert, soundly, expectNothingOf } = useForgiveness();
/** Twelve pages of all depths, colours, cuts and compressions. */
let varied: NamedPage[];
beforeAll(async () => {
  varied = await variedPages(folder.path('varied.tif'));
});

const nothing = (tag: number, type: number): TiffEntry => ({ tag, type, values: [], count: 0 });

/** How many values of a tag there are, one for each sample, and one more. */
const oneMore = (tag: number, value: (page: TiffPage) => number) => (page: TiffPage) =>
  short(tag, ...Array<number>(page.samplesPerPixel + 1).fill(value(page)));
const depthOf = ({ entries = [], bitsPerSample = 8 }: TiffPage) =>
  Number(entries.find(({ tag }) => tag === 258)?.values[0] ?? bitsPerSample);

describe.each<[string, TiffEntry | ((page: TiffPage) => TiffEntry), RegExp]>([
  ['Orientation 0', short(274, 0), /its Orientation is 0, and TIFF has only 1 to 8 \(left out\)/],
  ['Orientation 9', short(274, 9), /its Orientation is 9/],
  ['ResolutionUnit 0', short(296, 0), /its ResolutionUnit is 0/],
  ['ResolutionUnit 4', short(296, 4), /its ResolutionUnit is 4/],
  ['FillOrder 0', short(266, 0), /its FillOrder is 0/],
  ['a private tag of no numbers', nothing(65_001, SHORT), /no value in its tag 65001 \(left out\)/],
  ['an ICC profile of no bytes', nothing(34_675, UNDEFINED), /no value in its ICC profile/],
  [
    'a private tag of type 0',
    { tag: 32_934, type: 0, values: [], count: 1 },
    /its tag 32934 is of type 0, which TIFF does not have/,
  ],
  [
    'a private tag of type 99',
    { tag: 65_002, type: 99, values: [], count: 3 },
    /its tag 65002 is of type 99/,
  ],
  [
    'more depths than samples',
    oneMore(258, depthOf),
    /BitsPerSample entry count is \d|its BitsPerSample has \d values for \d samples?/,
  ],
  [
    'more formats than samples',
    oneMore(339, () => 1),
    /Tag SampleFormat entry count is|its SampleFormat has \d values for/,
  ],
])('%s', (_, entry, words) => {
  it('is left out with a warning, in every byte order, cut and compression', async () => {
    for (const one of inAllLayouts(varied))
      await expectLeftOut(one, [typeof entry === 'function' ? entry(one[1]) : entry], [words]);
  });
});

/** Tags of count 0 that libtiff warns of itself: what it calls them, or we where a copy is read. */
const EMPTY: readonly (readonly [TiffEntry, RegExp])[] = [
  [nothing(700, BYTE), /Null count for "XMLPacket"|no value in its XMP/],
  [nothing(33_723, UNDEFINED), /Null count for "RichTIFFIPTC"|no value in its IPTC/],
  [nothing(34_022, BYTE), /Null count for "Tag 34022"|no value in its tag 34022/],
  [nothing(34_377, BYTE), /Null count for "Photoshop"|no value in its Photoshop/],
  [nothing(37_724, UNDEFINED), /Null count for "Adobe Photoshop|no value in its Photoshop/],
];

describe('XMP, IPTC, Photoshop data and private tags of no bytes', () => {
  it('are left out with a warning, one after the other', async () => {
    for (const [i, one] of inAllLayouts(varied).entries()) {
      const [entry, words] = EMPTY[i % EMPTY.length] ?? [];
      if (entry && words) await expectLeftOut(one, [entry], [words]);
    }
  });

  it('are left out with a warning, all at once', async () => {
    const [entries, words] = [EMPTY.map(([entry]) => entry), EMPTY.map(([, word]) => word)];
    for (const one of inAllLayouts(varied, 1)) await expectLeftOut(one, entries, words);
  });
});

/**
 * Expects a page with some more tags to be what it is without them, and one warning that names all
 * of them.
 */
async function expectLeftOut(
  [name, page, layout]: ReturnType<typeof inAllLayouts>[number],
  entries: readonly TiffEntry[],
  words: readonly RegExp[],
): Promise<void> {
  const tiff = makeTiffAs(layout, withTags(page, ...entries));
  expect((await inspectionOf(tiff)).error, name).toBeUndefined();
  const { told, picture } = await convert(tiff);
  expect(largestDifference(picture, await soundly(name, page, layout)), name).toBe(0);
  expect(told, name).toMatchObject([{ code: 'WARNINGS_FORGIVEN' }]);
  for (const word of words) expect(told[0]?.message, name).toMatch(word);
}

it('nothing is dropped from a file that lacks what its picture needs', async () => {
  const colours = Array.from({ length: 768 }, (_, i) => ((i * 37) % 256) * 257);
  const page: TiffPage = {
    width: 96,
    height: 64,
    samplesPerPixel: 1,
    photometric: 3,
    data: Buffer.alloc(96 * 64, 200),
  };
  const all = inAllLayouts(Array(4).fill(['a palette', page]));
  for (const [i, [name, one, layout]] of all.entries()) {
    // The palette comes last in the file.
    const whole = makeTiffAs(layout, withTags(one, short(274, 0), short(320, ...colours)));
    expect((await convert(whole)).notes, name).toHaveLength(1);
    await expectNothingOf(whole, [2, 200][i % 2] ?? 2, name);
  }
});
