/**
 * Large TIFFs of every kind, drawn for measurements: like photographs in what they cost, never held
 * in memory.
 */
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createDeflate } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { writeRareTiff } from './make-rare-tiff.ts';
import type { RareKind, TiffSpec } from './tiff-spec.ts';

const RARE: readonly string[] = ['palette', 'bilevel', 'planar', 'cmyka'] satisfies RareKind[];

/** Writes such a TIFF. */
export async function makeTiffFile(path: string, spec: TiffSpec): Promise<void> {
  const { width, height } = sizeOf(spec);
  if (RARE.includes(spec.kind)) {
    const rgb = await picture({ ...spec, kind: 'rgb', bits: 8 }, width, height)
      .raw()
      .toBuffer();
    return writeRareTiff(path, spec, { width, height, rgb });
  }
  const { compression, orientation } = spec;
  if (compression === 'progressive jpeg' || spec.layout === 'one strip')
    return writeOneStrip(path, spec);
  const tiles = { tile: true, tileWidth: 256, tileHeight: 256 };
  const drawn = picture(spec, width, height);
  await (spec.profile ? drawn.withIccProfile(spec.profile) : drawn)
    .tiff({
      compression,
      quality: 90,
      predictor: compression === 'none' || compression === 'jpeg' ? 'none' : 'horizontal',
      ...(spec.layout === 'tiles' ? tiles : {}),
      bigtiff: spec.megapixels * spec.bits > 6_000,
    })
    .toFile(path);
  if (orientation !== 1) await setOrientation(path, orientation);
}

/**
 * Sharp writes no orientation of our choice without a profile of its choice; so its tag is changed
 * afterwards.
 */
async function setOrientation(path: string, orientation: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const read = async (at: number, length: number) =>
      (await file.read(Buffer.alloc(length), 0, length, at)).buffer;
    const head = await read(0, 16);
    const big = head.readUInt16LE(2) === 43;
    const start = big ? Number(head.readBigUInt64LE(8)) : head.readUInt32LE(4);
    const [countBytes, entryBytes] = big ? [8, 20] : [2, 12];
    const count = (await read(start, 2)).readUInt16LE();
    for (let i = 0; i < count; i++) {
      const at = start + countBytes + i * entryBytes;
      if ((await read(at, 2)).readUInt16LE() === ORIENTATION)
        return void (await file.write(Buffer.from([orientation]), 0, 1, at + (big ? 12 : 8)));
    }
    throw new Error(`${path} has no orientation to be changed`);
  } finally {
    await file.close();
  }
}

const ORIENTATION = 274;

/**
 * Pixels of the picture: whole multiples of 64, so that smaller drawings can be scaled up to them.
 */
function sizeOf({ megapixels, shape }: TiffSpec): { width: number; height: number } {
  const long = 60_032;
  const short = Math.round((megapixels * 1e6) / long / 64) * 64;
  if (shape)
    return shape === 'wide' ? { width: long, height: short } : { width: short, height: long };
  const width = Math.round(Math.sqrt(megapixels * 1e6 * 1.25) / 64) * 64;
  return { width, height: Math.round((megapixels * 1e6) / width / 64) * 64 };
}

/**
 * Blurred noise has the edges and the gradients of a photograph, and libvips draws it row by row.
 */
function picture({ kind, bits, noisy }: TiffSpec, width: number, height: number): Sharp {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
  const scale = noisy ? 1 : 8;
  const drawn = sharp({
    create: {
      width: width / scale,
      height: height / scale,
      channels: 3,
      background: 'teal',
      noise,
    },
  }).resize(width, height, { kernel: 'cubic', fit: 'fill' });
  if (kind === 'grey') return drawn.toColourspace(bits === 16 ? 'grey16' : 'b-w');
  if (kind === 'cmyk') return drawn.toColourspace('cmyk');
  const coloured = bits === 16 ? drawn.toColourspace('rgb16') : drawn;
  return kind === 'rgba' ? coloured.ensureAlpha(0.5) : coloured;
}

/** How many rows are drawn at once; they are repeated down the picture. */
const BLOCK_ROWS = 512;

