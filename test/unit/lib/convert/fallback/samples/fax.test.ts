import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { type FaxCoding, faxPage, faxRows } from '../../../../../support/make-fax.ts';
import {
  type RewrittenPicture,
  rewriteFile,
  rewritePage,
} from '../../../../../support/rewritten.ts';
import { hasSharedTiffs, sharedTiffs } from '../../../../../support/shared-tiffs.ts';
import { tiffLayouts } from '../../../../../support/tiff-headers.ts';
import { makeTiff } from '../../../../../support/tiff-writer.ts';
import { useFolder } from '../../../../../support/use-folder.ts';

const folder = useFolder();
const [width, height] = [203, 300];
const rows = faxRows(width, height);

/** The rows of a plain TIFF of 1 bit, black as 1. */
function rowsOf({ values, picture }: RewrittenPicture): number[][] {
  const rowBytes = Math.ceil(picture.width / 8);
  return Array.from({ length: picture.height }, (_, y) =>
    Array.from({ length: picture.width }, (_, x) => {
      const byte = values[y * rowBytes + (x >> 3)] ?? 0;
      return ((byte >> (7 - (x & 7))) & 1) ^ 1;
    }),
  );
}

const codings: [string, FaxCoding][] = [
  ['run lengths', { coding: 'rle' }],
  ['Group 3', { coding: 'group 3' }],
  ['Group 3 without RTC', { coding: 'group 3', endCode: false }],
  ['Group 3 of two dimensions', { coding: 'group 3 2D' }],
  ['Group 4', { coding: 'group 4' }],
  ['Group 4 without EOFB', { coding: 'group 4', endCode: false }],
];
const cuts: [string, Partial<FaxCoding>][] = [
  ['one strip', {}],
  ['strips', { rowsPerStrip: 64 }],
  ['tiles', { tile: 64 }],
  ['one strip, the lowest bit first', { lowestFirst: true }],
];

describe('a fax is decoded to its last pixel', () => {
  it.each(
    codings.flatMap(([name, fax]) =>
      cuts.map(([cut, how]) => [name, cut, { ...fax, ...how }] as const),
    ),
  )('%s in %s', async (_, __, fax) => {
    const made = await rewritePage(folder, faxPage(rows, fax));
    expect(made.picture).toMatchObject({ width, height, colours: 'grey', bits: 1 });
    expect(rowsOf(made)).toEqual(rows);
    expect(made.notes).toEqual([]);
  });

  it.each(tiffLayouts)('of %s', async (_, layout) => {
    const made = await rewritePage(folder, faxPage(rows, { coding: 'group 4' }), layout);
    expect(rowsOf(made)).toEqual(rows);
  });

  it('as sharp decodes what libtiff has coded, and the other way round', async () => {
    const drawn = sharp(Buffer.from(rows.flat().map((black) => (black ? 0 : 255))), {
      raw: { width, height, channels: 1 },
    }).toColourspace('b-w');
    const path = folder.path('libtiff.tif');
    await drawn.tiff({ compression: 'ccittfax4', bitdepth: 1 }).toFile(path);
    expect(rowsOf(await rewriteFile(folder, path))).toEqual(rows);
    for (const [name, fax] of codings) {
      const ours = await folder.write('ours.tif', makeTiff(faxPage(rows, fax)));
      const levels = await sharp(ours).extractChannel(0).raw().toBuffer();
      expect(
        [...levels].map((level) => (level ? 0 : 1)),
        name,
      ).toEqual(rows.flat());
    }
  });

  it('also where black is zero', async () => {
    const page = { photometric: 1 };
    const made = await rewritePage(folder, faxPage(rows, { coding: 'group 4', page }));
    expect(rowsOf(made)).toEqual(rows.map((row) => row.map((black) => black ^ 1)));
  });

  it('with runs of all lengths', async () => {
    const long = Array.from({ length: 64 }, (_, i) =>
      Array.from({ length: 6000 }, (_, x) => Number(x > i && x < i + 64 + i * 83)),
    );
    for (const coding of ['group 3', 'group 4'] as const)
      expect(rowsOf(await rewritePage(folder, faxPage(long, { coding })))).toEqual(long);
  });

  const real = sharedTiffs().filter((tiff) => /^bilevel-(g|ccitt)|^fillorder/.test(tiff.class));
  it.skipIf(!hasSharedTiffs || real.length === 0)('as sharp decodes real ones', async () => {
    for (const { path, file } of real) {
      const made = await rewriteFile(folder, path);
      const levels = await sharp(path).extractChannel(0).raw().toBuffer();
      expect(rowsOf(made).flat().join(''), file).toBe(
        [...levels].map((level) => (level ? 0 : 1)).join(''),
      );
    }
  });
});

