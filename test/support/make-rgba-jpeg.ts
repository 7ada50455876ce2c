import { greyJpeg, type Samples } from './make-planar-jpeg.ts';
import type { TiffPage } from './tiff-writer.ts';

/**
 * A page whose samples are JPEGs in square tiles or in strips, side by side: of each as many scans
 * as samples.
 */
export async function sideBySideJpegPage(
  { width, height, channels, data }: Samples,
  photometric: number,
  cut: { readonly tile: number } | { readonly rowsPerStrip: number },
): Promise<TiffPage> {
  const size =
    'tile' in cut
      ? { width: cut.tile, height: cut.tile }
      : { width, height: Math.min(height, cut.rowsPerStrip) };
  const segments: Buffer[] = [];
  for (let top = 0; top < height; top += size.height)
    for (let left = 0; left < width; left += size.width) {
      const rows = 'tile' in cut ? size.height : Math.min(size.height, height - top);
      const planes: Buffer[] = [];
      for (let plane = 0; plane < channels; plane++) {
        const part = new Uint8Array(size.width * rows);
        for (let y = top; y < Math.min(height, top + rows); y++)
          for (let x = left; x < Math.min(width, left + size.width); x++)
            part[(y - top) * size.width + x - left] = data[(y * width + x) * channels + plane] ?? 0;
        planes.push(await greyJpeg(part, size.width, rows));
      }
      segments.push(together(planes, size.width, rows));
    }
  return {
    width,
    height,
    samplesPerPixel: channels,
    photometric,
    compression: 7,
    segments,
    ...('tile' in cut ? { tile: size } : { rowsPerStrip: size.height }),
    data: new Uint8Array(0),
  };
}

const [SOF0, SOS] = [0xc0, 0xda];

/** One JPEG of several grey ones that have the same tables: a component of each. */
function together(jpegs: readonly Buffer[], width: number, height: number): Buffer {
  const [first = Buffer.alloc(0)] = jpegs;
  const tables: Buffer[] = [];
  let scanAt = 2;
  for (; first[scanAt + 1] !== SOS; scanAt += 2 + first.readUInt16BE(scanAt + 2))
    if (first[scanAt + 1] !== SOF0)
      tables.push(first.subarray(scanAt, scanAt + 2 + first.readUInt16BE(scanAt + 2)));
  const frame = [8, height >> 8, height & 255, width >> 8, width & 255, jpegs.length];
  const scans = jpegs.flatMap((jpeg, i) => [
    segment(SOS, [1, i + 1, 0, 0, 63, 0]),
    jpeg.subarray(scanAt + 2 + first.readUInt16BE(scanAt + 2), -2),
  ]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    ...tables,
    segment(SOF0, [...frame, ...jpegs.flatMap((_, i) => [i + 1, 0x11, 0])]),
    ...scans,
    Buffer.from([0xff, 0xd9]),
  ]);
}

function segment(marker: number, body: readonly number[]): Buffer {
  return Buffer.from([0xff, marker, 0, body.length + 2, ...body]);
}
