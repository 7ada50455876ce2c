import { writeFile } from 'node:fs/promises';

/**
 * A page of a TIFF as the tests want it; without options uncompressed, one strip, samples side by
 * side.
 */
export interface TiffPage {
  readonly width: number;
  readonly height: number;
  readonly samplesPerPixel: number;
  /**
   * All samples in rows of whole bytes, in the file's byte order; if `planar`, plane after plane.
   */
  readonly data: Uint8Array;
  /** TIFF 6.0, PhotometricInterpretation: 0 WhiteIsZero, 1 BlackIsZero, 2 RGB, 5 CMYK. */
  readonly photometric: number;
  readonly extraSamples?: readonly number[];
  readonly orientation?: number;
  /** Of each sample; default 8. */
  readonly bitsPerSample?: number;
  /** 1 unsigned, 2 signed, 3 float; default: no such entry. */
  readonly sampleFormat?: number;
  /** Only what the file says, default 1 (none): give the compressed `segments`, too. */
  readonly compression?: number;
  readonly planar?: boolean;
  /** NewSubfileType: 1 reduced, 2 page, 4 mask. */
  readonly subfileType?: number;
  readonly icc?: Uint8Array;
  /** Default: one strip for all rows. */
  readonly rowsPerStrip?: number;
  /** Tiles instead of strips; sides are multiples of 16. */
  readonly tile?: { readonly width: number; readonly height: number };
  /** Strips or tiles as they shall stand in the file, instead of `data` cut up. */
  readonly segments?: readonly Uint8Array[];
  /** Further entries, or others in place of the page's own. */
  readonly entries?: readonly TiffEntry[];
  /** Tags to leave out. */
  readonly without?: readonly number[];
}

/** An entry of a directory. `count` and `pointer` are what it claims, if not the truth. */
export interface TiffEntry {
  readonly tag: number;
  readonly type: number;
  readonly values: readonly (number | bigint)[];
  readonly count?: number | bigint;
  readonly pointer?: number | bigint;
  /**
   * The entries of a directory of its own (EXIF, GPS, a sub-IFD), which the value then points to.
   */
  readonly directory?: readonly TiffEntry[];
}

/** How a file is written; without options little-endian and classic. */
export interface TiffLayout {
  readonly bigEndian?: boolean;
  readonly big?: boolean;
  /** Where the last page says that the next one is; default 0, none. */
  readonly next?: number | bigint;
  /** Entries from the highest tag to the lowest, which the specification forbids. */
  readonly descending?: boolean;
}

const [SHORT, LONG, FLOAT, DOUBLE, UNDEFINED, LONG8] = [3, 4, 11, 12, 7, 16];
const RATIONALS = [5, 10];
/** Bytes of a value, by type: TIFF 6.0, section 2; from 13 on its supplement 1 and BigTIFF. */
const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];

/**
 * A little-endian classic TIFF (TIFF 6.0, section 2), for what no encoder at hand writes: chosen
 * extra samples, several pages, any entry.
 */
export function makeTiff(...pages: readonly TiffPage[]): Buffer {
  return makeTiffAs({}, ...pages);
}

/** Writes such a TIFF to a file and gives its path back. */
export async function writeTiff(path: string, ...pages: readonly TiffPage[]): Promise<string> {
  await writeFile(path, makeTiff(...pages));
  return path;
}

/** The same in the other byte order, as BigTIFF, or with a chain that leads elsewhere. */
export function makeTiffAs(layout: TiffLayout, ...pages: readonly TiffPage[]): Buffer {
  const { bigEndian = false, big = false, next = 0 } = layout;
  const number = (value: number | bigint, type: number) => encode(value, type, bigEndian);
  const offsetType = big ? LONG8 : LONG;
  const head = [
    Buffer.from(bigEndian ? 'MM' : 'II'),
    ...(big ? [43, 8, 0] : [42]).map((value) => number(value, SHORT)),
    number(big ? 16 : 8, offsetType),
  ];
  const parts: Buffer[] = [Buffer.concat(head)];
  let offset = big ? 16 : 8;
  pages.forEach((page, index) => {
    const segments = segmentsOf(page);
    const entries = entriesOf(page, segments, offsetType);
    if (layout.descending) entries.reverse();
    const extras: Buffer[] = [];
    let end = offset + (big ? 8 + entries.length * 20 + 8 : 2 + entries.length * 12 + 4);
    const place = (bytes: Uint8Array) => {
      // Offsets are even (TIFF 6.0, section 2).
      extras.push(Buffer.concat([bytes, Buffer.alloc(bytes.length % 2)]));
      const at = end;
      end += bytes.length + (bytes.length % 2);
      return at;
    };
    const places = segments.map(place);
    const field = ({ tag, type, values, count, pointer, directory }: TiffEntry): Buffer[] => {
      const truth = directory ? [placeTable(directory)] : values === OFFSETS ? places : values;
      // Profiles and packets have hundreds of thousands.
      const bytes =
        SIZES[type] === 1
          ? Buffer.from(truth.map(Number))
          : Buffer.concat(truth.map((value) => number(value, type)));
      const room = big ? 8 : 4;
      const inside = pointer === undefined && bytes.length <= room;
      return [
        ...[tag, type].map((value) => number(value, SHORT)),
        number(count ?? truth.length, offsetType),
        inside
          ? Buffer.concat([bytes, Buffer.alloc(room - bytes.length)])
          : number(pointer ?? place(bytes), offsetType),
      ];
    };
    const table = (of: readonly TiffEntry[], following: number | bigint) => {
      const fields = of.flatMap(field);
      const length = number(of.length, big ? LONG8 : SHORT);
      return Buffer.concat([length, ...fields, number(following, offsetType)]);
    };
    const placeTable = (of: readonly TiffEntry[]) => place(table(of, 0));
    // Where the next page is, is known when everything of this one has its place.
    const own = table(entries, 0);
    const nextOffset = number(index < pages.length - 1 ? end : next, offsetType);
    own.set(nextOffset, own.length - nextOffset.length);
    parts.push(own, ...extras);
    offset = end;
  });
  return Buffer.concat(parts);
}

