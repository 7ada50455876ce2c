import sharp from 'sharp';
import { makeTiffAs, type TiffEntry, type TiffLayout, type TiffPage } from './tiff-writer.ts';

/** RGB pixels, 8 bits a sample. */
export interface RgbPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** How an old-style JPEG (TIFF 6.0, section 22) keeps its tables. */
export type OldJpegKind =
  /** A whole JPEG, which JPEGInterchangeFormat points to; the strip is the scan in it. */
  | 'interchange'
  /**
   * Tables of their own, which JPEGQTables, JPEGDCTables and JPEGACTables point to; strips are
   * scans.
   */
  | 'tables';

export interface OldJpeg {
  readonly kind: OldJpegKind;
  readonly quality?: number;
  /** Default 4:2:0. */
  readonly chromaSubsampling?: '4:2:0' | '4:4:4';
  /** `tables` only; a multiple of 16. Default: all rows. */
  readonly rowsPerStrip?: number;
  /** `tables` only: square tiles of so many pixels instead, a multiple of 16. */
  readonly tile?: number;
  /** `interchange` only: what is said of the strip's length, if not the truth. */
  readonly stripByteCount?: number | 'none';
  /** ReferenceBlackWhite; default JPEG's. */
  readonly range?: readonly number[];
  /**
   * `interchange` only: what is done to the JPEG; its scan begins where it did, or as much earlier
   * as bytes are gone.
   */
  readonly change?: (jpeg: Buffer) => Buffer;
  readonly layout?: TiffLayout;
  /** What differs from the page as it should be. */
  readonly page?: Partial<TiffPage>;
  /** A page before this one, which is then the second. */
  readonly before?: TiffPage;
}

const [SHORT, LONG] = [3, 4];
const [DQT, DHT, SOS] = [0xdb, 0xc4, 0xda];

/** The parts of a baseline JPEG that an old-style TIFF needs. */
export interface JpegParts {
  /** 64 bytes each, in zigzag order; by number. */
  readonly quantisation: readonly Uint8Array[];
  /** 16 counts and the symbols each; by number. */
  readonly dc: readonly Uint8Array[];
  readonly ac: readonly Uint8Array[];
  /**
   * Where the scan's data begin, behind its header; they end 2 bytes (EOI) before the JPEG does.
   */
  readonly scanAt: number;
}

/** Takes a baseline JPEG apart. */
export function jpegParts(jpeg: Uint8Array): JpegParts {
  const quantisation: Uint8Array[] = [];
  const dc: Uint8Array[] = [];
  const ac: Uint8Array[] = [];
  let at = 2;
  while (jpeg[at + 1] !== SOS) {
    const end = at + 2 + lengthAt(jpeg, at + 2);
    const body = jpeg.subarray(at + 4, end);
    if (jpeg[at + 1] === DQT)
      for (let i = 0; i < body.length; i += 65)
        quantisation[body[i] ?? 0] = body.subarray(i + 1, i + 65);
    if (jpeg[at + 1] === DHT) takeHuffman(body, dc, ac);
    at = end;
  }
  return { quantisation, dc, ac, scanAt: at + 2 + lengthAt(jpeg, at + 2) };
}

function takeHuffman(body: Uint8Array, dc: Uint8Array[], ac: Uint8Array[]): void {
  for (let i = 0; i < body.length; ) {
    const symbols = body.subarray(i + 1, i + 17).reduce((sum, count) => sum + count, 0);
    const kind = body[i] ?? 0;
    (kind & 0x10 ? ac : dc)[kind & 15] = body.subarray(i + 1, i + 17 + symbols);
    i += 17 + symbols;
  }
}

function lengthAt(jpeg: Uint8Array, at: number): number {
  return (jpeg[at] ?? 0) * 256 + (jpeg[at + 1] ?? 0);
}

/** A baseline JPEG with the tables of its standard, so that several have the same. */
export async function baselineJpeg(
  { width, height, data }: RgbPicture,
  quality = 95,
  chromaSubsampling = '4:2:0',
): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    .jpeg({ quality, chromaSubsampling, optimiseCoding: false, progressive: false })
    .toBuffer();
}

