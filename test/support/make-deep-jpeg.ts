import { makeTiff } from './tiff-writer.ts';

const CATEGORIES = 15;
const STEP = 8;

/**
 * A TIFF with a JPEG of 12 bits a sample, which no encoder at hand writes: grey blocks of 8 × 8
 * pixels, each of one level (0–4095), eight in a row.
 */
export function deepJpegTiff(levels: readonly number[]): Buffer {
  const [width, height] = [64, Math.ceil(levels.length / 8) * 8];
  let bits = '';
  let last = 0;
  for (const level of levels) {
    // The DC coefficient is eight times the level, in steps of the quantisation table.
    const value = ((level - 2048) * 8) / STEP;
    const difference = value - last;
    last = value;
    const category = difference === 0 ? 0 : Math.floor(Math.log2(Math.abs(difference))) + 1;
    const code = difference < 0 ? difference + 2 ** category - 1 : difference;
    bits += category.toString(2).padStart(4, '0');
    if (category > 0) bits += code.toString(2).padStart(category, '0');
    // The end of the block: it has no other coefficients.
    bits += '0';
  }
  const bytes = (bits.match(/.{1,8}/g) ?? []).map((byte) =>
    Number.parseInt(byte.padEnd(8, '1'), 2),
  );
  const dc = [0, 0, 0, 0, CATEGORIES, ...Array<number>(12).fill(0)];
  const jpeg = Buffer.from([
    ...[0xff, 0xd8],
    ...segment(0xdb, [0, ...Array<number>(64).fill(STEP)]),
    ...segment(0xc1, [12, 0, height, 0, width, 1, 1, 0x11, 0]),
    ...segment(0xc4, [...dc, ...Array.from({ length: CATEGORIES }, (_, i) => i)]),
    ...segment(0xc4, [0x10, 1, ...Array<number>(15).fill(0), 0]),
    ...segment(0xda, [1, 1, 0, 0, 63, 0]),
    ...bytes.flatMap((byte) => (byte === 0xff ? [0xff, 0] : [byte])),
    ...[0xff, 0xd9],
  ]);
  const page = { width, height, samplesPerPixel: 1, photometric: 1, bitsPerSample: 12 };
  return makeTiff({ ...page, compression: 7, segments: [jpeg], data: new Uint8Array(0) });
}

function segment(marker: number, body: readonly number[]): number[] {
  return [0xff, marker, 0, body.length + 2, ...body];
}
