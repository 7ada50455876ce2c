import { describe, expect, it } from 'vitest';
import { srgbOfLab } from '../../support/colour-science.ts';
import { patchesTiff } from '../../support/patches.ts';
import { expectLevels, useColours } from './use-colours.ts';

const [BLACK_IS_ZERO, RGB, SEPARATED, LAB] = [1, 2, 5, 8];
const [UNSPECIFIED, ASSOCIATED, UNASSOCIATED] = [0, 1, 2];
const { show, showOrRefuse } = useColours();

/** Light, and how much of the background shines through. */
const SHADES: readonly (readonly [number, number])[] = [
  [0, 1],
  [1, 1],
  [0.6, 1],
  [0.6, 0.5],
  [0.2, 0.25],
  [0.4, 0],
];
/** On white; what is fully transparent has no colour of its own. */
const onWhite = ([light, alpha]: readonly [number, number]) => (light * alpha + 1 - alpha) * 255;

describe('alpha', () => {
  const cases = [8, 16, 32].flatMap((bits) =>
    [ASSOCIATED, UNASSOCIATED].flatMap((type) => [
      { bits, type, planar: false },
      { bits, type, planar: true },
    ]),
  );
  const samplesFor = (bits: number, type: number) =>
    SHADES.map(([light, alpha]) =>
      [light * (type === ASSOCIATED ? alpha : 1), alpha].map((v) =>
        Math.round(v * (2 ** bits - 1)),
      ),
    );

  it.each(cases)(
    'of grey (type $type, $bits bits, planes: $planar) lets white through',
    async (given) => {
      const { bits, type, planar } = given;
      const page = { photometric: BLACK_IS_ZERO, extraSamples: [type], planar };
      const { levels } = await show(patchesTiff(samplesFor(bits, type), { bits }, page));
      expectLevels(
        levels,
        SHADES.map((shade) => [onWhite(shade)]),
      );
    },
  );

  it.each(cases)(
    'of colours (type $type, $bits bits, planes: $planar) lets white through',
    async (given) => {
      const { bits, type, planar } = given;
      const samples = samplesFor(bits, type).map(([light = 0, alpha = 0]) => [
        light,
        0,
        light,
        alpha,
      ]);
      const page = { photometric: RGB, extraSamples: [type], planar };
      const { levels } = await show(patchesTiff(samples, { bits }, page));
      const expected = SHADES.map(([light, alpha]) =>
        [light, 0, light].map((each) => onWhite([each, alpha])),
      );
      expectLevels(levels, expected);
    },
  );

  it('of floats lets white through', async () => {
    const samples = SHADES.map(([light, alpha]) => [light, light, light, alpha]);
    const page = { photometric: RGB, extraSamples: [UNASSOCIATED] };
    const { levels } = await show(patchesTiff(samples, { bits: 32, format: 3 }, page));
    expectLevels(
      levels,
      SHADES.map((shade) => Array<number>(3).fill(onWhite(shade))),
    );
  });

  it('of CIELab lets white through', async () => {
    const lab = [60, 30, 20] as const;
    const samples = [1, 0.5, 0].map((alpha) => [153, 30, 20, Math.round(alpha * 255)]);
    const page = { photometric: LAB, extraSamples: [UNASSOCIATED] };
    const { levels } = await show(patchesTiff(samples, { bits: 8 }, page));
    const colour = srgbOfLab(lab);
    const expected = [1, 128 / 255, 0].map((alpha) =>
      colour.map((c) => c * alpha + 255 * (1 - alpha)),
    );
    expectLevels(levels, expected, 4);
  });

  it('of inks lets white through', async () => {
    const inks = [20, 180, 40, 30];
    const page = { photometric: SEPARATED };
    const { levels: opaque } = await show(patchesTiff([inks], { bits: 8 }, page));
    const samples = [255, 128, 0].map((alpha) => [...inks, alpha]);
    const tiff = patchesTiff(samples, { bits: 8 }, { ...page, extraSamples: [UNASSOCIATED] });
    const expected = [255, 128, 0].map((alpha) =>
      (opaque[0] ?? []).map((level) => (level * alpha + 255 * (255 - alpha)) / 255),
    );
    expectLevels((await show(tiff)).levels, expected, 3);
  });
});

describe('samples beyond the colours', () => {
  it.each([
    ['of one grey', BLACK_IS_ZERO, [[90], [200]]],
    [
      'of colours',
      RGB,
      [
        [200, 100, 50],
        [20, 40, 220],
      ],
    ],
    [
      'of inks',
      SEPARATED,
      [
        [20, 180, 40, 30],
        [200, 10, 10, 0],
      ],
    ],
  ] as const)(
    '%s are dropped if they are not alpha, and a note says so',
    async (_of, photometric, colours) => {
      const bare = await show(patchesTiff(colours, { bits: 8 }, { photometric }));
      const samples = colours.map((colour) => [...colour, 0]);
      const extraSamples = [UNSPECIFIED];
      const more = await show(patchesTiff(samples, { bits: 8 }, { photometric, extraSamples }));
      expectLevels(more.levels, bare.levels);
      expect(more.warnings).toContain('EXTRA_SAMPLES_DROPPED');
    },
  );

  it('that the file does not explain are left out of colours, or it is refused by name', async () => {
    const colours = [
      [200, 100, 50],
      [20, 40, 220],
    ];
    const samples = colours.map((colour) => [...colour, 0]);
    const shown = await showOrRefuse(patchesTiff(samples, { bits: 8 }, { photometric: RGB }));
    if (shown) expectLevels(shown.levels, colours);
  });

  it('of many bands leave the first in grey, or the TIFF is refused by name', async () => {
    const samples = [
      [10, 99, 80, 70, 60, 50, 40],
      [240, 1, 2, 3, 4, 5, 6],
    ];
    const extraSamples = Array<number>(6).fill(UNSPECIFIED);
    const page = { photometric: BLACK_IS_ZERO, extraSamples };
    const shown = await showOrRefuse(patchesTiff(samples, { bits: 8 }, page));
    if (shown) expectLevels(shown.levels, [[10], [240]]);
    if (shown) expect(shown.warnings).toContain('EXTRA_SAMPLES_DROPPED');
  });
});
