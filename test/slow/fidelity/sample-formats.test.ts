import { describe, expect, it } from 'vitest';
import { patchesTiff } from '../../support/patches.ts';
import type { TiffEntry } from '../../support/tiff-writer.ts';
import { expectLevels, steps, useColours } from './use-colours.ts';

const [WHITE_IS_ZERO, BLACK_IS_ZERO, RGB] = [0, 1, 2];
const [SIGNED, FLOAT] = [2, 3] as const;
const [SHORT_TYPE, FLOAT_TYPE] = [3, 11];
const { show, showOrRefuse } = useColours();

/** SMinSampleValue and SMaxSampleValue (TIFF 6.0, section 20). */
const between = (low: number, high: number): TiffEntry[] => [
  { tag: 340, type: FLOAT_TYPE, values: [low] },
  { tag: 341, type: FLOAT_TYPE, values: [high] },
];
/** MaxSampleValue (TIFF 6.0, section 8). */
const atMost = (high: number): TiffEntry => ({ tag: 281, type: SHORT_TYPE, values: [high] });

const nine = steps(9, 0, 255).map((level) => [level]);
const single = (values: readonly number[]) => values.map((value) => [value]);

describe('floating point', () => {
  it.each([16, 24, 32, 64])(
    'of %i bits from 0 to 1 goes from black to white, and a note says so',
    async (bits) => {
      const kind = { bits, format: FLOAT };
      const tiff = patchesTiff(single(steps(9, 0, 1)), kind, { photometric: BLACK_IS_ZERO });
      const { levels, warnings } = await show(tiff);
      expectLevels(levels, nine);
      expect(warnings).not.toEqual([]);
    },
  );

  it.each([16, 24, 32, 64])('of %i bits has colours', async (bits) => {
    const colours = steps(9, 0, 1).map((share) => [share, 1 - share, 0.5]);
    const tiff = patchesTiff(colours, { bits, format: FLOAT }, { photometric: RGB });
    expectLevels(
      (await show(tiff)).levels,
      colours.map((c) => c.map((share) => share * 255)),
    );
  });

  it('has colours in planes, too', async () => {
    const colours = steps(9, 0, 1).map((share) => [share, 1 - share, 0.5]);
    const page = { photometric: RGB, planar: true };
    const tiff = patchesTiff(colours, { bits: 32, format: FLOAT }, page);
    expectLevels(
      (await show(tiff)).levels,
      colours.map((c) => c.map((share) => share * 255)),
    );
  });

  it('is turned round where 0 is white', async () => {
    const kind = { bits: 32, format: FLOAT } as const;
    const tiff = patchesTiff(single(steps(9, 0, 1)), kind, { photometric: WHITE_IS_ZERO });
    expectLevels((await show(tiff)).levels, [...nine].reverse());
  });

  it('does not go beyond 0 and 1 for lack of contrast', async () => {
    const kind = { bits: 32, format: FLOAT } as const;
    const tiff = patchesTiff(single(steps(9, 0.25, 0.75)), kind, { photometric: BLACK_IS_ZERO });
    expectLevels((await show(tiff)).levels, single(steps(9, 63.75, 191.25)));
  });

  it('goes from the smallest to the largest value that the file names', async () => {
    const kind = { bits: 32, format: FLOAT } as const;
    const page = { photometric: BLACK_IS_ZERO, entries: between(-100, 300) };
    const { levels, warnings } = await show(patchesTiff(single(steps(9, 0, 300)), kind, page));
    expectLevels(levels, single(steps(9, 63.75, 255)));
    expect(warnings).not.toEqual([]);
  });

  it.each([
    ['above 1', 0, 800],
    ['below 0', -40, 40],
  ])('%s goes from the smallest to the largest value there is', async (_where, low, high) => {
    const kind = { bits: 32, format: FLOAT } as const;
    const page = { photometric: BLACK_IS_ZERO };
    const { levels, warnings } = await show(patchesTiff(single(steps(9, low, high)), kind, page));
    expectLevels(levels, nine);
    expect(warnings).not.toEqual([]);
  });

  it('that is one value everywhere is a picture, too', async () => {
    const kind = { bits: 32, format: FLOAT } as const;
    const tiff = patchesTiff(single([7, 7, 7]), kind, { photometric: BLACK_IS_ZERO });
    const { levels } = await show(tiff);
    expect(new Set(levels.flat()).size).toBe(1);
  });

  it('with holes (NaN) keeps the rest, or is refused by name', async () => {
    const values = [Number.NaN, ...steps(9, 0, 800)];
    const kind = { bits: 32, format: FLOAT } as const;
    const page = { photometric: BLACK_IS_ZERO };
    const shown = await showOrRefuse(patchesTiff(single(values), kind, page));
    if (shown) expectLevels(shown.levels.slice(1), nine);
  });
});

