import { describe, expect, it } from 'vitest';
import { makeIcc } from '../../../../support/icc.ts';
import { inspectionOf } from '../../../../support/inspections.ts';
import { makeTiff, makeTiffAs, type TiffPage } from '../../../../support/tiff-writer.ts';

const page: TiffPage = {
  width: 32,
  height: 32,
  samplesPerPixel: 3,
  photometric: 2,
  rowsPerStrip: 8,
  data: Buffer.alloc(32 * 32 * 3),
};
const [ASCII, SHORT, LONG] = [2, 3, 4];
const short = (tag: number, ...values: number[]) => ({ tag, type: SHORT, values });

const problemsOf = async (tiff: Uint8Array) => (await inspectionOf(tiff)).problems;

describe('what is wrong with a TIFF', () => {
  it('is nothing when it is sound', async () => {
    expect(await problemsOf(makeTiff(page, { ...page, orientation: 3 }))).toEqual([]);
    expect(await problemsOf(makeTiff({ ...page, tile: { width: 16, height: 16 } }))).toEqual([]);
    expect(await problemsOf(makeTiff({ ...page, planar: true }))).toEqual([]);
    expect(await problemsOf(makeTiff({ ...page, icc: makeIcc('Good') }))).toEqual([]);
  });

  it.each<[string, string, 'error' | 'warning', TiffPage, string]>([
    [
      'NO_SIZE',
      'a side of 0 pixels',
      'error',
      { ...page, height: 0 },
      'It has no size: 32 × 0 pixels',
    ],
    ['NO_SIZE', 'no width', 'error', { ...page, without: [256] }, 'It has no size: 0 × 32 pixels'],
    [
      'TOO_LARGE_FOR_JPEG',
      'a side that no JPEG has',
      'error',
      {
        ...page,
        width: 65_536,
        height: 1,
        samplesPerPixel: 1,
        photometric: 1,
        data: Buffer.alloc(65_536),
      },
      'A JPEG can have at most 65535 pixels a side',
    ],
    [
      'NO_PHOTOMETRIC',
      'no PhotometricInterpretation',
      'warning',
      { ...page, without: [262] },
      'Its colours are not specified (PhotometricInterpretation is missing); RGB was assumed',
    ],
    [
      'UNKNOWN_PHOTOMETRIC',
      'colours that nobody knows',
      'error',
      { ...page, photometric: 77 },
      'Its colours are not registered: 77',
    ],
    [
      'UNKNOWN_COMPRESSION',
      'a compression that nobody knows',
      'error',
      { ...page, compression: 777 },
      'Its compression is not registered: 777',
    ],
    [
      'IMPLAUSIBLE',
      'more bits than samples have',
      'error',
      { ...page, entries: [short(258, 999, 999, 999)] },
      'It claims 3 samples of 999 bits a pixel',
    ],
    [
      'MIXED_BITS',
      'samples of different bits',
      'warning',
      { ...page, entries: [short(258, 5, 6, 5)] },
      'Its samples differ in bits: 5, 6, 5',
    ],
    [
      'TOO_FEW_SAMPLES',
      'fewer samples than its colours have',
      'error',
      { ...page, samplesPerPixel: 2 },
      'It has 2 of the 3 samples of its colours',
    ],
    [
      'NO_SEGMENTS',
      'no list of strips',
      'error',
      { ...page, without: [273] },
      'It does not say where its strips or tiles are',
    ],
    [
      'MISSING_SEGMENTS',
      'fewer strips than the picture needs',
      'error',
      { ...page, segments: [Buffer.alloc(768), Buffer.alloc(768)] },
      'It has 2 of the 4 strips that it needs',
    ],
    [
      'EMPTY_SEGMENTS',
      'strips without bytes',
      'error',
      { ...page, entries: [{ tag: 279, type: LONG, values: [768, 0, 768, 0] }] },
      '2 of its 4 strips have 0 bytes (a sparse TIFF, or data that were never written)',
    ],
    [
      'UNREADABLE_TAGS',
      'values outside the file',
      'warning',
      { ...page, entries: [{ tag: 270, type: ASCII, values: [], count: 50, pointer: 999_999 }] },
      'Tag values are outside the file, or of an unknown type: ImageDescription',
    ],
    [
      'TEXT_WITHOUT_NUL',
      'a text that does not end',
      'warning',
      { ...page, entries: [{ tag: 305, type: ASCII, values: [...Buffer.from('Scanner')] }] },
      'Texts do not end in a NUL byte: Software',
    ],
    [
      'DAMAGED_PROFILE',
      'a profile that is none',
      'warning',
      { ...page, icc: makeIcc('Bad', { signature: 'nope' }) },
      'Its ICC profile of 160 bytes is not a profile',
    ],
  ])('%s: %s', async (code, _, severity, wrong, message) => {
    expect(await problemsOf(makeTiff(wrong))).toContainEqual({
      code,
      directory: 0,
      severity,
      message,
    });
  });

  it('includes that it ends too early, and by how much', async () => {
    const whole = makeTiff({ ...page, samplesPerPixel: 1, photometric: 1, rowsPerStrip: 32 });
    expect(await problemsOf(whole.subarray(0, whole.length - 100))).toEqual([
      {
        code: 'TRUNCATED',
        directory: 0,
        severity: 'error',
        message: 'The file ends 100 bytes before its last strip does',
      },
    ]);
  });

  it('is that it ends before the lists of its strips', async () => {
    const whole = makeTiff(page);
    expect(await problemsOf(whole.subarray(0, whole.length - 20))).toContainEqual({
      code: 'TRUNCATED',
      directory: 0,
      severity: 'error',
      message: 'The lists of its strips or tiles are not in the file',
    });
  });

  it('is only a warning if it concerns a thumbnail or a mask', async () => {
    for (const subfileType of [1, 4]) {
      const unreadable: TiffPage = { ...page, width: 0, subfileType };
      const { error, problems } = await inspectionOf(makeTiff(page, unreadable), { pages: 'all' });
      expect(error).toBeUndefined();
      expect(problems).toEqual([
        {
          code: 'NO_SIZE',
          directory: 1,
          severity: 'warning',
          message: 'It has no size: 0 × 32 pixels',
        },
      ]);
    }
  });

  it('is a chain of directories that leads nowhere', async () => {
    expect(await problemsOf(makeTiffAs({ next: 9_999_999 }, page))).toEqual([
      {
        code: 'BROKEN_CHAIN',
        directory: undefined,
        severity: 'warning',
        message: 'The list of pages is broken: there may be further pages',
      },
    ]);
  });

  it('is an order of tags that the specification forbids', async () => {
    expect(await problemsOf(makeTiffAs({ descending: true }, page))).toEqual([
      {
        code: 'TAGS_OUT_OF_ORDER',
        directory: 0,
        severity: 'warning',
        message: 'Its tags are not in order: StripByteCounts, RowsPerStrip',
      },
    ]);
  });

  it('is a tag that is there twice', async () => {
    const twice = { ...page, entries: [short(266, 1), short(266, 2)] };
    expect(await problemsOf(makeTiff(twice))).toEqual([
      {
        code: 'DUPLICATE_TAGS',
        directory: 0,
        severity: 'warning',
        message: 'Duplicate tags: FillOrder',
      },
    ]);
  });

  it('is that there is nothing but a thumbnail', async () => {
    expect(await problemsOf(makeTiff({ ...page, subfileType: 1 }))).toMatchObject([
      { code: 'ONLY_REDUCED', severity: 'warning', directory: undefined },
    ]);
  });

  it('is reported for its directory', async () => {
    const tiff = makeTiff(page, { ...page, without: [262] });
    expect(await problemsOf(tiff)).toMatchObject([{ code: 'NO_PHOTOMETRIC', directory: 1 }]);
  });

  it('is not a missing list of strips where old-style JPEG has one stream of its own', async () => {
    const whole = { tag: 513, type: LONG, values: [8] };
    const old = { ...page, compression: 6, photometric: 6, without: [273, 279], entries: [whole] };
    expect(await problemsOf(makeTiff(old))).toEqual([]);
  });
});
