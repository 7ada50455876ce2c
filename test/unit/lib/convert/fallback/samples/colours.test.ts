import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../../../../support/folder.ts';
import { type SampledPicture, sampledPage } from '../../../../../support/packed-samples.ts';
import { rewritePage } from '../../../../../support/rewritten.ts';
import { makeTiff, type TiffEntry, type TiffPage } from '../../../../../support/tiff-writer.ts';

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

const [SHORT, RATIONAL] = [3, 5];
const FULL_RESOLUTION = { tag: 530, type: SHORT, values: [1, 1] };

/** A page of one pixel, and what becomes of it. */
const pixel = (
  values: readonly number[],
  kind: Partial<SampledPicture> & { bits: number; photometric: number },
  others: Partial<TiffPage> = {},
) => {
  const page = sampledPage({
    width: 1,
    height: 1,
    samples: values.length,
    ...kind,
    value: (_x, _y, sample) => values[sample] ?? 0,
  });
  return rewritePage(folder, { ...page, ...others });
};

describe('YCbCr', () => {
  // By hand: R = Y + 1.402 Cr, G = Y - 0.344136 Cb - 0.714136 Cr, B = Y + 1.772 Cb (ITU-R BT.601).
  it.each([
    ['grey', [128, 128, 128], [128, 128, 128]],
    ['red', [76, 85, 255], [254, 0, 0]],
    ['blue', [29, 255, 107], [0, 0, 254]],
    ['some colour', [100, 90, 170], [159, 83, 33]],
    ['what no monitor shows', [255, 255, 255], [255, 121, 255]],
  ])('of 8 bits by the usual coefficients: %s', async (_, values, expected) => {
    const { values: rgb, picture } = await pixel(values, {
      bits: 8,
      photometric: 6,
      entries: [FULL_RESOLUTION],
    });
    expect(picture.colours).toBe('rgb');
    expect([...rgb]).toEqual(expected);
  });

  it('goes by YCbCrCoefficients and ReferenceBlackWhite', async () => {
    // Video levels: Y from 16 to 235, Cb and Cr from 128 to 240; coefficients of ITU-R BT.709.
    const entries: TiffEntry[] = [
      { tag: 529, type: 11, values: [0.2126, 0.7152, 0.0722] },
      FULL_RESOLUTION,
      { tag: 532, type: RATIONAL, values: [16, 235, 128, 240, 128, 240] },
    ];
    const of = async (values: readonly number[]) => [
      ...(await pixel(values, { bits: 8, photometric: 6, entries })).values,
    ];
    expect(await of([16, 128, 128])).toEqual([0, 0, 0]);
    expect(await of([235, 128, 128])).toEqual([255, 255, 255]);
    // Y = 84 × 255 / 219 = 97.8, Cr = 52 × 127 / 112 = 59.0: R = Y + 1.5748 Cr, G = Y - 0.4681 Cr.
    expect(await of([100, 128, 180])).toEqual([191, 70, 98]);
  });

  it('takes coefficients that cannot be divided by for missing', async () => {
    const entries: TiffEntry[] = [
      { tag: 529, type: RATIONAL, values: [1, 0, 0] },
      FULL_RESOLUTION,
      { tag: 532, type: RATIONAL, values: [5, 5, 128, 255, 128, 255] },
    ];
    const { values } = await pixel([100, 90, 170], { bits: 8, photometric: 6, entries });
    expect([...values]).toEqual([159, 83, 33]);
  });

  it('of 16 bits has finer levels', async () => {
    const { values } = await pixel([25_700, 32_768, 32_768], {
      bits: 16,
      photometric: 6,
      entries: [FULL_RESOLUTION],
    });
    expect([...values]).toEqual([25_700, 25_700, 25_700]);
  });
});

describe('palettes', () => {
  const map = (size: number, most: number): TiffEntry => ({
    tag: 320,
    type: SHORT,
    values: [most, 0, most / 5].flatMap((value) => Array<number>(size).fill(Math.floor(value))),
  });

  it('give their colours', async () => {
    const page = { bits: 4, photometric: 3, entries: [map(16, 65_535)] };
    expect([...(await pixel([7], page)).values]).toEqual([255, 0, 51]);
  });

  it('of 8-bit colours are told by their values', async () => {
    const page = { bits: 4, photometric: 3, entries: [map(16, 255)] };
    expect([...(await pixel([7], page)).values]).toEqual([255, 0, 51]);
  });

  it.each([
    ['that is too short', [{ ...map(16, 65_535), values: map(15, 65_535).values }]],
    ['that is missing', []],
  ])('are refused with a map %s', async (_, entries) => {
    await expect(pixel([15], { bits: 4, photometric: 3, entries })).rejects.toThrow(
      'Its ColorMap is missing or too short',
    );
  });

  it('called signed have indices without a sign all the same', async () => {
    const page = { bits: 8, format: 2 as const, photometric: 3, entries: [map(256, 65_535)] };
    expect([...(await pixel([-1], page)).values]).toEqual([255, 0, 51]);
  });
});

