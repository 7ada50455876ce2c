import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  ADOBE_RGB,
  multiply,
  SRGB,
  srgbLevel,
  srgbOfXyz,
  type Triple,
} from '../../support/colour-science.ts';
import { levelsOfPatches, patchesTiff } from '../../support/patches.ts';
import { renditionBy } from '../../support/peers.ts';
import { builtInProfile, makeProfile } from '../../support/profiles.ts';
import { hasSharedTiffs, sharedTiffs } from '../../support/shared-tiffs.ts';
import { expectLevels, steps, useColours } from './use-colours.ts';

const [WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, SEPARATED] = [0, 1, 2, 5];
const { keep, show, showOrRefuse } = useColours();

/** Colours that wide gamuts and sRGB have in common, 0–1. */
const COLOURS: readonly Triple[] = [
  [0, 0, 0],
  [1, 1, 1],
  [0.5, 0.5, 0.5],
  [0.8, 0.5, 0.3],
  [0.4, 0.6, 0.5],
  [0.3, 0.3, 0.7],
];
const samplesOf = (colours: readonly Triple[], bits: number) =>
  colours.map((colour) => colour.map((share) => Math.round(share * (2 ** bits - 1))));

describe('a profile of red, green and blue', () => {
  const gamma = 2.199_218_75;
  it.each([
    [2, 8],
    [4, 8],
    [2, 16],
    [4, 16],
  ] as const)('of version %i says what the colours of %i bits are', async (version, bits) => {
    const icc = makeProfile({ version, gamma, colorants: ADOBE_RGB });
    const tiff = patchesTiff(samplesOf(COLOURS, bits), { bits }, { photometric: RGB, icc });
    const expected = COLOURS.map(([r, g, b]) =>
      srgbOfXyz(multiply(ADOBE_RGB, [r ** gamma, g ** gamma, b ** gamma])),
    );
    expectLevels((await show(tiff)).levels, expected, 3);
  });

  it('applies to linear samples', async () => {
    const icc = makeProfile({ version: 4, gamma: 1, colorants: SRGB });
    const tiff = patchesTiff(samplesOf(COLOURS, 16), { bits: 16 }, { photometric: RGB, icc });
    expectLevels(
      (await show(tiff)).levels,
      COLOURS.map((c) => c.map(srgbLevel)),
      3,
    );
  });

  it('applies to unusual bit depths, too', async () => {
    const icc = makeProfile({ version: 2, gamma: 1, colorants: SRGB });
    const tiff = patchesTiff(samplesOf(COLOURS, 12), { bits: 12 }, { photometric: RGB, icc });
    expectLevels(
      (await show(tiff)).levels,
      COLOURS.map((c) => c.map(srgbLevel)),
      3,
    );
  });

  it('applies to floats, too', async () => {
    const icc = makeProfile({ version: 2, gamma: 1, colorants: SRGB });
    const kind = { bits: 32, format: 3 } as const;
    const tiff = patchesTiff(COLOURS, kind, { photometric: RGB, icc });
    expectLevels(
      (await show(tiff)).levels,
      COLOURS.map((c) => c.map(srgbLevel)),
      3,
    );
  });
});

describe('a profile of grey', () => {
  const shares = steps(9, 0, 1);
  it.each([
    [1, 8],
    [1.8, 8],
    [1, 16],
    [1.8, 16],
  ])('of gamma %f says how light %i bits are', async (gamma, bits) => {
    const icc = makeProfile({ version: 2, gamma });
    const most = 2 ** bits - 1;
    const samples = shares.map((share) => [Math.round(share * most)]);
    const tiff = patchesTiff(samples, { bits }, { photometric: BLACK_IS_ZERO, icc });
    const expected = shares.map((share) => [srgbLevel(share ** gamma)]);
    expectLevels((await show(tiff)).levels, expected, 3);
  });

  it('says so where 0 is white, too', async () => {
    const icc = makeProfile({ version: 2, gamma: 1.8 });
    const samples = shares.map((share) => [Math.round(share * 255)]);
    const tiff = patchesTiff(samples, { bits: 8 }, { photometric: WHITE_IS_ZERO, icc });
    const expected = shares.map((share) => [srgbLevel((1 - share) ** 1.8)]);
    expectLevels((await show(tiff)).levels, expected, 3);
  });
});

describe('a profile of inks', () => {
  const inks = [
    [0, 0, 0, 0],
    [255, 0, 0, 0],
    [0, 255, 0, 0],
    [0, 0, 255, 0],
    [60, 40, 40, 10],
    // Not the deepest black: libvips 8.14 and 8.18 differ there in what nobody sees.
    [60, 50, 50, 90],
  ];

  it('says what their colours are: as vips and ImageMagick read it', async () => {
    const icc = await builtInProfile('cmyk');
    const tiff = patchesTiff(inks, { bits: 8 }, { photometric: SEPARATED, icc });
    const { levels } = await show(tiff);
    for (const peer of ['vips', 'ImageMagick'] as const) {
      const page = { orientation: 1, iccBytes: icc.length };
      const theirs = await renditionBy(peer, { ...(await keep(tiff)), page });
      expectLevels(levels, theirs ? levelsOfPatches(theirs) : [], 6);
    }
  });
});

describe('a profile that cannot be used', () => {
  const grey = steps(9, 0, 255).map((level) => [Math.round(level)]);

  it('of colours leaves grey as it is, or the TIFF is refused by name', async () => {
    const icc = makeProfile({ version: 2, gamma: 1, colorants: SRGB });
    const page = { photometric: BLACK_IS_ZERO, icc };
    const shown = await showOrRefuse(patchesTiff(grey, { bits: 8 }, page));
    if (shown) expectLevels(shown.levels, grey);
  });

  it('of noise leaves colours as they are, and a note says so, or the TIFF is refused by name', async () => {
    const icc = Buffer.alloc(600, 'no profile');
    const colours = samplesOf(COLOURS, 8);
    const shown = await showOrRefuse(patchesTiff(colours, { bits: 8 }, { photometric: RGB, icc }));
    if (shown) expectLevels(shown.levels, colours);
    if (shown) expect(shown.warnings).not.toEqual([]);
  });
});

describe.skipIf(!hasSharedTiffs)('a profile of a real TIFF', () => {
  it('of a press gives inks that ImageMagick sees alike', async () => {
    const real = sharedTiffs().find((tiff) => tiff.class === 'cmyk-icc');
    const bytes = real && (await readFile(real.path));
    // A profile holds its signature 36 bytes after its beginning, and its size there.
    const start = (bytes?.indexOf('acsp', 0, 'latin1') ?? 0) - 36;
    const icc = bytes?.subarray(start, start + bytes.readUInt32BE(start)) ?? Buffer.alloc(0);
    const tiff = patchesTiff(
      [
        [0, 0, 0, 0],
        [200, 20, 30, 0],
        [10, 90, 160, 5],
      ],
      { bits: 8 },
      { photometric: SEPARATED, icc },
    );
    const page = { orientation: 1, iccBytes: icc.length };
    const theirs = await renditionBy('ImageMagick', { ...(await keep(tiff)), page });
    expectLevels((await show(tiff)).levels, theirs ? levelsOfPatches(theirs) : [], 6);
  });
});
