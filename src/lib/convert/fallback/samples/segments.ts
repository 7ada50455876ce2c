import type { FileHandle } from 'node:fs/promises';
import { isFault } from '../../fault.ts';
import { sizesKnown } from '../../header/segment-sizes.ts';
import type { TiffPage } from '../../header/tiff-header.ts';
import { CHECKSUM_BYTES } from '../../header/tiff-segments.ts';
import { numbersOf, type TiffTags } from '../../header/tiff-tags.ts';
import { mostCompressed } from '../../plan/rewriting.ts';
import { decompressors, inflateWithoutChecksum, unpackLogL } from './decompress.ts';
import type { FaxPage } from './fax/fax-page.ts';
import { undoPredictor } from './predictor.ts';

/** One decoded strip or tile: whole rows of samples, packed as in the file. */
export interface DecodedSegment {
  readonly data: Uint8Array;
  readonly rowBytes: number;
  /** Byte order of multi-byte numbers. */
  readonly littleEndian: boolean;
}

/** A segment, and what must be in it. */
export interface SegmentPlace {
  /** Index in the file's list. */
  readonly index: number;
  /** Buffer for its samples; they stay valid until another segment of this slot is read. */
  readonly slot: number;
  /** Pixels across, and samples of each. */
  readonly width: number;
  readonly samples: number;
  /** The first wanted row, counted in the segment, and the number of rows. */
  readonly from: number;
  readonly rows: number;
}

/** Reads strips or tiles of one page. */
export type ReadSegment = (place: SegmentPlace) => Promise<DecodedSegment>;

const TAG = { fillOrder: 266, predictor: 317 } as const;
/**
 * StripOffsets and StripByteCounts, TileOffsets and TileByteCounts; some files use one pair for the
 * other.
 */
const LISTS = { offsets: [273, 324], byteCounts: [279, 325] } as const;
/** The tags that `segmentReader` needs. */
export const SEGMENT_TAGS: readonly number[] = [
  ...Object.values(TAG),
  ...LISTS.offsets,
  ...LISTS.byteCounts,
];

const UNCOMPRESSED = 1;
/**
 * The compressions with a Predictor tag (libtiff's tif_predict.c): LZW, Deflate (two numbers),
 * ZSTD.
 */
const PREDICTED: readonly number[] = [5, 8, 32_946, 50_000];
const SGI_LOG = 34_676;

/**
 * Reads and decodes the strips or tiles of a page from an open file; those of a `fax` with its
 * decoder. Throws if one is damaged: its data cannot be decompressed, or do not fill its rows.
 */