/**
 * A little-endian classic TIFF (TIFF 6.0, section 2) with all pixels in one strip, as some scanners
 * write it.
 */
async function writeOneStrip(path: string, spec: TiffSpec): Promise<void> {
  const size = sizeOf(spec);
  const head = (stripBytes: number) => oneStripHead(spec, { ...size, stripBytes });
  const start = head(0).length;
  const into = createWriteStream(path, { start, flags: 'w' });
  await pipeline(await stripOf(spec, size), into);
  const file = await open(path, 'r+');
  try {
    await file.write(head((await file.stat()).size - start), 0, start, 0);
  } finally {
    await file.close();
  }
}

/** The data of the strip. */
async function stripOf(
  spec: TiffSpec,
  { width, height }: { width: number; height: number },
): Promise<Readable> {
  if (isJpeg(spec)) {
    const progressive = spec.compression === 'progressive jpeg';
    const jpeg = { quality: 90, chromaSubsampling: '4:4:4', progressive };
    return Readable.from([await picture(spec, width, height).jpeg(jpeg).toBuffer()]);
  }
  const block = await picture(spec, width, BLOCK_ROWS).raw().toBuffer();
  const rowBytes = block.length / BLOCK_ROWS;
  const rows = function* () {
    for (let row = 0; row < height; row += BLOCK_ROWS)
      yield block.subarray(0, Math.min(BLOCK_ROWS, height - row) * rowBytes);
  };
  const drawn = Readable.from(rows());
  return spec.compression === 'deflate' ? drawn.pipe(createDeflate({ level: 3 })) : drawn;
}

function isJpeg({ compression }: TiffSpec): boolean {
  return compression === 'jpeg' || compression === 'progressive jpeg';
}

/** Compression and PhotometricInterpretation, TIFF 6.0 and technical note 2. */
const [NONE, JPEG, DEFLATE] = [1, 7, 8];
const [GREY, RGB, YCBCR] = [1, 2, 6];

function oneStripHead(
  spec: TiffSpec,
  { width, height, stripBytes }: { width: number; height: number; stripBytes: number },
): Buffer {
  const samples = spec.kind === 'grey' ? 1 : 3;
  const photometric = samples === 1 ? GREY : isJpeg(spec) ? YCBCR : RGB;
  const compression = isJpeg(spec) ? JPEG : spec.compression === 'deflate' ? DEFLATE : NONE;
  const [SHORT, LONG] = [3, 4];
  const entries = photometric === YCBCR ? 11 : 10;
  const bitsAt = 8 + 2 + entries * 12 + 4;
  const stripAt = bitsAt + 6;
  const buffer = Buffer.alloc(stripAt);
  buffer.write('II');
  buffer.writeUInt16LE(42, 2);
  buffer.writeUInt32LE(8, 4);
  buffer.writeUInt16LE(entries, 8);
  const tags: [tag: number, type: number, count: number, value: number][] = [
    [256, LONG, 1, width],
    [257, LONG, 1, height],
    [258, SHORT, samples, samples === 1 ? 8 : bitsAt],
    [259, SHORT, 1, compression],
    [262, SHORT, 1, photometric],
    [273, LONG, 1, stripAt],
    [274, SHORT, 1, spec.orientation],
    [277, SHORT, 1, samples],
    [278, LONG, 1, height],
    [279, LONG, 1, stripBytes],
  ];
  // YCbCrSubsampling: 1 and 1, side by side.
  if (photometric === YCBCR) tags.push([530, SHORT, 2, 0x1_0001]);
  tags.forEach(([tag, type, count, value], i) => {
    const at = 10 + i * 12;
    buffer.writeUInt16LE(tag, at);
    buffer.writeUInt16LE(type, at + 2);
    buffer.writeUInt32LE(count, at + 4);
    // A SHORT stands in the first half of its field, which is where little-endian order puts it.
    buffer.writeUInt32LE(value, at + 8);
  });
  for (let sample = 0; sample < 3; sample++) buffer.writeUInt16LE(8, bitsAt + sample * 2);
  return buffer;
}