describe('a row that ends with the code of a whole multiple of 64 pixels', () => {
  it('is black to its end, as libtiff has it', async () => {
    const [EOL, white, black] = ['000000000001', '00110101', '0000001111'];
    // 64 black pixels, and no code for none behind them.
    const bits = `${EOL}${white}${black}`.repeat(4) + EOL.repeat(6);
    const bytes = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g) ?? [];
    const segments = [Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 2))];
    const row = Array<number>(64).fill(1);
    const page = faxPage([row, row, row, row], { coding: 'group 3' });
    const made = await rewritePage(folder, { ...page, segments });
    expect(rowsOf(made)).toEqual([row, row, row, row]);
    expect(made.notes).toEqual([]);
  });
});

describe('Group 3 without end-of-line codes', () => {
  it.each([
    ...cuts,
    ['with RTC', { endCode: true }],
    ['of another polarity', { page: { photometric: 1 } }],
  ] as [string, Partial<FaxCoding>][])('is whole, and told: %s', async (_, how) => {
    const fax = { coding: 'group 3', endsOfLine: false, ...how } as const;
    const made = await rewritePage(folder, faxPage(rows, fax));
    const ink = how.page ? rows.map((row) => row.map((black) => black ^ 1)) : rows;
    expect(rowsOf(made)).toEqual(ink);
    expect(made.notes).toEqual([
      { code: 'WARNINGS_FORGIVEN', message: expect.stringContaining('no end-of-line codes') },
    ]);
  });

  it('is refused where a row of it is damaged', async () => {
    const page = faxPage(rows, { coding: 'group 3', endsOfLine: false });
    page.segments?.[0]?.set([0, 0, 0, 0], 700);
    await expect(rewritePage(folder, page)).rejects.toThrow(/strip 1 of 1 cannot be decoded: row/);
  });
});

describe('rows that are missing at the end of a fax', () => {
  const withEnd = codings.filter(
    ([, { coding, endCode }]) => coding !== 'rle' && endCode !== false,
  );
  it.each(withEnd.flatMap(([name, fax]) => [1, 3].map((missing) => [missing, name, fax] as const)))(
    'become white, and are counted: %i, %s',
    async (missing, _, fax) => {
      for (const how of [{}, { rowsPerStrip: 64 }, { lowestFirst: true }]) {
        const made = await rewritePage(folder, faxPage(rows, { ...fax, ...how, missing }));
        const white = rows.map((row, y) => (y < height - missing ? row : row.map(() => 0)));
        expect(rowsOf(made)).toEqual(white);
        const words = `The last ${missing} of 300 fax rows`;
        expect(made.notes).toEqual([
          { code: 'FAX_ROWS_MISSING', message: expect.stringContaining(words) },
        ]);
      }
    },
  );

  it('become white where black is zero, too', async () => {
    const page = faxPage(rows, { coding: 'group 4', missing: 2, page: { photometric: 1 } });
    const made = await rewritePage(folder, page);
    expect(rowsOf(made).slice(-2).flat()).not.toContain(1);
  });

  it.each(codings.filter(([, { coding, endCode }]) => coding === 'rle' || endCode === false))(
    'are believed without an end code only where the file goes on: %s',
    async (_, fax) => {
      const page = faxPage(rows, { ...fax, missing: 2 });
      await expect(rewritePage(folder, page)).rejects.toThrow(
        /row 299 of 300 is damaged, or missi/,
      );
      const more = { ...page, segments: [...(page.segments ?? []), Buffer.from('more')] };
      const lists = [
        { tag: 279, type: 4, values: [page.segments?.[0]?.length ?? 0] },
        ...(page.entries ?? []),
      ];
      const made = await rewritePage(folder, { ...more, entries: lists });
      expect(made.notes).toMatchObject([{ code: 'FAX_ROWS_MISSING' }]);
    },
  );

  it('are too many above 1 %', async () => {
    const page = faxPage(rows, { coding: 'group 4', missing: 4 });
    await expect(rewritePage(folder, page)).rejects.toThrow(
      /4 of the 300 rows of the fax are missing, more than 1 %/,
    );
    const few = faxPage(rows.slice(0, 99), { coding: 'group 4', missing: 1 });
    await expect(rewritePage(folder, few)).rejects.toThrow(
      /1 of the 99 rows of the fax is missing/,
    );
  });

  it('are not believed before other strips, in tiles, or behind trash', async () => {
    const strips = faxPage(rows, { coding: 'group 4', rowsPerStrip: 100 });
    const short = faxPage(rows.slice(0, 100), { coding: 'group 4', missing: 1 });
    const segments = [short.segments?.[0], ...(strips.segments?.slice(1) ?? [])] as Uint8Array[];
    await expect(rewritePage(folder, { ...strips, segments })).rejects.toThrow('strip 1 of 3');
    const tiles = faxPage(rows, { coding: 'group 4', tile: 160, missing: 21 });
    await expect(rewritePage(folder, tiles)).rejects.toThrow('tile 4 of 4');
    const trash = '0000001111';
    const odd = faxPage(rows, { coding: 'group 4', missing: 1, trash });
    await expect(rewritePage(folder, odd)).rejects.toThrow('row 300 of 300');
  });
});

