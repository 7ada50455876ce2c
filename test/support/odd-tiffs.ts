import sharp, { type JpegOptions, type Sharp } from 'sharp';
import { writtenPage } from './directory-first.ts';
import { tiffLayouts } from './tiff-headers.ts';
import {
  makeTiffAs,
  segmentsOf,
  type TiffEntry,
  type TiffLayout,
  type TiffPage,
} from './tiff-writer.ts';

const [SHORT, LONG, SUB_IFDS] = [3, 4, 330];

/** A page with a name for tests. */
export type NamedPage = readonly [name: string, page: TiffPage];

/** A colourful picture that no two rows or columns of are alike, in 8-bit RGB. */
export function scene(width = 96, height = 64): Buffer {
  return Buffer.from(
    Array.from({ length: width * height * 3 }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
      return [(x * 255) / width, (y * 255) / height, ((x * 7 + y * 3) * 2) % 256][i % 3] ?? 0;
    }),
  );
}

const TILE = { tile: true, tileWidth: 32, tileHeight: 32 } as const;

/**
 * The same picture in strips and in tiles, uncompressed and in compressions without loss; `path` is
 * written over.
 */
export async function samePages(path: string): Promise<NamedPage[]> {
  const picture = () => sharp(scene(), { raw: { width: 96, height: 64, channels: 3 } });
  const pages: NamedPage[] = [];
  for (const compression of ['none', 'lzw', 'deflate', 'packbits'] as const)
    for (const [kind, cut] of [
      ['strips', {}],
      ['tiles', TILE],
    ] as const) {
      await picture()
        .tiff({ compression, predictor: 'none', ...cut })
        .toFile(path);
      pages.push([`${compression} in ${kind}`, await writtenPage(path)]);
    }
  return pages;
}

/** Two black and white pages of Group 4, in a strip and in tiles. */
export async function faxPages(path: string): Promise<NamedPage[]> {
  const pages: NamedPage[] = [];
  for (const [kind, cut] of [
    ['a strip', {}],
    ['tiles', TILE],
  ] as const) {
    await sharp(scene(), { raw: { width: 96, height: 64, channels: 3 } })
      .greyscale()
      .threshold(120)
      .toColourspace('b-w')
      .tiff({ compression: 'ccittfax4', bitdepth: 1, ...cut })
      .toFile(path);
    pages.push([`Group 4 in ${kind}`, await writtenPage(path)]);
  }
  return pages;
}

/** A part of the picture, whose edges go on where it ends. */
function partOf({ left, top, width, height }: Record<'left' | 'top' | 'width' | 'height', number>) {
  const pixels = scene();
  const at = (x: number, y: number) => (Math.min(y, 63) * 96 + Math.min(x, 95)) * 3;
  return Buffer.from(
    Array.from({ length: width * height * 3 }, (_, i) => {
      const pixel = Math.floor(i / 3);
      return pixels[at(left + (pixel % width), top + Math.floor(pixel / width)) + (i % 3)] ?? 0;
    }),
  );
}

const JPEG_CUTS: readonly (readonly [name: string, width: number, height: number])[] = [
  ['a JPEG strip', 96, 64],
  ['JPEG strips', 96, 16],
  ['JPEG tiles', 32, 32],
];

/**
 * The picture as JPEGs of YCbCr, without YCbCrSubsampling: in one strip, in four, in tiles, or as
 * the cuts say.
 */
export async function jpegPages(options: JpegOptions, cuts = JPEG_CUTS): Promise<NamedPage[]> {
  return Promise.all(
    cuts.map(async ([name, width, height]): Promise<NamedPage> => {
      const segments: Buffer[] = [];
      for (let top = 0; top < 64; top += height)
        for (let left = 0; left < 96; left += width)
          segments.push(
            await sharp(partOf({ left, top, width, height }), {
              raw: { width, height, channels: 3 },
            })
              .jpeg({ quality: 90, ...options })
              .toBuffer(),
          );
      const cut = width === 96 ? { rowsPerStrip: height } : { tile: { width, height } };
      const page = { width: 96, height: 64, samplesPerPixel: 3, photometric: 6, compression: 7 };
      return [name, { ...page, ...cut, data: Buffer.alloc(0), segments }];
    }),
  );
}

/**
 * Pages of other depths, colours, cuts and compressions, which are no pictures of one thing; `path`
 * is written over.
 */
