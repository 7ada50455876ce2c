import { describe, expect, it } from 'vitest';
import { firstPage, tiffLayouts } from '../../../../support/tiff-headers.ts';

const rgba = { width: 4, height: 4, samplesPerPixel: 4, photometric: 2, data: Buffer.alloc(64) };
const grey = {
  width: 40,
  height: 20,
  samplesPerPixel: 1,
  photometric: 1,
  data: Buffer.alloc(800, 0xaa),
};
const [BYTE, ASCII, SHORT, LONG, RATIONAL, SBYTE, UNDEFINED, SSHORT] = [1, 2, 3, 4, 5, 6, 7, 8];
const [SLONG, FLOAT, DOUBLE, IFD, LONG8, SLONG8, IFD8] = [9, 11, 12, 13, 16, 17, 18];
const IMAGE_WIDTH = 256;

describe('the directory of a TIFF', () => {
  it('is short where the file is: defaults for what it does not say', async () => {
    const without = [258, 259, 262, 277, 278, 279];
    expect(await firstPage({ ...grey, without })).toEqual({
      index: 0,
      offset: 8,
      width: 40,
      height: 20,
      samplesPerPixel: 1,
      bitsPerSample: [1],
      sampleFormat: 1,
      compression: 1,
      photometric: 1,
      untold: true,
      planar: false,
      orientation: 1,
      subfileType: 0,
      extraSamples: [],
      chromaSubsampling: [2, 2],
      inkSet: 1,
      maxSampleValue: undefined,
      iccBytes: 0,
      segments: expect.objectContaining({ sizes: { by: 'pixels', why: 'MISSING' } }),
    });
    expect(await firstPage({ ...grey, without: [256, 257] })).toMatchObject({
      width: 0,
      height: 0,
    });
  });

  it('tells bits of each sample, those of the first where the file says no more', async () => {
    const bits = (...values: number[]) => ({
      ...rgba,
      entries: [{ tag: 258, type: SHORT, values }],
    });
    expect((await firstPage(bits(5, 6, 5, 8))).bitsPerSample).toEqual([5, 6, 5, 8]);
    expect((await firstPage(bits(16))).bitsPerSample).toEqual([16, 16, 16, 16]);
    expect((await firstPage(bits(8, 8, 8, 8, 16))).bitsPerSample).toEqual([8, 8, 8, 8]);
  });

  it('tells several extra samples', async () => {
    const page = {
      ...rgba,
      samplesPerPixel: 7,
      extraSamples: [0, 1, 0, 0],
      data: Buffer.alloc(112),
    };
    expect((await firstPage(page)).extraSamples).toEqual([0, 1, 0, 0]);
  });

  it.each([
    [0, 1],
    [1, 1],
    [8, 8],
    [9, 1],
    [65_535, 1],
  ])('with the orientation %i means %i', async (orientation, meant) => {
    expect((await firstPage({ ...grey, orientation })).orientation).toBe(meant);
  });

  it.each([
    [1, 0],
    [2, 1],
    [3, 2],
    [9, 0],
  ])('with the old SubfileType %i means the bits %i', async (value, bits) => {
    const old = { tag: 255, type: SHORT, values: [value] };
    expect((await firstPage({ ...grey, entries: [old] })).subfileType).toBe(bits);
    expect((await firstPage({ ...grey, subfileType: 4, entries: [old] })).subfileType).toBe(4);
  });

  it.each([
    ['BYTE', BYTE],
    ['SHORT', SHORT],
    ['LONG', LONG],
    ['SBYTE', SBYTE],
    ['SSHORT', SSHORT],
    ['SLONG', SLONG],
    ['IFD', IFD],
    ['LONG8', LONG8],
    ['SLONG8', SLONG8],
    ['IFD8', IFD8],
  ])('is read from values of type %s', async (_, type) => {
    const entries = [
      { tag: IMAGE_WIDTH, type, values: [100] },
      { tag: 258, type, values: [1, 2, 3, 4] },
    ];
    for (const [, layout] of tiffLayouts)
      expect(await firstPage({ ...rgba, entries }, layout)).toMatchObject({
        width: 100,
        bitsPerSample: [1, 2, 3, 4],
      });
  });

  it.each([
    ['ASCII', ASCII],
    ['RATIONAL', RATIONAL],
    ['UNDEFINED', UNDEFINED],
    ['FLOAT', FLOAT],
    ['DOUBLE', DOUBLE],
    ['that nobody has defined', 99],
  ])('leaves out numbers of type %s', async (_, type) => {
    const width = { tag: IMAGE_WIDTH, type, values: [100] };
    expect((await firstPage({ ...rgba, entries: [width] })).width).toBe(0);
  });

  it('leaves out negative numbers', async () => {
    const width = { tag: IMAGE_WIDTH, type: SSHORT, values: [-100] };
    expect((await firstPage({ ...rgba, entries: [width] })).width).toBe(0);
  });

  it('takes the first of two entries with the same tag', async () => {
    const widths = [100, 200].map((value) => ({ tag: IMAGE_WIDTH, type: LONG, values: [value] }));
    expect((await firstPage({ ...rgba, entries: widths })).width).toBe(100);
  });
});
