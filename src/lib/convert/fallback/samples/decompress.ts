import type { Transform } from 'node:stream';
import {
  constants,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib';

/**
 * Decompresses until `into` is full, even if more data follow. Returns the bytes, mostly in `into`;
 * fewer if the data end too early. Throws for damaged data, and with `closed` if they do not end
 * there with their end marker.
 */
export type Decompress = (
  data: Uint8Array,
  into: Uint8Array,
  closed?: boolean,
) => Uint8Array | Promise<Uint8Array>;

/**
 * The supported compressions, by Compression (TIFF 6.0, sections 9, 13 and 14, supplement 2;
 * libtiff for ZSTD).
 */
export const decompressors: Readonly<Record<number, Decompress>> = {
  1: (data, into) => data.subarray(0, into.length),
  5: unpackLzw,
  8: inflate,
  32773: unpackBits,
  32946: inflate,
  50000: unpackZstd,
};

/** Data may end without their checksum once all rows are there. */
const INFLATE = { finishFlush: constants.Z_SYNC_FLUSH } as const;
const ZSTD = { finishFlush: constants.ZSTD_e_flush } as const;

/**
 * Up to this many bytes are decompressed in one piece, which is faster; more are streamed to their
 * place.
 */
const ONE_PIECE = 1 << 20;
const CHUNK = { chunkSize: 1 << 18 } as const;

function inflate(
  data: Uint8Array,
  into: Uint8Array,
  closed = false,
): Uint8Array | Promise<Uint8Array> {
  // Throws if the stream has no end, or a wrong checksum.
  if (closed) return inflateSync(data, { maxOutputLength: Math.max(1, into.length) });
  return upTo(into.length, {
    all: (limits) => inflateSync(data, { ...INFLATE, ...limits }),
    first: () => firstOf(createInflate({ ...INFLATE, ...CHUNK }), data, into),
  });
}

/** zlib's format (RFC 1950): header bytes, and how the first begins. */
const ZLIB = { header: 2, method: 8, checkedBy: 31, dictionary: 0x20 } as const;

/**
 * Decompresses Deflate data with an incomplete checksum: the end of the last block is then the only
 * sign that nothing else is missing. Produces at most `most` bytes, those of a whole strip or tile.
 */
export function inflateWithoutChecksum(most: number): Decompress {
  return async (data, into) => {
    const [first = 0, second = 0] = data;
    const isZlib =
      (first & 15) === ZLIB.method &&
      (first * 256 + second) % ZLIB.checkedBy === 0 &&
      (second & ZLIB.dictionary) === 0;
    if (!isZlib) throw new Error('its Deflate data do not begin as such');
    const stream = createInflateRaw(CHUNK);
    stream.end(data.subarray(ZLIB.header));
    let at = 0;
    for await (const piece of stream as AsyncIterable<Uint8Array>) {
      into.set(piece.subarray(0, Math.max(0, into.length - at)), Math.min(at, into.length));
      at += piece.length;
      if (at > Math.max(most, into.length)) throw new Error('its Deflate data do not end');
    }
    return into.subarray(0, at);
  };
}

function unpackZstd(data: Uint8Array, into: Uint8Array): Uint8Array | Promise<Uint8Array> {
  return upTo(into.length, {
    all: (limits) => zstdDecompressSync(data, { ...ZSTD, ...limits }),
    first: () => firstOf(createZstdDecompress({ ...ZSTD, ...CHUNK }), data, into),
  });
}

/**
 * In one piece, with a byte to spare, so that no second piece is made; Node accepts no fewer than
 * 64 bytes.
 */
interface OnePiece {
  readonly maxOutputLength: number;
  readonly chunkSize: number;
}

function upTo(
  length: number,
  ways: { all(limits: OnePiece): Uint8Array; first(): Promise<Uint8Array> },
): Uint8Array | Promise<Uint8Array> {
  if (length > ONE_PIECE) return ways.first();
  try {
    return ways.all({ maxOutputLength: length, chunkSize: Math.max(64, length + 1) });
  } catch (error) {
    // Some writers fill the last strip up to RowsPerStrip.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw error;
    return ways.first();
  }
}

/** The first bytes of a stream, which then ends, because the rest may be unbounded. */
async function firstOf(stream: Transform, data: Uint8Array, into: Uint8Array): Promise<Uint8Array> {
  let at = 0;
  stream.end(data);
  for await (const piece of stream as AsyncIterable<Uint8Array>) {
    into.set(piece.subarray(0, into.length - at), at);
    at += piece.length;
    if (at >= into.length) return into;
  }
  return into.subarray(0, at);
}

/** PackBits (TIFF 6.0, section 9). */
function unpackBits(data: Uint8Array, out: Uint8Array): Uint8Array {
  const { length } = out;
  let to = 0;
  let at = 0;
  while (to < length && at < data.length) {
    const head = data[at++] ?? 0;
    if (head === 128) continue;
    if (head < 128) {
      const piece = data.subarray(at, at + Math.min(head + 1, length - to));
      out.set(piece, to);
      to += piece.length;
      at += head + 1;
    } else {
      if (at >= data.length) break;
      const end = Math.min(to + 257 - head, length);
      out.fill(data[at++] ?? 0, to, end);
      to = end;
    }
  }
  return out.subarray(0, to);
}

const CLEAR = 256;
const END = 257;
const FIRST = 258;
const MOST_CODES = 4_096;

/**
 * LZW (TIFF 6.0, section 13): codes from the high bit down, one bit wider a code earlier than
 * GIF's. The kind from before TIFF 5.0, recognised by its first code, has them from the low bit up,
 * and widens late (libtiff's tif_lzw.c).
 */
function unpackLzw(data: Uint8Array, out: Uint8Array, closed = false): Uint8Array {
  const isOld = data[0] === 0 && ((data[1] ?? 0) & 1) === 1;
  const early = isOld ? 0 : 1;
  const { length } = out;
  // A code stands for the string written at `starts`, `lengths` bytes long.
  const starts = new Int32Array(MOST_CODES);
  const lengths = new Int32Array(MOST_CODES);
  let [to, at, bits, held] = [0, 0, 0, 0];
  let [width, next, previous] = [9, FIRST, -1];
  while (to < length || closed) {
    while (bits < width) {
      if (at >= data.length && closed) throw new Error('its LZW data do not end by themselves');
      if (at >= data.length) return out.subarray(0, to);
      const byte = data[at++] as number;
      held = isOld ? held | (byte << bits) : ((held << 8) | byte) & 0xff_ff_ff;
      bits += 8;
    }
    bits -= width;
    const code = (isOld ? held : held >> bits) & ((1 << width) - 1);
    if (isOld) held >>= width;
    if (code === END) break;
    if (code === CLEAR) {
      width = 9;
      next = FIRST;
      previous = -1;
      continue;
    }
    if (to >= length) throw new Error('its LZW data do not end where its rows do');
    const start = to;
    // The previous string plus the first byte of this one, which will be adjacent.
    if (previous >= 0 && next < MOST_CODES) {
      starts[next] = previous;
      lengths[next] = start - previous + 1;
      next++;
      // With early change, the string that the next code completes already counts.
      if (next >= (1 << width) - early && width < 12) width++;
    }
    if (code < CLEAR) out[to++] = code;
    else if (code < next) {
      const end = Math.min(to + (lengths[code] as number), length);
      for (let from = starts[code] as number; to < end; from++) out[to++] = out[from] as number;
    } else throw new Error(`its LZW data hold the code ${code}, which means nothing yet`);
    previous = start;
  }
  return out.subarray(0, to);
}

/**
 * The run lengths of SGI's 16-bit log luminance (libtiff's tif_luv.c): each row as its high bytes,
 * then its low ones. Returns big-endian samples; fewer if the data end too early.
 */
export function unpackLogL(data: Uint8Array, rowPixels: number, rows: number): Uint8Array {
  const out = new Uint8Array(rowPixels * rows * 2);
  let at = 0;
  for (let row = 0; row < rows; row++)
    for (let half = 0; half < 2; half++)
      for (let pixel = 0; pixel < rowPixels; ) {
        const head = data[at++];
        const run = head !== undefined && head >= 128;
        const end = Math.min(rowPixels, pixel + (run ? head - 126 : (head ?? 0)));
        if (head === undefined || at + (run ? 1 : end - pixel) > data.length)
          return out.subarray(0, row * rowPixels * 2);
        // An empty run would loop forever.
        if (end === pixel) continue;
        while (pixel < end) {
          out[(row * rowPixels + pixel) * 2 + half] = data[at] ?? 0;
          pixel++;
          if (!run) at++;
        }
        if (run) at++;
      }
  return out;
}
