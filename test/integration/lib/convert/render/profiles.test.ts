import { describe, expect, it } from 'vitest';
import { primaries, toSrgb, type WorkingIcc, workingIcc } from '../../../../support/icc.ts';
import { useJpegs } from '../../../../support/jpegs.ts';
import { decodeJpeg, pixelAt } from '../../../../support/pixels.ts';
import { makeTiffAs, type TiffPage } from '../../../../support/tiff-writer.ts';

const { make } = useJpegs();
const side = 16;

/** A picture of one colour (0–1 each), grey where it has one sample; `alpha` beside it, 0–1. */
function plain(colour: readonly number[], bits: 8 | 16, alpha?: number): TiffPage {
  const samples = alpha === undefined ? colour : [...colour, alpha];
  const levels = samples.map((level) => Math.round(level * (2 ** bits - 1)));
  const bytes = levels.flatMap((n) => (bits === 8 ? [n] : [n & 255, n >> 8]));
  return {
    width: side,
    height: side,
    samplesPerPixel: samples.length,
    bitsPerSample: bits,
    photometric: colour.length === 1 ? 1 : 2,
    ...(alpha === undefined ? {} : { extraSamples: [2] }),
    data: Uint8Array.from(
      { length: side * side * bytes.length },
      (_, i) => bytes[i % bytes.length] ?? 0,
    ),
  };
}

/** The colour in the middle of the JPEG, with the encoder at its best. */
async function colourOf(page: TiffPage, making: Parameters<typeof make>[1] = {}) {
  const best = { quality: 100, chromaSubsampling: '4:4:4' } as const;
  const { path, found, notes } = await make(makeTiffAs({}, page), { ...best, ...making });
  expect(Object.keys(found).join()).not.toContain('ICC');
  return { levels: pixelAt(await decodeJpeg(path), 7, 7), notes };
}

/** Within so many levels of 255. */
const near = (levels: readonly number[], most: number) =>
  levels.map((level) => expect.toSatisfy((n: number) => Math.abs(n - level) <= most, `${level}`));

const adobe: WorkingIcc = { gamma: 2.2, rgb: primaries.adobe };
const proPhoto: WorkingIcc = { gamma: 1.8, rgb: primaries.proPhoto };
const linear: WorkingIcc = { gamma: 1, rgb: primaries.adobe };

/** Inside of sRGB, at its edge, beyond it; dark ones, where curves are steep. */
const colours = [
  [0.5, 0.4, 0.3],
  [1, 0, 0],
  [0, 1, 0],
  [0.2, 0.9, 0.6],
  [0.01, 0.012, 0.008],
];

describe('colours of a profile as sRGB', () => {
  it.each(
    (
      [
        ['Adobe RGB, 8 bits', adobe, 8],
        ['Adobe RGB, 16 bits', adobe, 16],
        ['of version 4, 8 bits', { ...adobe, version: 4 }, 8],
        ['of version 4, 16 bits', { ...adobe, version: 4 }, 16],
        ['ProPhoto, 16 bits', proPhoto, 16],
        ['linear, 16 bits', linear, 16],
      ] as const
    ).flatMap(([name, icc, bits]) => colours.map((colour) => ({ name, icc, bits, colour }))),
  )('$name: $colour', async ({ icc, bits, colour }) => {
    const page = { ...plain(colour, bits), icc: workingIcc(icc) };
    const { levels, notes } = await colourOf(page);
    // A matrix takes 8 bits of a dark colour apart; 16 have enough.
    expect(levels).toEqual(near(toSrgb(icc, colour), bits === 8 ? 4 : 2.5));
    expect(notes).toEqual([]);
  });

  it.each(
    [8, 16].flatMap((bits) =>
      [1, 1.8, 2.2].flatMap((gamma) =>
        // Nearer to black, LittleCMS takes linear grey in straight lines between 33 points.
        [0.0415, 0.1, 0.5, 0.9].map((level) => ({ bits: bits as 8 | 16, gamma, level })),
      ),
    ),
  )('greyscale of gamma $gamma, $bits bits: $level', async ({ bits, gamma, level }) => {
    const page = { ...plain([level], bits), icc: workingIcc({ gamma }) };
    const most = 2 ** bits - 1;
    const { levels, notes } = await colourOf(page);
    expect(levels).toEqual(near(toSrgb({ gamma }, [Math.round(level * most) / most]), 1.5));
    expect(notes).toEqual([]);
  });

  it.each(['memory', 'disk', 'tag'] as const)(
    'are the same however the picture gets upright: %s',
    async (turn) => {
      const [colour, grey] = [[0.2, 0.9, 0.6], [0.3]];
      const page = { ...plain(colour, 16), icc: workingIcc(adobe), orientation: 6 };
      expect((await colourOf(page, { turn })).levels).toEqual(near(toSrgb(adobe, colour), 4));
      const one = { ...plain(grey, 16), icc: workingIcc({ gamma: 1.8 }), orientation: 6 };
      const { levels } = await colourOf(one, { turn });
      expect(levels).toEqual(near(toSrgb({ gamma: 1.8 }, grey), 2));
    },
  );

  it.each([8, 16] as const)('lie on a background of sRGB: %i bits', async (bits) => {
    const background = [51, 102, 153];
    const making = { background: '#336699' };
    const icc = workingIcc(adobe);
    const clear = await colourOf({ ...plain([0, 1, 0], bits, 0), icc }, making);
    expect(clear.levels).toEqual(near(background, 2));
    const half = await colourOf({ ...plain([0, 1, 0], bits, 0.5), icc }, making);
    const mixed = toSrgb(adobe, [0, 1, 0]).map((n, i) => (n + (background[i] ?? 0)) / 2);
    expect(half.levels).toEqual(near(mixed, 4));
  });

  it.each([8, 16] as const)('of grey lie on a background of sRGB: %i bits', async (bits) => {
    const icc = workingIcc({ gamma: 1.8 });
    const page = { ...plain([0.3], bits, 0.5), icc };
    const [level = 0] = toSrgb({ gamma: 1.8 }, [0.3]);
    const on = async (background: string) => (await colourOf(page, { background })).levels;
    expect(await on('white')).toEqual(near([(level + 255) / 2], 2));
    const mixed = [51, 102, 153].map((n) => (level + n) / 2);
    expect(await on('#336699')).toEqual(near(mixed, 4));
  });

  it('are left alone where the profile is no use to anybody, and a note says so', async () => {
    const icc = workingIcc(adobe);
    // Its curves are of a type that nobody knows.
    for (let at = icc.indexOf('curv'); at >= 0; at = icc.indexOf('curv')) icc.write('none', at);
    const { levels, notes } = await colourOf({ ...plain([0.2, 0.9, 0.6], 16), icc });
    expect(levels).toEqual(near([51, 229.5, 153], 2));
    expect(notes).toContainEqual({
      code: 'DECODER_WARNING',
      message: expect.stringContaining('profile'),
    });
  });
});
