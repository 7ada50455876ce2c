import { deflateSync, zstdCompressSync } from 'node:zlib';
import type { TiffEntry, TiffPage } from './tiff-writer.ts';

/** What the samples of a picture are, and how they are stored. */
export interface SampledPicture {
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  /** Of each sample, 1 to 64. */
  readonly bits: number;
  /** 1 unsigned (default), 2 signed, 3 floating point of 32 or 64 bits. */
  readonly format?: 1 | 2 | 3;
  /** As the file will be; without it little-endian. */
  readonly bigEndian?: boolean;
  readonly photometric?: number;
  readonly planar?: boolean;
  readonly tile?: { readonly width: number; readonly height: number };
  readonly rowsPerStrip?: number;
  readonly compression?: 'none' | 'deflate' | 'zstd' | 'packbits';
  /** 2 differences, 3 those of the bytes of floating-point numbers; compressed only. */
  readonly predictor?: 1 | 2 | 3;
  readonly entries?: readonly TiffEntry[];
  /** The sample of a pixel. */
  value(x: number, y: number, sample: number): number;
}

const SHORT = 3;
/** Compression of TIFF 6.0, its supplement 2, and libtiff. */
const COMPRESSION = { none: 1, deflate: 8, zstd: 50_000, packbits: 32_773 } as const;

/**
 * A page of a TIFF with these samples, for `makeTiff`: by no encoder at hand, so that any depth and
 * layout can be had.
 */
export function sampledPage(picture: SampledPicture): TiffPage {
  const { width, height, samples, bits, format = 1, planar = false, tile, predictor = 1 } = picture;
  const { photometric = samples >= 3 ? 2 : 1, compression = 'none', rowsPerStrip } = picture;
  const entries = [...(picture.entries ?? [])];
  if (predictor !== 1) entries.push({ tag: 317, type: SHORT, values: [predictor] });
  return {
    width,
    height,
    samplesPerPixel: samples,
    bitsPerSample: bits,
    photometric,
    entries,
    ...(format === 1 ? {} : { sampleFormat: format }),
    ...(planar ? { planar } : {}),
    ...(tile ? { tile } : {}),
    ...(rowsPerStrip ? { rowsPerStrip } : {}),
    compression: COMPRESSION[compression],
    data: new Uint8Array(0),
    segments: segmentsOf(picture).map((bytes) => compress(bytes, compression)),
  };
}

function segmentsOf(picture: SampledPicture): Uint8Array[] {
  const { width, height, samples, planar, tile, rowsPerStrip = height } = picture;
  const size = tile ?? { width, height: rowsPerStrip };
  const segments: Uint8Array[] = [];
  for (let plane = 0; plane < (planar ? samples : 1); plane++)
    for (let top = 0; top < height; top += size.height)
      for (let left = 0; left < width; left += size.width) {
        // Tiles are filled up at the edges, strips are not.
        const rows = tile ? size.height : Math.min(size.height, height - top);
        const lines = Array.from({ length: rows }, (_, row) => {
          const values: number[] = [];
          for (let x = left; x < left + size.width; x++)
            for (let s = planar ? plane : 0; s < (planar ? plane + 1 : samples); s++)
              values.push(x < width && top + row < height ? picture.value(x, top + row, s) : 0);
          return predicted(packSamples(values, picture), picture);
        });
        segments.push(Buffer.concat(lines));
      }
  return segments;
}

/**
 * Numbers as they stand in a row of a TIFF: whole bytes in the file's byte order, others from the
 * high bit down.
 */
export function packSamples(
  values: readonly number[],
  { bits, format = 1, bigEndian = false }: Pick<SampledPicture, 'bits' | 'format' | 'bigEndian'>,
): Uint8Array {
  const words = values.map((value) => wordOf(value, bits, format));
  if (bits % 8 === 0) return Buffer.concat(words.map((word) => bytesOf(word, bits, bigEndian)));
  const text = words.map((word) => word.toString(2).padStart(bits, '0')).join('');
  const padded = text.padEnd(Math.ceil(text.length / 8) * 8, '0');
  return Uint8Array.from(padded.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}

function wordOf(value: number, bits: number, format: 1 | 2 | 3): bigint {
  const view = new DataView(new ArrayBuffer(8));
  if (format !== 3) return BigInt.asUintN(bits, BigInt(value));
  if (bits === 16) throw new Error('give halves as unsigned words');
  if (bits === 32) view.setFloat32(4, value);
  else view.setFloat64(0, value);
  return view.getBigUint64(0);
}

function bytesOf(word: bigint, bits: number, bigEndian: boolean): Buffer {
  const hex = Buffer.from(word.toString(16).padStart(bits / 4, '0'), 'hex');
  return bigEndian ? hex : hex.reverse();
}

/** One row with a predictor applied (TIFF 6.0, section 14; TIFF Technical Note 3). */
function predicted(row: Uint8Array, picture: SampledPicture): Uint8Array {
  const { bits, samples, planar, predictor = 1, bigEndian = false } = picture;
  const step = planar ? 1 : samples;
  const bytes = bits / 8;
  if (predictor === 2) {
    const numbers: bigint[] = [];
    for (let at = 0; at < row.length; at += bytes) {
      const word = Buffer.from(row.subarray(at, at + bytes));
      numbers.push(BigInt(`0x${(bigEndian ? word : word.reverse()).toString('hex')}`));
    }
    return Buffer.concat(
      numbers.map((n, i) =>
        bytesOf(BigInt.asUintN(bits, n - (numbers[i - step] ?? 0n)), bits, bigEndian),
      ),
    );
  }
  if (predictor !== 3) return row;
  const count = row.length / bytes;
  const planes = new Uint8Array(row.length);
  for (let i = 0; i < count; i++)
    for (let byte = 0; byte < bytes; byte++)
      planes[byte * count + i] = row[i * bytes + (bigEndian ? byte : bytes - 1 - byte)] ?? 0;
  return planes.map((byte, i) => byte - (i >= step ? (planes[i - step] ?? 0) : 0));
}

function compress(
  bytes: Uint8Array,
  compression: NonNullable<SampledPicture['compression']>,
): Uint8Array {
  if (compression === 'deflate') return deflateSync(bytes);
  if (compression === 'zstd') return zstdCompressSync(bytes);
  return compression === 'packbits' ? packBits(bytes) : bytes;
}

/** PackBits (TIFF 6.0, section 9), as literal runs and runs of equal bytes. */
function packBits(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    let end = at + 1;
    while (end < bytes.length && end - at < 128 && bytes[end] === bytes[at]) end++;
    if (end - at > 1) out.push(257 - (end - at), bytes[at] ?? 0);
    else out.push(0, bytes[at] ?? 0);
    at = end;
  }
  return Uint8Array.from(out);
}
