import { describe, expect, it } from 'vitest';
import { patchesTiff } from '../../support/patches.ts';
import { expectLevels, steps, useColours } from './use-colours.ts';

const [WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE] = [0, 1, 2, 3];
const COLOR_MAP = 320;
const { show, showOrRefuse } = useColours();

/** Samples from 0 to the largest of so many bits, and the levels they stand for. */
function ramp(bits: number) {
  const most = 2 ** bits - 1;
  const samples = steps(Math.min(9, most + 1), 0, most).map(Math.round);
  return { most, samples, levels: samples.map((sample) => (sample / most) * 255) };
}

describe('greyscale', () => {
  it.each([1, 2, 4, 6, 8, 10, 12, 14, 16, 24, 32])('of %i bits keeps its levels', async (bits) => {
    const { samples, levels } = ramp(bits);
    const tiff = patchesTiff(
      samples.map((s) => [s]),
      { bits },
      { photometric: BLACK_IS_ZERO },
    );
    expectLevels(
      (await show(tiff)).levels,
      levels.map((level) => [level]),
    );
  });

  it.each([1, 2, 4, 8, 12, 16, 32])('of %i bits is turned round where 0 is white', async (bits) => {
    const { samples, levels } = ramp(bits);
    const tiff = patchesTiff(
      samples.map((s) => [s]),
      { bits },
      { photometric: WHITE_IS_ZERO },
    );
    expectLevels(
      (await show(tiff)).levels,
      levels.map((level) => [255 - level]),
    );
  });

  it('of 64 bits keeps its levels, or is refused by name', async () => {
    const { samples, levels } = ramp(53);
    const wide = samples.map((s) => [s * 2 ** 11]);
    const shown = await showOrRefuse(
      patchesTiff(wide, { bits: 64 }, { photometric: BLACK_IS_ZERO }),
    );
    if (shown)
      expectLevels(
        shown.levels,
        levels.map((level) => [level]),
      );
  });
});

describe('colours', () => {
  /** Red up, green down, blue in the middle. */
  function rainbow(bits: number) {
    const { most, samples } = ramp(bits);
    const middle = Math.round(most / 2);
    const colours = samples.map((sample) => [sample, most - sample, middle]);
    return { colours, levels: colours.map((c) => c.map((sample) => (sample / most) * 255)) };
  }

  it.each([2, 4, 8, 10, 12, 14, 16, 24, 32])('of %i bits keep their levels', async (bits) => {
    const { colours, levels } = rainbow(bits);
    const tiff = patchesTiff(colours, { bits }, { photometric: RGB });
    expectLevels((await show(tiff)).levels, levels);
  });

  it.each([8, 12, 16, 32])('of %i bits keep them in planes, too', async (bits) => {
    const { colours, levels } = rainbow(bits);
    const tiff = patchesTiff(colours, { bits }, { photometric: RGB, planar: true });
    expectLevels((await show(tiff)).levels, levels);
  });

  it.each([8, 16])('of %i bits keep them in planes of tiles, too', async (bits) => {
    const { colours, levels } = rainbow(bits);
    const tile = { width: 32, height: 16 };
    const tiff = patchesTiff(colours, { bits }, { photometric: RGB, planar: true, tile });
    expectLevels((await show(tiff)).levels, levels);
  });
});

describe('a palette', () => {
  it.each([1, 2, 4, 8])('of %i bits gives the colours it lists', async (bits) => {
    const size = 2 ** bits;
    const colourOf = (index: number) => {
      const share = index / (size - 1);
      return [share, 1 - share, share < 0.5 ? 1 : 0].map((part) => Math.round(part * 65_535));
    };
    const all = Array.from({ length: size }, (_, index) => colourOf(index));
    const { samples } = ramp(bits);
    const map = [0, 1, 2].flatMap((channel) => all.map((colour) => colour[channel] ?? 0));
    const tiff = patchesTiff(
      samples.map((s) => [s]),
      { bits },
      {
        photometric: PALETTE,
        entries: [{ tag: COLOR_MAP, type: 3, values: map }],
      },
    );
    const { levels } = await show(tiff);
    expectLevels(
      levels,
      samples.map((index) => (all[index] ?? []).map((value) => value / 257)),
    );
    expect(levels[0]).toHaveLength(3);
  });
});
