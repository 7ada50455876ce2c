import { readFile } from 'node:fs/promises';
import type { Picture } from './pixels.ts';

/** Reads a binary PGM or PPM of 8 bits a sample. Throws when it is something else. */
export async function readPpm(path: string): Promise<Picture> {
  const bytes = await readFile(path);
  const head = /^P([56])\s+(?:#.*\n)*(\d+)\s+(?:#.*\n)*(\d+)\s+255\s/.exec(
    bytes.toString('latin1', 0, 512),
  );
  if (!head) throw new Error(`"${path}" is no PPM of 8 bits.`);
  const [all, kind, width, height] = head;
  const channels = kind === '5' ? 1 : 3;
  const size = Number(width) * Number(height) * channels;
  const data = bytes.subarray(all.length, all.length + size);
  return { width: Number(width), height: Number(height), channels, data };
}

const [IMAGE_WIDTH, IMAGE_LENGTH, STRIP_OFFSETS] = [256, 257, 273];

/**
 * Reads the first page of what `tiff2rgba -c none` writes (red, green and blue times alpha, and
 * alpha, in strips one after the other), lays it on white and sets it upright: libtiff mirrors, but
 * leaves it to its caller to exchange rows and columns, and takes orientations 6 and 8 for 2 and 4.
 * Undefined where there is no page.
 */
export function readRgba(tiff: Buffer, orientation: number): Picture | undefined {
  const field = fieldsOf(tiff);
  const [w, h, start] = [field(IMAGE_WIDTH), field(IMAGE_LENGTH), field(STRIP_OFFSETS)];
  if (!w || !h || !start) return undefined;
  const transposed = orientation >= 5;
  const turned = orientation === 6 || orientation === 8;
  const [width, height] = transposed ? [h, w] : [w, h];
  const data = Buffer.alloc(w * h * 3);
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      const from = start + (y * w + x) * 4;
      const place = transposed ? x * width + y : y * width + x;
      const to = (turned ? w * h - 1 - place : place) * 3;
      const rest = 255 - (tiff[from + 3] ?? 255);
      for (let c = 0; c < 3; c++) data[to + c] = Math.min((tiff[from + c] ?? 0) + rest, 255);
    }
  return { width, height, channels: 3, data };
}

/**
 * The first directory of a classic TIFF: gives the first value of a tag; undefined where it is
 * missing.
 */
export function fieldsOf(tiff: Buffer): (tag: number) => number | undefined {
  const little = tiff.toString('latin1', 0, 2) === 'II';
  const short = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const long = (at: number) => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  const places = new Map<number, number>();
  const directory = tiff.length < 8 ? 0 : long(4);
  const entries = directory ? short(directory) : 0;
  for (let i = 0; i < entries; i++) {
    const at = directory + 2 + i * 12;
    places.set(short(at), at);
  }
  return (tag) => {
    const at = places.get(tag);
    if (at === undefined) return undefined;
    const isShort = short(at + 2) === 3;
    const place = long(at + 4) * (isShort ? 2 : 4) > 4 ? long(at + 8) : at + 8;
    return isShort ? short(place) : long(place);
  };
}