export async function variedPages(path: string): Promise<NamedPage[]> {
  const [width, height] = [96, 64];
  const picture = () => sharp(scene(), { raw: { width, height, channels: 3 } });
  const written: [string, Sharp][] = [
    ['16 bits, LZW as differences', picture().toColourspace('rgb16').tiff({ compression: 'lzw' })],
    ['Deflate tiles as differences', picture().tiff({ compression: 'deflate', ...TILE })],
    ['grey, LZW', picture().greyscale().tiff({ compression: 'lzw', predictor: 'none' })],
    ['CMYK, Deflate', picture().toColourspace('cmyk').tiff({ compression: 'deflate' })],
    ['transparency, LZW', picture().ensureAlpha(0.5).tiff({ compression: 'lzw' })],
  ];
  const pages: NamedPage[] = [];
  for (const [name, pipeline] of written) {
    await pipeline.toFile(path);
    pages.push([name, await writtenPage(path)]);
  }
  const noise = (bytes: number) =>
    Buffer.from(Array.from({ length: bytes }, (_, i) => (i * i * 7 + (i >> 5)) % 251));
  const plain = (samplesPerPixel: number, photometric: number): TiffPage => ({
    width,
    height,
    samplesPerPixel,
    photometric,
    data: noise(width * height * samplesPerPixel),
  });
  const colours = Array.from({ length: 768 }, (_, i) => ((i * 37) % 256) * 257);
  const tile = { width: 32, height: 16 };
  return [
    ...pages,
    ['RGB in many strips', { ...plain(3, 2), rowsPerStrip: 7 }],
    ['RGB in planes', { ...plain(3, 2), planar: true, rowsPerStrip: 20 }],
    ['RGB in planes of tiles', { ...plain(3, 2), planar: true, tile }],
    [
      'a palette in tiles',
      { ...plain(1, 3), tile, entries: [{ tag: 320, type: SHORT, values: colours }] },
    ],
    [
      'grey of 16 bits',
      { ...plain(1, 1), bitsPerSample: 16, data: noise(width * height * 2), rowsPerStrip: 16 },
    ],
    ['1 bit', { ...plain(1, 0), bitsPerSample: 1, data: noise((width * height) / 8) }],
    ['CMYK in strips', { ...plain(4, 5), rowsPerStrip: 32 }],
  ];
}

/** The places and sizes of strips, and of tiles. */
const LISTS = { strips: [273, 279], tiles: [324, 325] } as const;

/**
 * A page whose strips or tiles are the last of the file, so that a file that is cut off lacks
 * nothing else.
 */
export function makeDataLast(layout: TiffLayout, page: TiffPage): Buffer {
  const segments = segmentsOf(page);
  const [offsetsTag, sizesTag] = LISTS[page.tile ? 'tiles' : 'strips'];
  const { entries = [], without = [] } = page;
  const sizes = segments.map(({ length }) => length);
  const isTold = without.includes(sizesTag) || entries.some(({ tag }) => tag === sizesTag);
  const head = (offsets: readonly number[]) =>
    makeTiffAs(layout, {
      ...page,
      segments: [],
      entries: [
        ...entries,
        { tag: offsetsTag, type: layout.big ? 16 : LONG, values: offsets },
        ...(isTold ? [] : [{ tag: sizesTag, type: LONG, values: sizes }]),
      ],
    });
  const { length } = head(sizes);
  const data = segments.map((segment, i) =>
    Buffer.concat([segment, Buffer.alloc(i < segments.length - 1 ? segment.length % 2 : 0)]),
  );
  let end = length;
  const offsets = data.map((one) => {
    end += one.length;
    return end - one.length;
  });
  return Buffer.concat([head(offsets), ...data]);
}

/**
 * Each page once, in turn in both byte orders, as a classic and as a BigTIFF; `from` is the layout
 * of the first.
 */
export function inAllLayouts(
  pages: readonly NamedPage[],
  from = 0,
): (readonly [name: string, page: TiffPage, layout: TiffLayout])[] {
  return pages.map(([name, page], i) => {
    const [kind, layout] = tiffLayouts[(from + i) % tiffLayouts.length] ?? ['', {}];
    return [`${name}, ${kind}`, page, layout];
  });
}

/** A number of 2, 4 or 8 bytes, as such a file writes it. */
export function numberAs(value: number, bytes: 2 | 4 | 8, { bigEndian = false }: TiffLayout) {
  const little = Buffer.alloc(8);
  little.writeBigUInt64LE(BigInt(value));
  const exact = little.subarray(0, bytes);
  return bigEndian ? Buffer.from(exact).reverse() : exact;
}

/**
 * The ways in which what lies behind the first directory can be broken, and how the header's
 * reading calls them.
 */
export const brokenChains: readonly (readonly [
  name: string,
  chainBreak: string,
  make: (page: TiffPage, layout: TiffLayout) => Buffer | Promise<Buffer>,
])[] = [
  ['no pointer', 'NO_POINTER', withoutPointer],
  [
    'a pointer beyond the file',
    'OUTSIDE',
    (page, layout) => makeTiffAs({ ...layout, next: 99_999_999 }, page),
  ],
  [
    'a directory of zero tags',
    'NO_DIRECTORY',
    (page, layout) => {
      const { length } = makeTiffAs(layout, page);
      const tiff = makeTiffAs({ ...layout, next: length }, page);
      return Buffer.concat([tiff, Buffer.alloc(32)]);
    },
  ],
  [
    'a pointer to garbage',
    'NO_DIRECTORY',
    (page, layout) => {
      const { length } = makeTiffAs(layout, page);
      const tiff = makeTiffAs({ ...layout, next: length }, page);
      return Buffer.concat([tiff, Buffer.alloc(64, 0xee)]);
    },
  ],
  ['a loop', 'LOOP', (page, layout) => makeTiffAs({ ...layout, next: layout.big ? 16 : 8 }, page)],
];

