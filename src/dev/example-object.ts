import type { BucketAccess } from './sandbox/bucket.ts';

/**
 * The prepared task for a worker started by hand, with the contract's names (docs/contract.md,
 * "Dependencies, local testing, and what the worker is").
 */
export const EXAMPLE_TASK = {
  id: 'test_task_1',
  batchId: 'test_batch',
  inputKey: 'staging/test/image.tiff',
} as const;

const SIZE = { width: 1200, height: 800 } as const;

/** Puts the example's TIFF under its key, unless something is there. */
export async function putExample(bucket: BucketAccess): Promise<void> {
  const { inputKey } = EXAMPLE_TASK;
  if ((await bucket.listKeys(inputKey)).includes(inputKey)) return;
  const { width, height } = SIZE;
  const tiff = plainTiff(width, height, paintTexture(width, height));
  await bucket.putObject(inputKey, tiff, { contentType: 'image/tiff' });
}

/** Colours that change across and down, with a fine texture, as 8-bit RGB without padding. */
function paintTexture(width: number, height: number): Buffer {
  const pixels = Buffer.alloc(width * height * 3);
  for (let at = 0; at < pixels.length; at += 3) {
    const [x, y] = [(at / 3) % width, Math.floor(at / 3 / width)];
    pixels.set([(x * 255) / width, (y * 255) / height, x ^ y], at);
  }
  return pixels;
}

/** Types of TIFF 6.0, section 2. */
const [SHORT, LONG] = [3, 4];

/** An uncompressed RGB TIFF of 8 bits in one strip (TIFF 6.0, section 6). */
function plainTiff(width: number, height: number, pixels: Uint8Array): Buffer {
  const entries = [
    ...[[256, LONG, 1, width] as const, [257, LONG, 1, height] as const],
    // Offset of the three bit depths, after the directory.
    [258, SHORT, 3, 0] as const,
    ...[[259, SHORT, 1, 1] as const, [262, SHORT, 1, 2] as const, [273, LONG, 1, 0] as const],
    ...[[277, SHORT, 1, 3] as const, [278, LONG, 1, height] as const],
    [279, LONG, 1, pixels.length] as const,
  ];
  const depthsAt = 8 + 2 + entries.length * 12 + 4;
  const pixelsAt = depthsAt + 6;
  const head = Buffer.alloc(pixelsAt);
  head.write('II*\0', 'latin1');
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(entries.length, 8);
  for (const [index, [tag, type, count, value]] of entries.entries()) {
    const at = 10 + index * 12;
    head.writeUInt16LE(tag, at);
    head.writeUInt16LE(type, at + 2);
    head.writeUInt32LE(count, at + 4);
    head.writeUInt32LE(tag === 258 ? depthsAt : tag === 273 ? pixelsAt : value, at + 8);
  }
  for (const channel of [0, 1, 2]) head.writeUInt16LE(8, depthsAt + channel * 2);
  return Buffer.concat([head, pixels]);
}
