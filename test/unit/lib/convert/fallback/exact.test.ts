import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTiffHeader } from '../../../../../src/lib/convert/header/tiff-header.ts';
import { chooseReader } from '../../../../../src/lib/convert/plan/reader.ts';
import { makeFolder, type TestFolder } from '../../../../support/folder.ts';
import { type SampledPicture, sampledPage } from '../../../../support/packed-samples.ts';
import { rewritePage } from '../../../../support/rewritten.ts';
import { makeTiffAs, type TiffPage } from '../../../../support/tiff-writer.ts';

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

const [width, height] = [37, 29];
const tile = { width: 16, height: 16 };

type Kind = Omit<SampledPicture, 'width' | 'height' | 'value'>;

/** The whole range of samples, in another order in each row and each sample. */
function picture({ bits, format = 1, ...kind }: Kind): SampledPicture {
  const low = format === 2 ? -(2 ** (bits - 1)) : 0;
  const value = (x: number, y: number, sample: number) => {
    const unit = ((x * 7 + y * 11 + sample * 5) % 32) / 31;
    return format === 3 ? unit : low + Math.round(unit * (2 ** Math.min(bits, 53) - 1));
  };
  return { ...kind, bits, format, width, height, value };
}

/** What the samples are on a scale from 0 to `most`, pixel by pixel. */
function truth({ bits, format, samples, value }: SampledPicture, most: number): number[] {
  const low = format === 2 ? -(2 ** (bits - 1)) : 0;
  const range = format === 3 ? 1 : 2 ** Math.min(bits, 53) - 1;
  const expected: number[] = [];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let s = 0; s < samples; s++)
        expected.push(Math.floor(((value(x, y, s) - low) / range) * most + 0.5));
  return expected;
}

const name = (kind: Kind & { bigEndian?: boolean }) =>
  [
    `${kind.samples} × ${kind.bits} bits`,
    kind.format === 3 ? 'float' : kind.format === 2 ? 'signed' : '',
    kind.planar ? 'planes' : '',
    kind.tile ? 'tiles' : kind.rowsPerStrip ? `strips of ${kind.rowsPerStrip}` : 'one strip',
    kind.compression ?? '',
    kind.predictor ? `predictor ${kind.predictor}` : '',
    kind.bigEndian ? 'big-endian' : '',
  ]
    .filter(Boolean)
    .join(', ');

const layouts: readonly Partial<Kind>[] = [
  {},
  { rowsPerStrip: 7 },
  { tile },
  { planar: true, rowsPerStrip: 7 },
  { planar: true, tile },
];
const compressions: readonly Partial<Kind>[] = [
  {},
  { compression: 'deflate' },
  { compression: 'zstd' },
  { compression: 'packbits' },
];
const depths = Array.from({ length: 32 }, (_, i) => i + 1);
const kinds: readonly Kind[] = [
  // Every depth, in the layout that shifts the bits of its rows most.
  ...depths.map((bits) => ({ samples: 3, bits })),
  ...depths
    .filter((bits) => bits > 1 && bits !== 8)
    .map((bits) => ({ samples: 1, bits, format: 2 as const, rowsPerStrip: 5 })),
  { samples: 1, bits: 64 },
  { samples: 3, bits: 64, format: 3 },
  // Every layout with every compression.
  ...layouts.flatMap((layout) =>
    compressions.flatMap((compression) =>
      [{ bits: 8 }, { bits: 12 }, { bits: 32, format: 3 as const }].map((type) => ({
        samples: 3,
        ...type,
        ...layout,
        ...compression,
      })),
    ),
  ),
  // Every predictor with every depth it is defined for.
  ...[
    ...[8, 16, 32, 64].map((bits) => ({ bits, predictor: 2 as const })),
    ...[32, 64].flatMap((bits) =>
      ([2, 3] as const).map((predictor) => ({ bits, predictor, format: 3 as const })),
    ),
  ].flatMap((type) =>
    [{ rowsPerStrip: 7 }, { tile }, { planar: true, tile }].map((layout) => ({
      samples: 3,
      compression: 'deflate' as const,
      ...type,
      ...layout,
    })),
  ),
  // Everything beside colours.
  { samples: 7, bits: 8 },
  { samples: 6, bits: 16, planar: true },
];

