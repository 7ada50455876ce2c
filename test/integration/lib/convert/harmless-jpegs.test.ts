import sharp, { type JpegOptions } from 'sharp';
import { expect, it } from 'vitest';
import { readTiffHeader } from '../../../../src/lib/convert/header/tiff-header.ts';
import { notesFromHeader } from '../../../../src/lib/convert/notes-on-pages.ts';
import { commandNames } from '../../../../src/lib/convert/setting-names.ts';
import { cutOf, short, useForgiveness, withTags } from '../../../support/forgiven.ts';
import { inspectionOf } from '../../../support/inspections.ts';
import { inAllLayouts, jpegPages, makeDataLast, scene } from '../../../support/odd-tiffs.ts';
import { decodeJpeg, largestDifference } from '../../../support/pixels.ts';
import {
  makeTiff,
  makeTiffAs,
  type TiffEntry,
  type TiffPage,
} from '../../../support/tiff-writer.ts';

const { folder, convert, expectNothingOf } = useForgiveness();

const subsampling = (across: number, down = across): TiffEntry => short(530, across, down);
const forgiven = (words: RegExp) => [
  { code: 'WARNINGS_FORGIVEN', message: expect.stringMatching(words) },
];

it.each<[string, JpegOptions, TiffEntry | undefined, RegExp]>([
  [
    'a subsampling that is missing',
    { chromaSubsampling: '4:4:4' },
    undefined,
    /Auto-corrected former TIFF subsampling values \[2,2\]/,
  ],
  [
    'a subsampling of 1 for one of 2',
    { chromaSubsampling: '4:2:0' },
    subsampling(1),
    /its YCbCrSubsampling is 1 × 1, and that of its JPEG data is 2 × 2/,
  ],
  [
    'a subsampling of 2 for one of 1',
    { chromaSubsampling: '4:4:4' },
    subsampling(2),
    /its YCbCrSubsampling is 2 × 2, and that of its JPEG data is 1 × 1/,
  ],
  [
    'a subsampling in one direction',
    { chromaSubsampling: '4:2:0' },
    subsampling(2, 1),
    /its YCbCrSubsampling is 2 × 1, and that of its JPEG data is 2 × 2/,
  ],
  [
    'progressive coding',
    { progressive: true, chromaSubsampling: '4:2:0' },
    subsampling(2),
    /complete: its JPEG data are progressive, and TIFF has only sequential ones$/,
  ],
])('an embedded JPEG is read in spite of %s', async (_, options, entry, words) => {
  const pages = await jpegPages(options);
  const plain = await jpegPages({ ...options, progressive: false });
  const own = subsampling(options.chromaSubsampling === '4:4:4' ? 1 : 2);
  for (const [i, [kind, page]] of pages.entries()) {
    const [, right = page] = plain[i] ?? [];
    const { picture: expected, notes: none } = await convert(makeTiff(withTags(right, own)));
    expect(none, kind).toEqual([]);
    const odd = entry ? withTags(page, entry) : page;
    for (const [name, one, layout] of inAllLayouts(Array(4).fill([kind, odd]))) {
      const { notes, picture } = await convert(makeTiffAs(layout, one));
      expect(largestDifference(picture, expected), name).toBe(0);
      expect(notes, name).toEqual(forgiven(words));
    }
    await expectNothingOf(makeDataLast({}, odd), cutOf(odd, turn++), kind);
  }
});

/** Which of the cuts comes next. */
let turn = 0;

it('progressive coding is predicted, whatever the colours, and reported once when a copy is read', async () => {
  const words = /its JPEG data are progressive, and TIFF has only sequential ones/;
  const [jpeg] = await jpegPages({ progressive: true, chromaSubsampling: '4:4:4' });
  const grey = await sharp(scene(), { raw: { width: 96, height: 64, channels: 3 } })
    .toColourspace('b-w')
    .jpeg({ progressive: true })
    .toBuffer();
  const [, ycbcr] = jpeg ?? [];
  if (!ycbcr) throw new Error('There is no JPEG.');
  const copied = withTags(ycbcr, subsampling(1), short(274, 0));
  for (const page of [
    withTags(ycbcr, subsampling(1)),
    { ...ycbcr, samplesPerPixel: 1, photometric: 1, segments: [grey] },
    copied,
  ]) {
    const tiff = makeTiff(page);
    const { notes } = await convert(tiff);
    const [note] = notes;
    expect(notes).toEqual(forgiven(words));
    expect(note?.message.match(/progressive/g)).toHaveLength(1);
    expect((await inspectionOf(tiff)).problems).toContainEqual(
      expect.objectContaining({ code: 'TAG_WRONG', message: expect.stringMatching(/progressive/) }),
    );
    const header = await readTiffHeader(folder.path('scan.tif'));
    const foreseen = header && notesFromHeader({ header, numbers: [1] }, 'first', commandNames);
    expect(foreseen).toEqual(notes);
  }
});

it('an embedded JPEG may have more rows than its strip, if that is the last one', async () => {
  for (const [kind, rows, last, chromaSubsampling] of [
    ['one strip', 64, 72, '4:2:0'],
    ['several', 24, 24, '4:2:0'],
    ['several of 4:4:4', 40, 48, '4:4:4'],
  ] as const) {
    const page = await jpegStrips(rows, last, chromaSubsampling);
    const { picture: right } = await convert(makeTiff(await decodedStrips(page)));
    expect(right).toMatchObject({ width: 96, height: 64 });
    for (const [name, one, layout] of inAllLayouts(Array(4).fill([kind, page]))) {
      const { notes, picture } = await convert(makeTiffAs(layout, one));
      expect(notes, name).toEqual(forgiven(/JPEG strip size exceeds expected dimensions/));
      expect(largestDifference(picture, right), name).toBe(0);
    }
    await expectNothingOf(makeDataLast({}, page), cutOf(page, turn++), kind);
  }
});

const PAGE = { width: 96, height: 64, samplesPerPixel: 3, data: Buffer.alloc(0) } as const;

/** Strips whose last one has the rows of a whole one, or more: the scene goes on below the page. */
async function jpegStrips(rows: number, last: number, chromaSubsampling: '4:2:0' | '4:4:4') {
  const segments: Buffer[] = [];
  for (let top = 0; top < PAGE.height; top += rows) {
    const height = top + rows >= PAGE.height ? last : rows;
    const data = scene(96, 64 + 48).subarray(top * 96 * 3, (top + height) * 96 * 3);
    segments.push(
      await sharp(data, { raw: { width: 96, height, channels: 3 } })
        .jpeg({ quality: 90, chromaSubsampling })
        .toBuffer(),
    );
  }
  const page = { ...PAGE, photometric: 6, compression: 7, rowsPerStrip: rows, segments };
  return { ...page, entries: [subsampling(chromaSubsampling === '4:4:4' ? 1 : 2)] };
}

/**
 * The same rows without compression, as the strips' JPEGs are decoded alone; without those that are
 * more than the page has.
 */
async function decodedStrips({ segments }: { readonly segments: readonly Buffer[] }) {
  const strips: Buffer[] = [];
  for (const jpeg of segments) strips.push((await decodeJpeg(jpeg)).data);
  const data = Buffer.concat(strips).subarray(0, 96 * 64 * 3);
  return { ...PAGE, photometric: 2, data } satisfies TiffPage;
}