/** Stands for the places of the segments, which are known when the directory's length is. */
const OFFSETS: readonly number[] = [];

/** In ascending order of the tags, as the specification asks. */
function entriesOf(
  page: TiffPage,
  segments: readonly Uint8Array[],
  offsetType: number,
): TiffEntry[] {
  const { width, height, samplesPerPixel, bitsPerSample = 8, compression = 1, tile } = page;
  const sizes = segments.map((segment) => segment.length);
  const entry = (tag: number, type: number, ...values: readonly (number | undefined)[]) =>
    values.includes(undefined)
      ? []
      : [{ tag, type, values: values.filter((v) => v !== undefined) }];
  const perSample = (value: number) => Array<number>(samplesPerPixel).fill(value);
  const standard: TiffEntry[] = [
    ...entry(254, LONG, page.subfileType),
    ...entry(256, LONG, width),
    ...entry(257, LONG, height),
    ...entry(258, SHORT, ...perSample(bitsPerSample)),
    ...entry(259, SHORT, compression),
    ...entry(262, SHORT, page.photometric),
    ...entry(274, SHORT, page.orientation),
    ...entry(277, SHORT, samplesPerPixel),
    ...(tile ? [] : entry(278, LONG, page.rowsPerStrip ?? height)),
    ...entry(284, SHORT, page.planar ? 2 : undefined),
    ...entry(322, LONG, tile?.width),
    ...entry(323, LONG, tile?.height),
    { tag: tile ? 324 : 273, type: offsetType, values: OFFSETS },
    { tag: tile ? 325 : 279, type: offsetType, values: sizes },
    ...(page.extraSamples ? entry(338, SHORT, ...page.extraSamples) : []),
    ...(page.sampleFormat ? entry(339, SHORT, ...perSample(page.sampleFormat)) : []),
    ...(page.icc ? [{ tag: 34_675, type: UNDEFINED, values: [...page.icc] }] : []),
  ];
  const others = page.entries ?? [];
  const replaced = new Set([...others.map(({ tag }) => tag), ...(page.without ?? [])]);
  const kept = standard.filter(({ tag }) => !replaced.has(tag));
  return [...kept, ...others].sort((a, b) => a.tag - b.tag);
}

/** The strips or tiles of a page as they stand in its file. */
export function segmentsOf(page: TiffPage): readonly Uint8Array[] {
  return page.segments ?? cut(page);
}

/** The samples of a page in strips or tiles; tiles at the edge are filled up with zeros. */
function cut(page: TiffPage): Uint8Array[] {
  const { width, height, samplesPerPixel, data, planar, tile } = page;
  const planes = planar ? samplesPerPixel : 1;
  const pixelBits = ((page.bitsPerSample ?? 8) * samplesPerPixel) / planes;
  const rowBytes = Math.ceil((width * pixelBits) / 8);
  const rows = tile?.height ?? page.rowsPerStrip ?? height;
  const columnBytes = tile ? (tile.width * pixelBits) / 8 : rowBytes;
  const segments: Uint8Array[] = [];
  for (let plane = 0; plane < planes; plane++)
    for (let top = 0; top < height; top += rows)
      for (let left = 0; left < rowBytes; left += columnBytes) {
        const segmentRows = tile ? rows : Math.min(rows, height - top);
        const segment = new Uint8Array(columnBytes * segmentRows);
        for (let row = 0; row < Math.min(rows, height - top); row++) {
          const from = (plane * height + top + row) * rowBytes;
          const to = from + Math.min(left + columnBytes, rowBytes);
          segment.set(data.subarray(from + left, to), row * columnBytes);
        }
        segments.push(segment);
      }
  return segments;
}

/**
 * A value as its type has it; a rational has the denominator 1, or 10000 where it is no whole
 * number.
 */
function encode(value: number | bigint, type: number, bigEndian: boolean): Buffer {
  if (RATIONALS.includes(type)) {
    const denominator = Number.isInteger(Number(value)) ? 1 : 10_000;
    const parts = [Math.round(Number(value) * denominator), denominator];
    return Buffer.concat(parts.map((part) => encode(part, LONG, bigEndian)));
  }
  const bytes = Buffer.alloc(8);
  if (type === FLOAT) bytes.writeFloatLE(Number(value));
  else if (type === DOUBLE) bytes.writeDoubleLE(Number(value));
  else bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
  const exact = bytes.subarray(0, SIZES[type] || 4);
  return bigEndian ? exact.reverse() : exact;
}