/** An old-style JPEG in a TIFF, as no encoder at hand writes it any more. */
export async function makeOldJpeg(picture: RgbPicture, options: OldJpeg): Promise<Buffer> {
  const { kind, layout = {}, before } = options;
  const draft =
    kind === 'tables' ? await tablesPage(picture, options) : await wholePage(picture, options);
  const build = (at: (part: Uint8Array) => number) => {
    const others = options.page?.entries ?? [];
    const gone = new Set([...others.map(({ tag }) => tag), ...(options.page?.without ?? [])]);
    const own = draft.entriesFor(at).filter(({ tag }) => !gone.has(tag));
    const page = { ...draft.page, ...options.page, entries: [...own, ...others] };
    return makeTiffAs(layout, ...(before ? [before, page] : [page]));
  };
  // Entries hold the places of what follows them; the places do not depend on what the entries
  // hold.
  const first = build(() => 0);
  return build((part) => first.indexOf(part));
}

interface Draft {
  readonly page: TiffPage;
  readonly entriesFor: (at: (part: Uint8Array) => number) => TiffEntry[];
}

async function wholePage(picture: RgbPicture, options: OldJpeg): Promise<Draft> {
  const { quality, chromaSubsampling, stripByteCount, change = (made) => made } = options;
  const jpeg = change(await baselineJpeg(picture, quality, chromaSubsampling));
  const { scanAt } = jpegParts(jpeg);
  const long = (tag: number, value: number) => ({ tag, type: LONG, values: [value] });
  return {
    page: {
      ...basePage(picture),
      segments: [jpeg],
      ...(stripByteCount === 'none' ? { without: [279] } : {}),
    },
    entriesFor: (at) => [
      long(273, at(jpeg) + scanAt),
      ...(stripByteCount === 'none' ? [] : [long(279, stripByteCount ?? jpeg.length - scanAt)]),
      long(513, at(jpeg)),
      long(514, jpeg.length),
      ...ycbcr(options),
    ],
  };
}

async function tablesPage(picture: RgbPicture, options: OldJpeg): Promise<Draft> {
  const { width, height } = picture;
  const { quality, chromaSubsampling, rowsPerStrip = height, tile } = options;
  const jpegs: Buffer[] = [];
  for (let top = 0; top < height; top += tile ?? rowsPerStrip)
    for (let left = 0; left < width; left += tile ?? width) {
      const rows = tile ?? Math.min(rowsPerStrip, height - top);
      const part = cutOut(picture, { left, top, width: tile ?? width, height: rows });
      jpegs.push(await baselineJpeg(part, quality, chromaSubsampling));
    }
  const { quantisation, dc, ac } = jpegParts(jpegs[0] ?? Buffer.alloc(0));
  const scans = jpegs.map((jpeg) => jpeg.subarray(jpegParts(jpeg).scanAt, -2));
  // The tables follow the strips, as segments that the page does not list.
  const segments = [...scans, ...quantisation, ...dc, ...ac];
  return {
    page: {
      ...basePage(picture),
      ...(tile ? { tile: { width: tile, height: tile } } : { rowsPerStrip }),
      segments,
    },
    entriesFor: (at) => {
      const places = (tag: number, parts: readonly Uint8Array[]) => ({
        tag,
        type: LONG,
        // Cb and Cr share the second table.
        values: [0, 1, 1].map((i) => at(parts[i] ?? new Uint8Array(1))),
      });
      return [
        { tag: tile ? 324 : 273, type: LONG, values: scans.map(at) },
        { tag: tile ? 325 : 279, type: LONG, values: scans.map(({ length }) => length) },
        { tag: 512, type: SHORT, values: [1] },
        places(519, quantisation),
        places(520, dc),
        places(521, ac),
        ...ycbcr(options),
      ];
    },
  };
}

function basePage({ width, height }: RgbPicture): TiffPage {
  const data = new Uint8Array(0);
  return { width, height, samplesPerPixel: 3, photometric: 6, compression: 6, data };
}

function ycbcr({ chromaSubsampling = '4:2:0', range }: OldJpeg): TiffEntry[] {
  const step = chromaSubsampling === '4:2:0' ? 2 : 1;
  return [
    { tag: 530, type: SHORT, values: [step, step] },
    // Full range, as JFIF has it.
    { tag: 532, type: 5, values: range ?? [0, 255, 128, 255, 128, 255] },
  ];
}

/** A part of a picture; what lies outside of it is black. */
function cutOut(
  picture: RgbPicture,
  area: { left: number; top: number; width: number; height: number },
): RgbPicture {
  const data = new Uint8Array(area.width * area.height * 3);
  const columns = Math.min(area.width, picture.width - area.left);
  for (let row = 0; row < Math.min(area.height, picture.height - area.top); row++) {
    const from = ((area.top + row) * picture.width + area.left) * 3;
    data.set(picture.data.subarray(from, from + columns * 3), row * area.width * 3);
  }
  return { width: area.width, height: area.height, data };
}
