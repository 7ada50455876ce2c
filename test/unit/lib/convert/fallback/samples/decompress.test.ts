import { constants, deflateRawSync, deflateSync, zstdCompressSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  decompressors,
  inflateWithoutChecksum,
  unpackLogL,
} from '../../../../../../src/lib/convert/fallback/samples/decompress.ts';
import { readTiffHeader } from '../../../../../../src/lib/convert/header/tiff-header.ts';
import {
  numbersOf,
  readTags,
  type TiffTags,
} from '../../../../../../src/lib/convert/header/tiff-tags.ts';
import { makeFolder } from '../../../../../support/folder.ts';
import { oldLzw } from '../../../../../support/old-lzw.ts';
import { raw } from '../../../../../support/pictures.ts';

const [LZW, DEFLATE, PACKBITS, OLD_DEFLATE, ZSTD] = [5, 8, 32_773, 32_946, 50_000];
const undo = async (compression: number, data: Uint8Array, length: number) =>
  Buffer.from((await decompressors[compression]?.(data, new Uint8Array(length))) ?? []);

/** The compressed strips of a TIFF, and how long each is without. */
async function stripsOf(tiff: Buffer): Promise<{ data: Buffer; rows: number }[]> {
  const folder = await makeFolder();
  try {
    const path = await folder.write('a.tif', tiff);
    const header = await readTiffHeader(path);
    if (!header) throw new Error('no header');
    const [page] = header.pages;
    const tags = (await readTags(path, page.offset, header, () => true)) as TiffTags;
    const [offsets, counts] = [273, 279].map((tag) => numbersOf(tags, tag) ?? []);
    const rows = page.segments?.height ?? 0;
    return (offsets ?? []).map((offset, i) => ({
      data: tiff.subarray(offset, offset + (counts?.[i] ?? 0)),
      rows: Math.min(rows, page.height - i * rows),
    }));
  } finally {
    await folder.remove();
  }
}

describe('Deflate data without their checksum', () => {
  const rows = Buffer.from(Array.from({ length: 3_000 }, (_, i) => (i * i) % 251));
  const whole = deflateSync(rows);
  const undone = async (data: Uint8Array, length = rows.length, most = length) =>
    Buffer.from(await inflateWithoutChecksum(most)(data, new Uint8Array(length)));

  it.each([1, 2, 3, 4])('give every byte back without their last %i', async (cut) => {
    expect((await undone(whole.subarray(0, -cut))).equals(rows)).toBe(true);
  });

  it('give the rows that are wanted of a strip that holds more', async () => {
    expect(await undone(whole.subarray(0, -4), 100, 3_000)).toEqual(rows.subarray(0, 100));
  });

  it('are refused where their last block has not ended, whatever it held', async () => {
    await expect(undone(whole.subarray(0, -5))).rejects.toThrow('unexpected end of file');
    const flushed = deflateSync(rows, { finishFlush: constants.Z_SYNC_FLUSH });
    await expect(undone(flushed)).rejects.toThrow('unexpected end of file');
  });

  it('are refused where they are none, or more than a strip can be', async () => {
    await expect(undone(rows)).rejects.toThrow('do not begin as such');
    await expect(undone(deflateRawSync(rows))).rejects.toThrow();
    await expect(undone(whole.subarray(0, -4), 100, 2_999)).rejects.toThrow('do not end');
  });
});

describe('what libtiff compressed', () => {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
  const background = 'teal';
  const pictures = {
    'soft gradients': () => raw(300, 200, 3),
    noise: () => sharp({ create: { width: 300, height: 200, channels: 3, background, noise } }),
    'one colour': () => sharp({ create: { width: 900, height: 300, channels: 3, background } }),
  };
  it.each(
    Object.keys(pictures).flatMap((name) =>
      (
        [
          ['lzw', LZW],
          ['packbits', PACKBITS],
          ['deflate', DEFLATE],
        ] as const
      ).map(
        ([compression, number]) => [compression, name as keyof typeof pictures, number] as const,
      ),
    ),
  )('%s gives every byte back: %s', async (compression, name, number) => {
    const drawn = await pictures[name]().raw().toBuffer({ resolveWithObject: true });
    const { width, height } = drawn.info;
    const tiff = await sharp(drawn.data, { raw: { width, height, channels: 3 } })
      .tiff({ compression, predictor: 'none' })
      .toBuffer();
    const parts: Buffer[] = [];
    for (const { data, rows } of await stripsOf(tiff))
      parts.push(await undo(number, data, rows * width * 3));
    expect(Buffer.concat(parts).equals(drawn.data)).toBe(true);
  });
});

