import { describe, expect, it } from 'vitest';
import { MAX_DIRECTORIES, MAX_PAGES } from '../../../../../src/lib/convert/header/limits.ts';
import { MAX_BYTES_READ } from '../../../../../src/lib/convert/header/tiff-source.ts';
import { readCounting } from '../../../../support/tiff-headers.ts';
import { makeTiff, makeTiffAs, type TiffPage } from '../../../../support/tiff-writer.ts';

const page: TiffPage = {
  width: 32,
  height: 32,
  samplesPerPixel: 3,
  photometric: 2,
  data: Buffer.alloc(3072),
};
const [LONG, LONG8, IFD_OFFSET] = [4, 16, 8];
const [MAX_UINT32, MAX_UINT64] = [0xffffffff, 2n ** 64n - 1n];

const headerOf = async (tiff: Uint8Array) => (await readCounting(tiff)).header;

describe('a chain of directories that is damaged', () => {
  it.each([
    ['to itself', IFD_OFFSET],
    ['into the header', 1],
    ['outside the file', 1_000_000],
    ['just before the end of the file', 'end'],
  ])('ends with the page that points %s', async (_, next) => {
    const { length } = makeTiff(page);
    const header = await headerOf(
      makeTiffAs({ next: next === 'end' ? length - 1 : Number(next) }, page),
    );
    expect(header).toMatchObject({ brokenChain: true, pages: [{ width: 32 }] });
    expect(header?.pages).toHaveLength(1);
  });

  it('ends when it returns to the first directory', async () => {
    const header = await headerOf(makeTiffAs({ next: IFD_OFFSET }, page, page, page));
    expect(header).toMatchObject({ brokenChain: true, pages: { length: 3 } });
  });

  it('ends when BigTIFF points beyond any file', async () => {
    const header = await headerOf(makeTiffAs({ big: true, next: MAX_UINT64 }, page));
    expect(header).toMatchObject({ brokenChain: true, pages: { length: 1 } });
  });

  it('ends with the file', async () => {
    const two = makeTiff(page, page);
    const second = makeTiff(page).length;
    expect(await headerOf(two.subarray(0, second + 20))).toMatchObject({
      brokenChain: true,
      pages: { length: 1 },
    });
  });

  it(`is followed for up to ${MAX_PAGES} pages`, async () => {
    const small = { ...page, width: 1, height: 1, data: Buffer.alloc(3) };
    const enough = await headerOf(makeTiff(...Array<TiffPage>(MAX_PAGES).fill(small)));
    expect(enough).toMatchObject({ brokenChain: false, pages: { length: MAX_PAGES } });
    const more = await headerOf(makeTiff(...Array<TiffPage>(MAX_PAGES + 1).fill(small)));
    expect(more).toMatchObject({ brokenChain: true, pages: { length: MAX_PAGES } });
  });
});

describe('directories below directories', () => {
  it('are read up to a limit, however they overlap', async () => {
    const [pages, below, bytes] = [400, 64, 18];
    const root = 8;
    const each = 18 + below * 4;
    const tiff = Buffer.alloc(root + pages * each + pages * below * bytes);
    tiff.write('II*\0', 'latin1');
    tiff.writeUInt32LE(root, 4);
    const directory = (at: number, entry: readonly [number, number, number], next: number) => {
      tiff.writeUInt16LE(1, at);
      tiff.writeUInt16LE(entry[0], at + 2);
      tiff.writeUInt16LE(LONG, at + 4);
      tiff.writeUInt32LE(entry[1], at + 6);
      tiff.writeUInt32LE(entry[2], at + 10);
      tiff.writeUInt32LE(next, at + 14);
    };
    let at = root + pages * each;
    for (let page = 0; page < pages; page++) {
      const start = root + page * each;
      directory(start, [330, below, start + 18], page < pages - 1 ? start + each : 0);
      for (let i = 0; i < below; i++, at += bytes) {
        tiff.writeUInt32LE(at, start + 18 + i * 4);
        directory(at, [256, 1, 1], 0);
      }
    }
    const header = await headerOf(tiff);
    const found = header?.pages.map(({ subIfds = [] }) => subIfds.length) ?? [];
    expect(found).toHaveLength(pages);
    expect(found[0]).toBe(below);
    expect(found.reduce((sum, one) => sum + one, pages)).toBe(MAX_DIRECTORIES);
  });
});