export function segmentReader(
  file: FileHandle,
  page: TiffPage,
  tags: TiffTags,
  { fax, fileBytes }: { readonly fax: FaxPage | undefined; readonly fileBytes: number },
): ReadSegment {
  const { compression, bitsPerSample, segments } = page;
  const kind = segments?.kind === 'tiles' ? 'tile' : 'strip';
  const offsets = listOf(tags, LISTS.offsets, kind);
  const listed = listOf(tags, LISTS.byteCounts, kind);
  const { sizes } = segments ?? {};
  const byteCounts = sizes
    ? sizesKnown(page, offsets, sizes.why === 'BEYOND' ? listed : undefined, fileBytes)
    : listed;
  // Data of unknown length must have an end marker.
  const closed = sizes?.by === 'data';
  const [fillOrder = 1] = numbersOf(tags, TAG.fillOrder) ?? [];
  const [tagged = 1] = numbersOf(tags, TAG.predictor) ?? [];
  const predictor = PREDICTED.includes(compression) ? tagged : 1;
  const bits = bitsPerSample[0] ?? 1;
  const compressed = reusable();
  const slots: ((length: number) => Uint8Array)[] = [];
  return async ({ index, slot, width, samples, from, rows }) => {
    const damaged = (what: string, cause?: unknown) =>
      new Error(`${kind} ${index + 1} of ${offsets.length} cannot be decoded: ${what}`, { cause });
    const rowBytes = Math.ceil((width * samples * bits) / 8);
    const plain = compression === UNCOMPRESSED;
    // An uncompressed strip as high as the page is read in pieces.
    const skipped = plain ? from * rowBytes : 0;
    const length = plain ? rows * rowBytes : (from + rows) * rowBytes;
    const [offset, bytes = 0] = [offsets[index], byteCounts[index]];
    if (offset === undefined || (plain && skipped + length > bytes))
      throw damaged('its data end too early');
    const wanted = plain ? length : Math.min(bytes, mostCompressed(compression, length));
    slots[slot] ??= reusable();
    const into = slots[slot](length);
    const room = plain ? into : compressed(wanted);
    const raw = room.subarray(0, await fill(room, file, offset + skipped));
    const cut = wanted - raw.length;
    if (cut > (page.lacksChecksum ? CHECKSUM_BYTES : 0)) throw damaged('its data end too early');
    if (fillOrder === 2) reverseBits(raw);
    if (compression === SGI_LOG)
      return {
        data: checked(unpackLogL(raw, width, from + rows), (from + rows) * width * 2, damaged),
        rowBytes,
        littleEndian: false,
      };
    if (fax) {
      const bytesBehind = closed ? undefined : fileBytes - offset - bytes;
      const place = { index, width, rows: from + rows, bytesBehind };
      const data = await attempt(async () => fax.decode(raw, into, place), damaged);
      return { data, rowBytes, littleEndian: false };
    }
    const most = (page.segments?.height ?? 0) * rowBytes;
    const decompress = cut > 0 ? inflateWithoutChecksum(most) : decompressors[compression];
    if (!decompress) throw new Error(`Compression ${compression} cannot be decoded here`);
    const unpacked = await attempt(async () => decompress(raw, into, closed), damaged);
    const data = checked(unpacked, length, damaged);
    const layout = { rowBytes, bits, samples, littleEndian: tags.littleEndian };
    const littleEndian = await attempt(async () => undoPredictor(data, predictor, layout), damaged);
    return { data: plain ? data : data.subarray(from * rowBytes), rowBytes, littleEndian };
  };
}

/**
 * Returns the same memory again and again: the collector would leave discarded buffers for too
 * long.
 */
function reusable(): (length: number) => Uint8Array {
  let bytes = new Uint8Array(0);
  return (length) => {
    if (bytes.length < length) bytes = new Uint8Array(length);
    return bytes.subarray(0, length);
  };
}

type Damaged = (what: string, cause?: unknown) => Error;

async function attempt<T>(work: () => Promise<T>, damaged: Damaged): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isFault(error)) throw error;
    throw damaged(error instanceof Error ? error.message : String(error), error);
  }
}

function checked(data: Uint8Array, length: number, damaged: Damaged): Uint8Array {
  if (data.length >= length) return data;
  throw damaged(`only ${data.length} of ${length} bytes could be decoded`);
}

function listOf(tags: TiffTags, [strips, tiles]: readonly [number, number], kind: string) {
  const [first, second] = kind === 'tile' ? [tiles, strips] : [strips, tiles];
  return numbersOf(tags, first) ?? numbersOf(tags, second) ?? [];
}

/** Reads until the buffer is full or the file ends; returns the number of bytes read. */
async function fill(bytes: Uint8Array, file: FileHandle, position: number): Promise<number> {
  let at = 0;
  while (at < bytes.length) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, position + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return at;
}

/** FillOrder 2 (TIFF 6.0, section 8): lowest bit first. */
function reverseBits(bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++) {
    let byte = bytes[i] ?? 0;
    byte = ((byte & 0x55) << 1) | ((byte >> 1) & 0x55);
    byte = ((byte & 0x33) << 2) | ((byte >> 2) & 0x33);
    bytes[i] = ((byte & 0x0f) << 4) | (byte >> 4);
  }
}