it.each(codings)('rows that fill up a tile below the page may be missing: %s', async (_, fax) => {
  const made = await rewritePage(folder, faxPage(rows, { ...fax, tile: 160, missing: 20 }));
  expect(rowsOf(made)).toEqual(rows);
  expect(made.notes).toEqual([]);
});

it.each(codings)('a row that the end of its data cuts is a missing one: %s', async (_, fax) => {
  // Longer than what writers fill up with; the row cannot be decoded to its end.
  const page = faxPage(rows, { ...fax, endCode: false });
  const [strip = Buffer.alloc(0)] = page.segments ?? [];
  const segments = [strip.subarray(0, -8), Buffer.from('more')];
  const lists = [{ tag: 279, type: 4, values: [strip.length - 8] }, ...(page.entries ?? [])];
  const made = await rewritePage(folder, { ...page, segments, entries: lists });
  const { message = '' } = made.notes.find(({ code }) => code === 'FAX_ROWS_MISSING') ?? {};
  const missing = Number(/last (\d+) of/.exec(message)?.[1] ?? 0);
  expect(missing).toBeGreaterThan(0);
  expect(missing).toBeLessThan(4);
  expect(rowsOf(made)).toEqual(
    rows.map((row, y) => (y < height - missing ? row : row.map(() => 0))),
  );
  await expect(rewritePage(folder, { ...page, segments: segments.slice(0, 1) })).rejects.toThrow();
});

describe('rows that are damaged', () => {
  const damaged = (spoiled: readonly number[], coding: FaxCoding['coding'] = 'group 3') =>
    rewritePage(folder, faxPage(rows, { coding, spoiled }));

  it('are told, and the others are as they should be', async () => {
    const made = await damaged([20, 21]);
    expect(rowsOf(made)).toEqual(
      rows.map((row, y) => (y === 20 || y === 21 ? row.map(() => 0) : row)),
    );
    expect(made.notes).toEqual([
      {
        code: 'FAX_LINES_DAMAGED',
        message: expect.stringMatching(/^2 fax lines .* \(line 20, line 21\);/),
      },
    ]);
  });

  it('are too many above 1 %, or in Group 4, or without end-of-line codes', async () => {
    await expect(damaged([20, 40, 60, 80])).rejects.toThrow(/4 of the 300 rows of the fax are dam/);
    await expect(damaged([20], 'group 4')).rejects.toThrow(/row 21 of 300 is damaged/);
    const page = faxPage(rows, { coding: 'group 3', endsOfLine: false, spoiled: [20] });
    await expect(rewritePage(folder, page)).rejects.toThrow(/row 21 of 300 is damaged/);
  });
});

describe('a fax that was cut off', () => {
  it.each(codings)('gives nothing: %s', async (_, fax) => {
    const tiff = makeTiff(faxPage(rows, fax));
    // Zeros behind an end code are no loss.
    for (let cut = 3; cut <= 200; cut += 9) {
      const input = await folder.write('cut.tif', tiff.subarray(0, tiff.length - cut));
      await expect(rewriteFile(folder, input), `${cut}`).rejects.toThrow();
    }
  });
});
