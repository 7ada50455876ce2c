import { describe, expect, it } from 'vitest';
import { rgbOfYcbcr, srgbOfLab, type Triple } from '../../support/colour-science.ts';
import { patchesTiff } from '../../support/patches.ts';
import { makeTiff, type TiffEntry, type TiffPage } from '../../support/tiff-writer.ts';
import { expectLevels, useColours } from './use-colours.ts';

const PHOTOMETRIC = { rgb: 2, separated: 5, ycbcr: 6, lab: 8, iccLab: 9, cfa: 32_803 } as const;
const [SHORT_TYPE, RATIONAL] = [3, 5];
const { show, showOrRefuse } = useColours();

describe('CIELab', () => {
  const colours: readonly Triple[] = [
    [0, 0, 0],
    [100, 0, 0],
    [50, 0, 0],
    [60, 30, 20],
    [40, -20, 30],
    [70, -10, -30],
  ];
  const expected = colours.map((lab) => srgbOfLab(lab));

  it.each([8, 16])('of %i bits has its colours', async (bits) => {
    // L fills its sample; a and b are signed, one a unit in 8 bits, 256 in 16 (TIFF 6.0, section
    // 23).
    const unit = 2 ** (bits - 8);
    const samples = colours.map(([l, a, b]) =>
      [(l / 100) * (2 ** bits - 1), a * unit, b * unit].map(Math.round),
    );
    const tiff = patchesTiff(samples, { bits }, { photometric: PHOTOMETRIC.lab });
    expectLevels((await show(tiff)).levels, expected, 4);
  });

  it('counted from 128 (ICCLab) has its colours, or is refused by name', async () => {
    const samples = colours.map(([l, a, b]) => [(l / 100) * 255, a + 128, b + 128].map(Math.round));
    const shown = await showOrRefuse(
      patchesTiff(samples, { bits: 8 }, { photometric: PHOTOMETRIC.iccLab }),
    );
    if (shown) expectLevels(shown.levels, expected, 4);
  });
});

describe('YCbCr', () => {
  const colours: readonly Triple[] = [
    [0, 128, 128],
    [255, 128, 128],
    [128, 128, 128],
    [120, 90, 180],
    [100, 160, 100],
    [90, 180, 110],
  ];
  const ycbcr = (page: Partial<TiffPage> = {}, entries: TiffEntry[] = []) =>
    patchesTiff(
      colours,
      { bits: 8 },
      {
        photometric: PHOTOMETRIC.ycbcr,
        entries: [{ tag: 530, type: SHORT_TYPE, values: [1, 1] }, ...entries],
        ...page,
      },
    );

  it('without subsampling has its colours', async () => {
    expectLevels(
      (await show(ycbcr())).levels,
      colours.map((c) => rgbOfYcbcr(c)),
      3,
    );
  });

  it('in planes has its colours, or is refused by name', async () => {
    const shown = await showOrRefuse(ycbcr({ planar: true }));
    if (shown)
      expectLevels(
        shown.levels,
        colours.map((c) => rgbOfYcbcr(c)),
        3,
      );
  });

  it('heeds coefficients of its own', async () => {
    const bt709: Triple = [0.2125, 0.7154, 0.0721];
    // The writer's rationals are whole numbers; these are not.
    const tiff = withRationals(ycbcr({}, [{ tag: 529, type: RATIONAL, values: [1, 1, 1] }]), bt709);
    expectLevels(
      (await show(tiff)).levels,
      colours.map((c) => rgbOfYcbcr(c, bt709)),
      3,
    );
  });

  it.each([
    [2, 1],
    [2, 2],
    [4, 2],
  ])('of which every %i × %i pixels share their chroma has its colours', async (across, down) => {
    const side = 16;
    const [width, height] = [colours.length * side, side];
    const units: number[] = [];
    for (let y = 0; y < height; y += down)
      for (let x = 0; x < width; x += across) {
        const [luma = 0, cb = 0, cr = 0] = colours[Math.floor(x / side)] ?? [];
        units.push(...Array<number>(across * down).fill(luma), cb, cr);
      }
    const tiff = makeTiff({
      width,
      height,
      samplesPerPixel: 3,
      photometric: PHOTOMETRIC.ycbcr,
      data: Buffer.alloc(0),
      segments: [Buffer.from(units)],
      entries: [{ tag: 530, type: SHORT_TYPE, values: [across, down] }],
    });
    expectLevels(
      (await show(tiff)).levels,
      colours.map((c) => rgbOfYcbcr(c)),
      3,
    );
  });
});

/** A TIFF in which the three rationals 1/1 are others, of four decimals. */
function withRationals(tiff: Buffer, values: Triple): Buffer {
  const one = Buffer.from([1, 0, 0, 0, 1, 0, 0, 0]);
  const at = tiff.indexOf(Buffer.concat([one, one, one]));
  values.forEach((value, i) => {
    tiff.writeUInt32LE(Math.round(value * 10_000), at + i * 8);
    tiff.writeUInt32LE(10_000, at + i * 8 + 4);
  });
  return tiff;
}

describe('inks', () => {
  it.each([8, 16])('of %i bits without a profile get darker and keep their hues', async (bits) => {
    const most = 2 ** bits - 1;
    const patches = [
      [0, 0, 0, 0],
      [most, 0, 0, 0],
      [0, most, 0, 0],
      [0, 0, most, 0],
      [0, 0, 0, most],
    ];
    const tiff = patchesTiff(patches, { bits }, { photometric: PHOTOMETRIC.separated });
    const { levels } = await show(tiff);
    const [white = [], cyan = [], magenta = [], yellow = [], black = []] = levels;
    expect(Math.min(...white)).toBeGreaterThan(250);
    expect(Math.max(...black)).toBeLessThan(60);
    for (const [colour, darkest] of [
      [cyan, 0],
      [magenta, 1],
      [yellow, 2],
    ] as const)
      expect(colour[darkest]).toBe(Math.min(...colour));
  });

  it('in planes are those side by side', async () => {
    const patches = [
      [0, 0, 0, 0],
      [200, 30, 60, 10],
      [20, 180, 40, 90],
    ];
    const page = { photometric: PHOTOMETRIC.separated };
    const { levels } = await show(patchesTiff(patches, { bits: 8 }, page));
    const apart = await show(patchesTiff(patches, { bits: 8 }, { ...page, planar: true }));
    expectLevels(apart.levels, levels);
  });

  it('other than four are refused by name', async () => {
    const patches = [
      [0, 0, 0, 0, 0, 0],
      [200, 30, 60, 10, 90, 40],
    ];
    const entries = [
      { tag: 332, type: SHORT_TYPE, values: [2] },
      { tag: 334, type: SHORT_TYPE, values: [6] },
    ];
    const page = { photometric: PHOTOMETRIC.separated, entries };
    expect(await showOrRefuse(patchesTiff(patches, { bits: 8 }, page))).toBeUndefined();
  });
});

describe('what stands for no colours', () => {
  it('(the raw data of a camera) is refused by name', async () => {
    const page = { photometric: PHOTOMETRIC.cfa };
    const tiff = patchesTiff([[10], [200]], { bits: 8 }, page);
    expect(await showOrRefuse(tiff)).toBeUndefined();
  });

  it.each([7, 11, 12_345])(
    '(PhotometricInterpretation %i) is refused by name',
    async (photometric) => {
      const tiff = patchesTiff(
        [
          [10, 20, 30],
          [200, 100, 50],
        ],
        { bits: 8 },
        { photometric },
      );
      expect(await showOrRefuse(tiff)).toBeUndefined();
    },
  );
});