describe('LZW', () => {
  it('of the kind from before TIFF 5.0 is told by its first code', async () => {
    const pictures: [string, Uint8Array][] = [
      ['text', Buffer.from('to be or not to be, that is the question. '.repeat(400))],
      ['one value', Buffer.alloc(50_000, 7)],
      ['noise', Uint8Array.from({ length: 30_000 }, (_, i) => ((i * 7919) ^ (i >> 3)) & 255)],
      ['nearly nothing', Buffer.from('ab')],
    ];
    for (const [name, bytes] of pictures) {
      const data = oldLzw(bytes);
      expect((await undo(LZW, data, bytes.length)).equals(bytes), name).toBe(true);
      const half = await undo(LZW, data.subarray(0, data.length >> 1), bytes.length);
      expect(half.length, name).toBeLessThan(bytes.length);
    }
  });

  it('gives as much as there is of data that end early', async () => {
    // Clear, 65, 66, and nothing more.
    expect(await undo(LZW, codes([256, 65, 66]), 10)).toEqual(Buffer.from('AB'));
  });

  it('stops at its end code, also when more follows', async () => {
    expect(await undo(LZW, codes([256, 65, 257, 66, 66, 66]), 10)).toEqual(Buffer.from('A'));
  });

  it('repeats the string that is just being told', async () => {
    expect(await undo(LZW, codes([256, 65, 258, 259, 257]), 99)).toEqual(Buffer.from('AAAAAA'));
  });

  it('refuses a code that nothing was told of', async () => {
    await expect(undo(LZW, codes([256, 65, 300]), 10)).rejects.toThrow('code 300');
    await expect(undo(LZW, codes([256, 258]), 10)).rejects.toThrow('code 258');
  });

  it('gives no more than is wanted', async () => {
    expect(await undo(LZW, codes([256, 65, 258, 259]), 4)).toEqual(Buffer.from('AAAA'));
  });

  /** Codes of nine bits, from the high bit down. */
  function codes(list: readonly number[]): Buffer {
    const bits = list.map((code) => code.toString(2).padStart(9, '0')).join('');
    const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0');
    return Buffer.from(padded.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
  }
});

describe('PackBits', () => {
  it.each([
    ['runs and literals', [2, 1, 2, 3, 254, 9], [1, 2, 3, 9, 9, 9]],
    ['a byte that means nothing', [128, 0, 7], [7]],
    ['literals that end early', [5, 1, 2], [1, 2]],
    ['a run without its byte', [0, 1, 254], [1]],
    ['no data', [], []],
    ['more than is wanted', [129, 5, 0, 6], Array<number>(100).fill(5)],
  ])('reads %s', async (_, data, expected) => {
    expect([...(await undo(PACKBITS, Uint8Array.from(data), 100))]).toEqual(expected);
  });
});

describe.each([
  ['Deflate', DEFLATE, (data: Uint8Array) => deflateSync(data)],
  ['the older Deflate', OLD_DEFLATE, (data: Uint8Array) => deflateSync(data)],
  ['ZSTD', ZSTD, (data: Uint8Array) => zstdCompressSync(data)],
] as const)('%s', (_, number, compress) => {
  const data = Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * i) % 251));

  it('gives every byte back', async () => {
    expect((await undo(number, compress(data), data.length)).equals(data)).toBe(true);
  });

  it('leaves alone what comes after the last row', async () => {
    expect((await undo(number, compress(data), 40)).equals(data.subarray(0, 40))).toBe(true);
    expect((await undo(number, compress(data), 3_000)).equals(data.subarray(0, 3_000))).toBe(true);
  });

  it('never holds more than is wanted, however much there would be', async () => {
    const bomb = compress(Buffer.alloc(200 * 1024 * 1024));
    const before = process.memoryUsage().rss;
    expect(await undo(number, bomb, 1_000)).toEqual(Buffer.alloc(1_000));
    expect(process.memoryUsage().rss - before).toBeLessThan(80 * 1024 * 1024);
  });

  it('is short or refused when its data end early', async () => {
    const cut = compress(data).subarray(0, 200);
    const got = await undo(number, cut, data.length).catch(() => Buffer.alloc(0));
    expect(got.length).toBeLessThan(data.length);
    expect(got.equals(data.subarray(0, got.length))).toBe(true);
  });

  it('is refused when it is something else', async () => {
    await expect(undo(number, Buffer.from('no such thing at all'), 10)).rejects.toThrow();
  });
});

describe('Deflate', () => {
  it('is read without its checksum, and refused with a wrong one', async () => {
    const data = Buffer.from('some rows of samples, some rows of samples');
    const whole = deflateSync(data);
    expect(await undo(DEFLATE, whole.subarray(0, -4), data.length)).toEqual(data);
    const wrong = Buffer.concat([whole.subarray(0, 2), deflateRawSync(data), Buffer.alloc(4, 1)]);
    await expect(undo(DEFLATE, wrong, data.length)).rejects.toThrow(/check/);
  });
});

describe('the run lengths of LogL', () => {
  it('are read as high bytes, then low ones', () => {
    // Row 1: a run of three 0x12, then literals 1, 2, 3; row 2: literals, then a run.
    const data = Uint8Array.from([129, 0x12, 3, 1, 2, 3, 3, 4, 5, 6, 129, 0x34]);
    expect(Buffer.from(unpackLogL(data, 3, 2)).toString('hex')).toBe('120112021203043405340634');
  });

  it.each([
    ['within a row', [129, 0x12, 3, 1]],
    ['before a run’s byte', [129, 0x12, 129]],
    ['between rows', [129, 0x12, 3, 1, 2, 3]],
    ['with runs of nothing', [129, 0x12, 0, 0, 0]],
  ])('give only whole rows of data that end early: %s', (_, data) => {
    const rows = data.length === 6 ? 6 : 0;
    expect(unpackLogL(Uint8Array.from(data), 3, 2)).toHaveLength(rows);
  });
});