describe('Lab', () => {
  /** CIE L*a*b* as sharp shows it: our plain TIFF of 16 bits, read and made sRGB. */
  const shown = async (values: readonly number[], kind: { bits: number; photometric: number }) => {
    const { picture } = await pixel(values, kind);
    expect(picture).toMatchObject({ colours: 'lab', bits: 16 });
    const data = await sharp(folder.path('plain.tif')).raw().toBuffer();
    return [...data];
  };
  const reference = async (l: number, a: number, b: number) => {
    const word = (v: number) => Math.round(v * 256) & 0xffff;
    const page = sampledPage({
      width: 1,
      height: 1,
      samples: 3,
      bits: 16,
      photometric: 8,
      value: (_x, _y, s) => [Math.round((l / 100) * 65_535), word(a), word(b)][s] ?? 0,
    });
    return [...(await sharp(makeTiff(page)).raw().toBuffer())];
  };

  it.each([
    ['CIELab of 8 bits', { bits: 8, photometric: 8 }, [128, 60, -30]],
    ['ICCLab of 8 bits', { bits: 8, photometric: 9 }, [128, 188, 98]],
    [
      'ICCLab of 16 bits',
      { bits: 16, photometric: 9 },
      [32_768, 32_768 + 60 * 256, 32_768 - 30 * 256],
    ],
  ] as const)('%s is the colour that it says', async (_, kind, values) => {
    sharp.cache(false);
    const seen = await shown(values, kind);
    const wanted = await reference(50.2, 60, -30);
    for (const [i, level] of seen.entries())
      expect(Math.abs(level - (wanted[i] ?? -9))).toBeLessThan(2);
  });

  it('with alpha looks as without', async () => {
    const { picture, values } = await pixel(
      [128, 60, -30, 200],
      { bits: 8, photometric: 8 },
      { extraSamples: [2] },
    );
    expect(picture).toMatchObject({ colours: 'rgb', alpha: 2, bits: 16 });
    const [r, g, b, a] = [...values].map((value) => Math.round((value / 65_535) * 255));
    const wanted = await reference(50.2, 60, -30);
    for (const [i, level] of [r, g, b].entries())
      expect(Math.abs((level ?? 0) - (wanted[i] ?? -9))).toBeLessThan(3);
    expect(a).toBe(200);
  });
});

describe('LogL', () => {
  it('is shown with a gamma of 2, as libtiff shows it', async () => {
    // Y = 2^((e + 0.5) / 256 - 64); e = 64 × 256 is all but 1, 62 × 256 a quarter, so half as
    // light.
    const word = (log2: number) => (64 + log2) * 256;
    const values = [0, word(0), word(-2), word(2), word(0) | 0x8000];
    const rows = Buffer.concat([
      Buffer.from([values.length, ...values.map((v) => v >> 8)]),
      Buffer.from([values.length, ...values.map((v) => v & 255)]),
    ]);
    const page: TiffPage = {
      width: values.length,
      height: 1,
      samplesPerPixel: 1,
      bitsPerSample: 16,
      photometric: 32_844,
      compression: 34_676,
      sampleFormat: 2,
      data: rows,
      segments: [rows],
    };
    const made = await rewritePage(folder, page);
    expect([...made.values].map((v) => Math.round((v / 65_535) * 255))).toEqual([
      0, 255, 128, 255, 0,
    ]);
    const cut = { ...page, segments: [rows.subarray(0, rows.length - 1)] };
    await expect(rewritePage(folder, cut)).rejects.toThrow('strip 1 of 1 cannot be decoded');
  });
});

describe('CMYK', () => {
  it('stays CMYK', async () => {
    const { picture, values } = await pixel([15, 0, 8, 4], { bits: 4, photometric: 5 });
    expect(picture.colours).toBe('cmyk');
    expect([...values]).toEqual([255, 0, 136, 68]);
  });
});

describe('profiles', () => {
  const profile = (signature: string) => {
    const bytes = new Uint8Array(200);
    bytes.set(Buffer.from(signature), 16);
    return bytes;
  };
  const float = { bits: 32, format: 3 } as const;

  it.each([
    ['RGB', 'RGB ', 2, [0, 0, 0], true],
    ['grey', 'GRAY', 1, [0], true],
    ['CMYK', 'CMYK', 5, [0, 0, 0, 0], true],
    ['grey, for RGB', 'GRAY', 2, [0, 0, 0], false],
    ['RGB, for grey', 'RGB ', 1, [0], false],
  ] as const)(
    'are kept where they fit the colours: %s',
    async (_, signature, photometric, values, kept) => {
      const icc = profile(signature);
      const { picture } = await pixel(values, { ...float, photometric }, { icc });
      expect(picture.icc).toEqual(kept ? icc : undefined);
    },
  );

  it('of Lab are not those of the RGB that is made of it', async () => {
    const made = await pixel(
      [1, 2, 3, 4],
      { bits: 8, photometric: 8 },
      { extraSamples: [2], icc: profile('Lab ') },
    );
    expect(made.picture).toMatchObject({ colours: 'rgb', icc: undefined });
  });
});