describe('integers that do not use all their bits', () => {
  it('go up to the largest value that the file names, and a note says so', async () => {
    const page = { photometric: BLACK_IS_ZERO, entries: [atMost(4095)] };
    const { levels, warnings } = await show(
      patchesTiff(single(steps(9, 0, 4095).map(Math.round)), { bits: 16 }, page),
    );
    expectLevels(levels, nine);
    expect(warnings).not.toEqual([]);
  });

  it('go up to it in colours, too', async () => {
    const colours = steps(9, 0, 4095).map((v) => [Math.round(v), 4095 - Math.round(v), 2048]);
    const page = {
      photometric: RGB,
      entries: [{ tag: 281, type: SHORT_TYPE, values: [4095, 4095, 4095] }],
    };
    const { levels } = await show(patchesTiff(colours, { bits: 16 }, page));
    expectLevels(
      levels,
      colours.map((c) => c.map((v) => (v / 4095) * 255)),
    );
  });

  it('are left alone where the file names the largest value of the bits', async () => {
    const page = { photometric: BLACK_IS_ZERO, entries: [atMost(65_535)] };
    const samples = single(steps(9, 0, 65_535).map(Math.round));
    const { levels, warnings } = await show(patchesTiff(samples, { bits: 16 }, page));
    expectLevels(levels, nine);
    expect(warnings).toEqual([]);
  });
});

describe('unsigned integers of 32 bits', () => {
  it('that use little of their range go from the smallest to the largest there is', async () => {
    const samples = single(steps(9, 1000, 90_000).map(Math.round));
    const page = { photometric: BLACK_IS_ZERO };
    const { levels, warnings } = await show(patchesTiff(samples, { bits: 32 }, page));
    expectLevels(levels, nine);
    expect(warnings).not.toEqual([]);
  });
});

describe('signed integers', () => {
  it('of 8 bits are shown as unsigned, as by two other readers, and a note says so', async () => {
    const samples = [...steps(9, 0, 127).map(Math.round), -1];
    const kind = { bits: 8, format: SIGNED } as const;
    const page = { photometric: BLACK_IS_ZERO };
    const { levels, warnings } = await show(patchesTiff(single(samples), kind, page));
    expectLevels(levels, single([...steps(9, 0, 127), 255]));
    expect(warnings).not.toEqual([]);
  });

  it.each([16, 32])('of %i bits go from the least to the most they can be', async (bits) => {
    const half = 2 ** (bits - 1);
    const samples = single(steps(9, -half, half - 1).map(Math.round));
    const kind = { bits, format: SIGNED } as const;
    const page = { photometric: BLACK_IS_ZERO };
    const { levels, warnings } = await show(patchesTiff(samples, kind, page));
    expectLevels(levels, nine);
    expect(warnings).not.toEqual([]);
  });

  it('that use little of their range go from the smallest to the largest there is', async () => {
    const samples = single(steps(9, -100, 1500).map(Math.round));
    const kind = { bits: 16, format: SIGNED } as const;
    const page = { photometric: BLACK_IS_ZERO };
    expectLevels((await show(patchesTiff(samples, kind, page))).levels, nine);
  });
});