describe('a directory that is damaged', () => {
  it.each([
    ['no entries', 0],
    ['more entries than there are', 4_000],
    ['more entries than any directory has', 65_535],
  ])('is ignored when it claims %s', async (_, count) => {
    const tiff = makeTiff(page);
    tiff.writeUInt16LE(count, IFD_OFFSET);
    expect(await headerOf(tiff)).toBeUndefined();
  });

  it('is ignored when BigTIFF claims as many entries as 64 bits can', async () => {
    const tiff = makeTiffAs({ big: true }, page);
    tiff.writeBigUInt64LE(MAX_UINT64, 16);
    expect(await headerOf(tiff)).toBeUndefined();
  });

  it('is ignored when it is outside the file, or in the header', async () => {
    for (const offset of [0, 1, 7, 1_000_000, MAX_UINT32]) {
      const tiff = makeTiff(page);
      tiff.writeUInt32LE(offset, 4);
      expect(await headerOf(tiff)).toBeUndefined();
    }
  });

  it('is ignored in a BigTIFF whose offsets do not have 8 bytes', async () => {
    const tiff = makeTiffAs({ big: true }, page);
    tiff.writeUInt16LE(16, 4);
    expect(await headerOf(tiff)).toBeUndefined();
  });

  it.each([
    ['classic', {}, [MAX_UINT32, 2 ** 30]],
    ['BigTIFF', { big: true }, [MAX_UINT32, 2n ** 60n, MAX_UINT64]],
  ])('with absurd counts in every entry costs nothing (%s)', async (_, layout, counts) => {
    for (const count of counts) {
      const tags = [256, 257, 258, 273, 277, 279, 338, 339, 34_675];
      const absurd = tags.map((tag) => ({ tag, type: LONG, values: [1], count }));
      const { header, bytes } = await readCounting(
        makeTiffAs(layout, { ...page, entries: absurd }),
      );
      expect(header?.pages[0]).toMatchObject({ iccBytes: 0, segments: undefined });
      expect(bytes).toBeLessThan(100_000);
    }
  });

  it('with values outside the file is read without them', async () => {
    const entries = [258, 273, 338, 34_675].map((tag) => ({
      tag,
      type: LONG,
      values: [8, 8, 8],
      pointer: 0xfffffff0,
    }));
    expect((await headerOf(makeTiff({ ...page, entries })))?.pages[0]).toMatchObject({
      width: 32,
      bitsPerSample: [1, 1, 1],
      extraSamples: [],
      iccBytes: 0,
      segments: undefined,
    });
  });

  it('with absurd dimensions and samples says so, and costs nothing', async () => {
    const tags = [256, 257, 277, 278, 322, 323];
    for (const absurd of [MAX_UINT32, MAX_UINT64]) {
      const entries = tags.map((tag) => ({ tag, type: LONG8, values: [absurd] }));
      const { header, bytes } = await readCounting(makeTiffAs({ big: true }, { ...page, entries }));
      expect(header?.pages[0].width).toBe(Number(absurd));
      expect(header?.pages[0].bitsPerSample).toHaveLength(64);
      expect(bytes).toBeLessThan(100_000);
    }
  });

  it('with strips at absurd places says that the file is truncated', async () => {
    const entries = [273, 279].map((tag) => ({ tag, type: LONG8, values: [MAX_UINT64] }));
    const header = await headerOf(makeTiffAs({ big: true }, { ...page, entries }));
    expect(header?.pages[0].segments?.end).toBeGreaterThan(header?.fileBytes ?? 0);
  });
});

describe('a header made to be expensive', () => {
  it('stays within its budget: many pages that share long lists of strips', async () => {
    const lists = Buffer.alloc(1_000_000);
    const pointer = 200_000;
    const entries = [273, 279].map((tag) => ({
      tag,
      type: 1,
      values: [1],
      count: 900_000,
      pointer,
    }));
    const strips = { ...page, height: 900_000, rowsPerStrip: 1, segments: [], entries };
    const pages = [...Array<TiffPage>(1_000).fill(strips), { ...strips, segments: [lists] }];
    const { header, bytes } = await readCounting(makeTiff(...pages));
    expect(header?.brokenChain).toBe(true);
    expect(header?.pages.length).toBeLessThan(1_000);
    expect(header?.pages.at(-1)?.segments?.count).toBe(900_000);
    expect(bytes).toBeLessThan(MAX_BYTES_READ + 1_000_000);
  });
});
