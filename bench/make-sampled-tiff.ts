/**
 * Large TIFFs of the kinds that our own reader of samples takes, for measurements: one segment,
 * repeated.
 */
import { open } from 'node:fs/promises';
import { constants, createDeflate, deflateSync, zstdCompressSync } from 'node:zlib';
import sharp from 'sharp';
import { makeTiff, type TiffPage } from '../test/support/tiff-writer.ts';

/** What such a TIFF shall be. */
export interface SampledSpec {
  readonly megapixels: number;
  readonly samples: 1 | 3;
  readonly type: 'float32' | 'float64' | 'uint12' | 'uint32';
  readonly compression: 'none' | 'lzw' | 'deflate' | 'zstd';
  /** Strips of 64 rows, a single one (uncompressed or Deflate), or tiles of 256 × 256. */
  readonly layout: 'strips' | 'one strip' | 'tiles';
  readonly planar?: boolean;
}

const TYPES = {
  float32: { bits: 32, format: 3 },
  float64: { bits: 64, format: 3 },
  uint12: { bits: 12, format: 1 },
  uint32: { bits: 32, format: 1 },
} as const;
const COMPRESSION = { none: 1, lzw: 5, deflate: 8, zstd: 50_000 } as const;
const [LONG, STRIP_ROWS, TILE] = [4, 64, 256];

/** The spec as one word: `float32x3-lzw-strips-24mp`. */
export function sampledName(spec: SampledSpec): string {
  const { megapixels, samples, type, compression, layout, planar } = spec;
  const words = [
    `${type}x${samples}`,
    compression,
    planar ? 'planar' : '',
    layout.replace(' ', '-'),
  ];
  return [...words.filter(Boolean), `${megapixels}mp`].join('-');
}

/** Writes such a TIFF, whole strips or tiles of it at a time. */
export async function writeSampledTiff(path: string, spec: SampledSpec): Promise<void> {
  const { samples, type, compression, layout, planar = false } = spec;
  const { bits, format } = TYPES[type];
  // Whole tiles and strips, so that one segment serves for all.
  const width = Math.max(1, Math.round(Math.sqrt(spec.megapixels * 1e6 * 1.25) / TILE)) * TILE;
  const height = Math.max(1, Math.round((spec.megapixels * 1e6) / width / TILE)) * TILE;
  const single = layout === 'one strip';
  const across = layout === 'tiles' ? TILE : width;
  const rows = layout === 'tiles' ? TILE : STRIP_ROWS;
  const inPlane = planar ? 1 : samples;
  const block = drawn(type, across * rows * inPlane);
  const blocks = ((width * height) / (across * rows)) * (planar ? samples : 1);
  const segment = single ? block : await compressed(block, rows, compression);
  const file = await open(path, 'w');
  try {
    const count = single ? 1 : blocks;
    const page = (bytes: number, start: number): TiffPage => ({
      width,
      height,
      samplesPerPixel: samples,
      bitsPerSample: bits,
      planar,
      photometric: samples === 3 ? 2 : 1,
      sampleFormat: format,
      compression: COMPRESSION[compression],
      rowsPerStrip: single ? height : rows,
      ...(layout === 'tiles' ? { tile: { width: TILE, height: TILE } } : {}),
      data: new Uint8Array(0),
      segments: [],
      entries: [
        {
          tag: layout === 'tiles' ? 324 : 273,
          type: LONG,
          values: Array.from({ length: count }, (_, i) => start + i * bytes),
        },
        {
          tag: layout === 'tiles' ? 325 : 279,
          type: LONG,
          values: Array<number>(count).fill(bytes),
        },
      ],
    });
    const start = makeTiff(page(0, 0)).length;
    let at = start;
    const put = async (bytes: Uint8Array) => {
      await file.write(bytes, 0, bytes.length, at);
      at += bytes.length;
    };
    if (single && compression === 'deflate') {
      const deflate = createDeflate({ level: 1 });
      const writing = (async () => {
        for await (const piece of deflate) await put(piece as Buffer);
      })();
      for (let i = 0; i < blocks; i++)
        if (!deflate.write(block)) await new Promise((resolve) => deflate.once('drain', resolve));
      deflate.end();
      await writing;
    } else for (let i = 0; i < blocks; i++) await put(segment);
    const bytes = single ? at - start : segment.length;
    const head = makeTiff(page(bytes, start));
    await file.write(head, 0, head.length, 0);
  } finally {
    await file.close();
  }
}

/** Samples like a photograph's for a compressor: neighbours alike, and some noise. */
function drawn(type: SampledSpec['type'], count: number): Uint8Array {
  const value = (i: number) => (128 + 90 * Math.sin(i / 900) + ((i * 7_919) % 31)) / 256;
  const numbers = Float64Array.from({ length: count }, (_, i) => value(i));
  if (type === 'float64') return new Uint8Array(numbers.buffer);
  if (type === 'float32') return new Uint8Array(Float32Array.from(numbers).buffer);
  if (type === 'uint32')
    return new Uint8Array(Uint32Array.from(numbers, (n) => n * 4_294_967_295).buffer);
  const bytes = new Uint8Array((count * 12) / 8);
  for (let i = 0; i < count; i += 2) {
    const [a, b] = [0, 1].map((k) => Math.floor((numbers[i + k] ?? 0) * 4_095)) as [number, number];
    bytes.set([a >> 4, ((a & 15) << 4) | (b >> 8), b & 255], (i / 2) * 3);
  }
  return bytes;
}

async function compressed(
  block: Uint8Array,
  rows: number,
  compression: SampledSpec['compression'],
): Promise<Uint8Array> {
  if (compression === 'deflate') return deflateSync(block, { level: 1 });
  if (compression === 'zstd')
    return zstdCompressSync(block, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
  return compression === 'lzw' ? lzw(block, rows) : block;
}

/** By sharp, as the one strip of a grey picture of these bytes. */
async function lzw(block: Uint8Array, rows: number): Promise<Uint8Array> {
  const raw = { width: block.length / rows, height: rows, channels: 1 } as const;
  const tiff = await sharp(block, { raw })
    .toColourspace('b-w')
    .tiff({ compression: 'lzw', predictor: 'none' })
    .toBuffer();
  const directory = tiff.readUInt32LE(4);
  const numberOf = (tag: number) => {
    for (let i = 0; i < tiff.readUInt16LE(directory); i++) {
      const at = directory + 2 + i * 12;
      if (tiff.readUInt16LE(at) !== tag) continue;
      if (tiff.readUInt32LE(at + 4) !== 1) throw new Error('more than one strip');
      return tiff.readUInt16LE(at + 2) === 3
        ? tiff.readUInt16LE(at + 8)
        : tiff.readUInt32LE(at + 8);
    }
    throw new Error(`no tag ${tag}`);
  };
  return tiff.subarray(numberOf(273), numberOf(273) + numberOf(279));
}