describe('the reader of samples', () => {
  it.each(
    kinds.flatMap((kind) =>
      [false, true].map((bigEndian) => [name({ ...kind, bigEndian }), kind, bigEndian] as const),
    ),
  )('gives every sample: %s', async (_, kind, bigEndian) => {
    const drawn = picture({ ...kind, bigEndian });
    const {
      values,
      samples,
      picture: made,
    } = await rewritePage(folder, sampledPage(drawn), {
      bigEndian,
    });
    const most = made.bits === 8 ? 255 : 65_535;
    const wanted = truth(drawn, most).filter((_, i) => i % kind.samples < samples);
    expect(samples).toBe(Math.min(kind.samples, 3));
    // 64 bits are more than a number of JavaScript holds: half a level may be lost.
    const off = values.findIndex(
      (value, i) => Math.abs(value - (wanted[i] ?? -9)) > (kind.bits > 52 ? 1 : 0),
    );
    expect([off, values[off], wanted[off]]).toEqual([-1, undefined, undefined]);
    expect(values).toHaveLength(wanted.length);
  });
});

describe('sharp', () => {
  const right: readonly (Kind & { extra?: number })[] = [
    ...[8, 16].flatMap((bits) =>
      [
        { samples: 1 },
        { samples: 3 },
        { samples: 3, planar: true, rowsPerStrip: 7 },
        { samples: 3, planar: true, compression: 'deflate' as const, predictor: 2 as const },
        { samples: 3, tile, compression: 'deflate' as const, predictor: 2 as const },
        { samples: 4, extra: 2 },
        { samples: 4, extra: 2, planar: true, compression: 'packbits' as const },
        { samples: 1, planar: true, rowsPerStrip: 3 },
        { samples: 1, tile },
      ].map((kind) => ({ ...kind, bits })),
    ),
    ...[1, 2, 4].flatMap((bits) => [
      { samples: 1, bits },
      { samples: 1, bits, tile },
    ]),
  ];

  it.each(right.map((kind) => [name(kind), kind] as const))(
    'gets what it reads correctly: %s',
    async (_, { extra, ...kind }) => {
      const drawn = picture(kind);
      const page = { ...sampledPage(drawn), ...(extra ? { extraSamples: [extra] } : {}) };
      const path = await folder.write('sharp.tif', makeTiffAs({}, page));
      const header = await readTiffHeader(path);
      if (!header) throw new Error('no header');
      expect(chooseReader(header.pages[0], 'a').reader).toBe('sharp');
      const { data, info } = await sharp(readFileSync(path))
        .raw()
        .toBuffer({ resolveWithObject: true });
      const wide = kind.bits === 16;
      const expected = truth(drawn, wide ? 65_535 : 255).map((v) => (wide ? v >> 8 : v));
      const seen = kind.samples === 1 ? data.filter((_, i) => i % info.channels === 0) : data;
      const off = seen.findIndex((value, i) => value !== expected[i]);
      expect([off, seen[off], expected[off]]).toEqual([-1, undefined, undefined]);
    },
  );

  const wrong: readonly [string, TiffPage][] = [
    ['a bilevel plane', sampledPage(picture({ samples: 1, bits: 1, planar: true }))],
    ['a plane of 4 bits', sampledPage(picture({ samples: 1, bits: 4, planar: true }))],
    [
      'grey and alpha in planes',
      { ...sampledPage(picture({ samples: 2, bits: 8, planar: true })), extraSamples: [2] },
    ],
    ['six samples', sampledPage(picture({ samples: 6, bits: 8, photometric: 2 }))],
    ['RGB of 4 bits', sampledPage(picture({ samples: 3, bits: 4 }))],
    [
      'grey and alpha of 4 bits',
      { ...sampledPage(picture({ samples: 2, bits: 4 })), extraSamples: [2] },
    ],
  ];
  it.each(wrong)('does not get what it cannot read, or misreads: %s', async (_, page) => {
    const path = await folder.write('not.tif', makeTiffAs({}, page));
    const header = await readTiffHeader(path);
    if (!header) throw new Error('no header');
    expect(chooseReader(header.pages[0], 'a').reader).toBe('samples');
    const { values, samples, picture } = await rewritePage(folder, page);
    const data = await sharp(readFileSync(path))
      .raw()
      .toBuffer()
      .catch(() => undefined);
    const same = data?.every((value, i) => Math.abs(value - (values[i] ?? -9)) < 2);
    const rowBytes = picture.bits === 1 ? Math.ceil(width / 8) : width * samples;
    expect([values.length, same ?? false]).toEqual([rowBytes * height, false]);
  });
});