/** The directory lies last, and the file ends where its pointer would begin. */
async function withoutPointer(page: TiffPage, layout: TiffLayout): Promise<Buffer> {
  const tiff = makeTiffAs(layout, page);
  const { big = false, bigEndian = false } = layout;
  const start = big ? 16 : 8;
  const count = bigEndian ? tiff.readUInt16BE(big ? start + 6 : start) : tiff.readUInt16LE(start);
  const table = tiff.subarray(start, start + (big ? 8 + count * 20 : 2 + count * 12));
  const padded = Buffer.concat([tiff, Buffer.alloc(tiff.length % 2)]);
  numberAs(padded.length, big ? 8 : 4, layout).copy(padded, big ? 8 : 4);
  return Buffer.concat([padded, table]);
}

/**
 * A SubIFDs tag that leads to an uncompressed page in one strip, whose samples take a multiple of 8
 * bytes.
 */
export function subIfd(page: TiffPage, { big = false, bigEndian = false }: TiffLayout): TiffEntry {
  const data = Buffer.from(page.data);
  const bytes = big ? 8 : 4;
  const type = big ? 16 : LONG;
  const values = Array.from({ length: data.length / bytes }, (_, i) => {
    if (!big) return bigEndian ? data.readUInt32BE(i * 4) : data.readUInt32LE(i * 4);
    return bigEndian ? data.readBigUInt64BE(i * 8) : data.readBigUInt64LE(i * 8);
  });
  const { width, height, samplesPerPixel, photometric, bitsPerSample = 8, subfileType } = page;
  const entry = (tag: number, ...of: number[]): TiffEntry => ({ tag, type: SHORT, values: of });
  const directory: TiffEntry[] = [
    ...(subfileType === undefined ? [] : [entry(254, subfileType)]),
    ...[entry(256, width), entry(257, height)],
    entry(258, ...Array<number>(samplesPerPixel).fill(bitsPerSample)),
    ...[entry(259, 1), entry(262, photometric)],
    // One value, which is where these bytes are put.
    { tag: 273, type, values, count: 1 },
    ...(page.orientation ? [entry(274, page.orientation)] : []),
    ...[entry(277, samplesPerPixel), entry(278, height)],
    { tag: 279, type: LONG, values: [data.length] },
    ...(page.sampleFormat
      ? [entry(339, ...Array<number>(samplesPerPixel).fill(page.sampleFormat))]
      : []),
  ];
  return { tag: SUB_IFDS, type, values: [], directory };
}

/**
 * A directory of a file that was just written: where its entries are, and the place of the next
 * one.
 */
function directoryAt(tiff: Buffer, start: number, { big = false, bigEndian = false }: TiffLayout) {
  const short = (at: number) => (bigEndian ? tiff.readUInt16BE(at) : tiff.readUInt16LE(at));
  const long = (at: number) => (bigEndian ? tiff.readUInt32BE(at) : tiff.readUInt32LE(at));
  const offset = (at: number) => long(big && bigEndian ? at + 4 : at);
  const count = short(big && bigEndian ? start + 6 : start);
  const [first, bytes] = big ? [start + 8, 20] : [start + 2, 12];
  const fields = Array.from({ length: count }, (_, i) => first + i * bytes);
  const pointer = first + count * bytes;
  const field = (tag: number) => fields.find((at) => short(at) === tag) ?? 0;
  return { pointer, next: offset(pointer), valueOf: (tag: number) => field(tag) + (big ? 12 : 8) };
}

/**
 * A TIFF of one directory, with others below it that its SubIFDs tag lists, as values of a type.
 */
export function withSubIfds(
  layout: TiffLayout,
  page: TiffPage,
  below: readonly TiffPage[],
  type = layout.big ? 16 : LONG,
): Buffer {
  const bytes = layout.big ? 8 : 4;
  // Those lists that do not fit into their field come to lie somewhere behind the table.
  const places = below.map((_, i) => i);
  const entries = [...(page.entries ?? []), { tag: SUB_IFDS, type, values: places }];
  const tiff = makeTiffAs(layout, { ...page, entries }, ...below);
  const root = directoryAt(tiff, layout.big ? 16 : 8, layout);
  const value = root.valueOf(SUB_IFDS);
  const size = type === LONG || type === 13 ? 4 : 8;
  const read = (at: number) => (layout.bigEndian ? tiff.readUInt32BE(at) : tiff.readUInt32LE(at));
  const list =
    below.length * size <= bytes ? value : read(layout.big && layout.bigEndian ? value + 4 : value);
  let { pointer, next } = root;
  for (const i of places) {
    numberAs(next, size, layout).copy(tiff, list + i * size);
    tiff.fill(0, pointer, pointer + bytes);
    ({ pointer, next } = directoryAt(tiff, next, layout));
  }
  return tiff;
}
