import { describe, expect, it } from 'vitest';
import { firstPage, headerOf, readCounting } from '../../../../support/tiff-headers.ts';
import { makeTiff, type TiffEntry } from '../../../../support/tiff-writer.ts';

const grey = {
  width: 40,
  height: 20,
  samplesPerPixel: 1,
  photometric: 1,
  data: Buffer.alloc(800, 0xaa),
};
const LONG = 4;
const [STRIP_OFFSETS, ROWS_PER_STRIP, STRIP_BYTE_COUNTS] = [273, 278, 279];

describe('the strips of a TIFF', () => {
  const strips = async (...entries: TiffEntry[]) =>
    (await firstPage({ ...grey, rowsPerStrip: 5, entries })).segments;
  const longs = (tag: number, ...values: number[]) => ({ tag, type: LONG, values });

  it('are no higher than the page', async () => {
    for (const rows of [20, 21, 0xffffffff, 0])
      expect(await strips(longs(ROWS_PER_STRIP, rows))).toMatchObject({ width: 40, height: 20 });
    expect((await firstPage({ ...grey, without: [ROWS_PER_STRIP] })).segments?.height).toBe(20);
  });

  it('end where the last byte of the furthest is, and 0 bytes end nowhere', async () => {
    expect(
      await strips(
        longs(STRIP_OFFSETS, 300, 0xfffffff0, 100, 200),
        longs(STRIP_BYTE_COUNTS, 7, 0, 50, 60),
      ),
    ).toMatchObject({ end: 307, largestBytes: 60, totalBytes: 117, count: 4 });
  });

  it('end beyond a truncated file', async () => {
    const { fileBytes, pages } = await headerOf(makeTiff(grey).subarray(0, -100));
    expect(pages[0].segments?.end).toBeGreaterThan(fileBytes);
  });

  it('are as many as both lists have, and no more are looked at than the page needs', async () => {
    const sizes = longs(STRIP_BYTE_COUNTS, 10, 20, 30, 40, 0xffffffff);
    const offsets = longs(STRIP_OFFSETS, 8, 8, 8, 8, 8);
    expect(await strips(offsets, sizes)).toMatchObject({ count: 5, largestBytes: 40 });
    const fewer = longs(STRIP_BYTE_COUNTS, 10, 20);
    expect(await strips(offsets, fewer)).toMatchObject({ count: 2, totalBytes: 30 });
  });

  it('are added up when there are very many', async () => {
    const many = { ...grey, width: 1, height: 60_000, data: Buffer.alloc(60_000), rowsPerStrip: 1 };
    const offsets = { tag: STRIP_OFFSETS, type: LONG, values: Array<number>(60_000).fill(10) };
    const sizes = Array.from({ length: 60_000 }, (_, i) => i);
    const page = { ...many, entries: [offsets, longs(STRIP_BYTE_COUNTS, ...sizes)] };
    expect((await firstPage(page)).segments).toMatchObject({
      count: 60_000,
      largestBytes: 59_999,
      totalBytes: (60_000 * 59_999) / 2,
      end: 60_009,
    });
  });

  it('may be listed as tiles, and tiles as strips', async () => {
    const tile = { width: 32, height: 32 };
    const asStrips = [longs(STRIP_OFFSETS, 8, 8), longs(STRIP_BYTE_COUNTS, 5, 6)];
    const tiled = await firstPage({ ...grey, tile, without: [324, 325], entries: asStrips });
    expect(tiled.segments).toMatchObject({ kind: 'tiles', count: 2, totalBytes: 11 });
    const asTiles = [longs(324, 8), longs(325, 7)];
    const without = [STRIP_OFFSETS, STRIP_BYTE_COUNTS];
    const stripped = await firstPage({ ...grey, without, entries: asTiles });
    expect(stripped.segments).toMatchObject({ kind: 'strips', count: 1, totalBytes: 7 });
  });

  it('are left out when there are more than anybody needs', async () => {
    const count = 4_194_305;
    const entries = [273, 279].map((tag) => ({ tag, type: 1, values: [1], count, pointer: 8 }));
    const long = {
      ...grey,
      height: count,
      rowsPerStrip: 1,
      segments: [Buffer.alloc(count)],
      entries,
    };
    const { header, bytes } = await readCounting(makeTiff(long));
    expect(header?.pages[0]).toMatchObject({ height: count, segments: undefined });
    expect(bytes).toBeLessThan(100_000);
  });
});
