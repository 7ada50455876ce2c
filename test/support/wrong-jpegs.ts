import sharp, { type Sharp } from 'sharp';
import type { Picture } from './pixels.ts';

/** A JPEG of a TIFF's pixels as they are stored, with an orientation beside them. */
export async function taggedJpeg(tiff: string, orientation: number): Promise<Buffer> {
  const picture = sharp(tiff).withMetadata({ orientation });
  const data = await picture.jpeg({ quality: 95, mozjpeg: true }).toBuffer();
  // Sharp adds a profile of its own.
  return withoutProfile(data);
}

/** A JPEG without its APP2 segments (ITU-T T.81, B.1.1.3). */
export function withoutProfile(jpeg: Buffer): Buffer {
  const kept = [jpeg.subarray(0, 2)];
  let at = 2;
  while (jpeg[at + 1] !== 0xda) {
    const next = at + 2 + jpeg.readUInt16BE(at + 2);
    if (jpeg[at + 1] !== 0xe2) kept.push(jpeg.subarray(at, next));
    at = next;
  }
  return Buffer.concat([...kept, jpeg.subarray(at)]);
}

/** Encodes a picture, changed on its way, as the contract's encoder does. */
export function encodeWrong(
  picture: Picture,
  change = (same: Sharp) => same,
  quality = 95,
): Promise<Buffer> {
  const { data, width, height, channels } = picture;
  const pixels = sharp(data, { raw: { width, height, channels: channels as 1 | 3 } });
  return change(pixels).jpeg({ quality, mozjpeg: true }).toBuffer();
}

/** The same pixels with some others: `at` gives the sample for a place. */
export function changed(
  picture: Picture,
  at: (
    x: number,
    y: number,
    channel: number,
    same: (x: number, y: number, c: number) => number,
  ) => number,
): Picture {
  const { width, height, channels, data } = picture;
  const same = (x: number, y: number, c: number) =>
    data[(Math.min(height - 1, y) * width + Math.min(width - 1, x)) * channels + c] ?? 0;
  const changedData = Buffer.from(data);
  let i = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++) changedData[i++] = at(x, y, c, same);
  return { ...picture, data: changedData };
}

/** A pipeline that reads a JPEG, in this process. */
export function sharpWithJpegs(jpeg: Buffer): Sharp {
  sharp.unblock({ operation: ['VipsForeignLoadJpeg'] });
  return sharp(jpeg);
}
