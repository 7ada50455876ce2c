import { inflateSync, zstdDecompressSync } from 'node:zlib';

/** Undoes a compression; gives at most `length` bytes, fewer where the data end too early. */
export type Decompress = (data: Uint8Array, length: number) => Uint8Array;

/** What can be undone here, by Compression (TIFF 6.0, sections 9, 13 and 14, supplement 2; libtiff for ZSTD). */
export const decompressors: Readonly<Record<number, Decompress>> = {
  1: (data, length) => data.subarray(0, length),
  5: unpackLzw,
  8: inflate,
  32773: unpackBits,
  32946: inflate,
  50000: (data, length) => zstdDecompressSync(data, { maxOutputLength: length }),
};

/** Broken Deflate data throws; what comes after the last row is left alone. */
function inflate(data: Uint8Array, length: number): Uint8Array {
  try {
    return inflateSync(data, { maxOutputLength: length });
  } catch (error) {
    // Some writers fill the last strip up to RowsPerStrip: more than there are rows.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw error;
    return inflateSync(data).subarray(0, length);
  }
}

/** PackBits (TIFF 6.0, section 9). */
function unpackBits(data: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
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
 * LZW (TIFF 6.0, section 13): codes from the high bit down, one code wider a code earlier than GIF's.
 * The very old variant, from the low bit up, is told by its first code and refused.
 */
function unpackLzw(data: Uint8Array, length: number): Uint8Array {
  if (data[0] === 0 && ((data[1] ?? 0) & 1) === 1)
    throw new Error('its LZW data are of the variant from before TIFF 6.0');
  const out = new Uint8Array(length);
  // A code stands for the string that was written at `starts`, `lengths` bytes long.
  const starts = new Int32Array(MOST_CODES);
  const lengths = new Int32Array(MOST_CODES);
  let [to, at, bits, held] = [0, 0, 0, 0];
  let [width, next, previous] = [9, FIRST, -1];
  while (to < length) {
    while (bits < width) {
      if (at >= data.length) return out.subarray(0, to);
      held = ((held << 8) | (data[at++] ?? 0)) & 0xff_ff_ff;
      bits += 8;
    }
    const code = (held >> (bits - width)) & ((1 << width) - 1);
    bits -= width;
    if (code === END) break;
    if (code === CLEAR) {
      [width, next, previous] = [9, FIRST, -1];
      continue;
    }
    const start = to;
    // The string before this one and the first byte of this one, which will lie side by side.
    if (previous >= 0 && next < MOST_CODES) {
      starts[next] = previous;
      lengths[next] = start - previous + 1;
      next++;
    }
    if (code < CLEAR) out[to++] = code;
    else if (code < next) {
      const from = starts[code] ?? 0;
      const end = Math.min(to + (lengths[code] ?? 0), length);
      for (let i = from; to < end; i++) out[to++] = out[i] ?? 0;
    } else throw new Error(`its LZW data hold the code ${code}, which means nothing yet`);
    previous = start;
    // One code early: the string that the next code completes counts already.
    width = next >= 2_047 ? 12 : next >= 1_023 ? 11 : next >= 511 ? 10 : 9;
  }
  return out.subarray(0, to);
}

/**
 * The run lengths of SGI's 16-bit log luminance (libtiff's tif_luv.c): each row as its high bytes, then
 * its low ones. Gives big-endian samples; fewer where the data end too early.
 */
export function unpackLogL(data: Uint8Array, rowPixels: number, rows: number): Uint8Array {
  const out = new Uint8Array(rowPixels * rows * 2);
  let at = 0;
  for (let row = 0; row < rows; row++)
    for (let half = 0; half < 2; half++)
      for (let pixel = 0; pixel < rowPixels; ) {
        const head = data[at++];
        if (head === undefined) return out.subarray(0, row * rowPixels * 2);
        const run = head >= 128;
        const end = Math.min(rowPixels, pixel + (run ? head - 126 : head));
        // A run of no bytes would go on for ever.
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
