/** D50, the white of profiles (ICC.1:2022, 7.2.16). */
const D50 = [0.9642, 1, 0.8249];
/**
 * sRGB's curve (IEC 61966-2-1) as ICC's parametric curve of type 3: g, a, b, c, d (ICC.1:2022,
 * 10.18).
 */
const SRGB = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045];

const HEADER_BYTES = 128;
const VERSION_4_2 = 0x04_20_00_00;

/** A grey profile with sRGB's curve: grey converted to it is what sRGB shows for R = G = B. */
export function greyProfile(): Buffer {
  const tags = [
    ['wtpt', tag('XYZ ', numbers(D50))],
    ['kTRC', tag('para', Buffer.from([0, 3, 0, 0]), numbers(SRGB))],
  ] as const;
  const table = Buffer.alloc(4 + tags.length * 12);
  table.writeUInt32BE(tags.length, 0);
  let end = HEADER_BYTES + table.length;
  for (const [i, [name, { length }]] of tags.entries()) {
    const at = 4 + i * 12;
    table.write(name, at, 'latin1');
    table.writeUInt32BE(end, at + 4);
    table.writeUInt32BE(length, at + 8);
    end += length;
  }
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(end, 0);
  header.writeUInt32BE(VERSION_4_2, 8);
  header.write('mntrGRAYXYZ ', 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  numbers(D50).copy(header, 68);
  return Buffer.concat([header, table, ...tags.map(([, bytes]) => bytes)]);
}

function tag(type: string, ...content: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from(`${type}\0\0\0\0`, 'latin1'), ...content]);
}

/** As s15Fixed16Number (ICC.1:2022, 4.6). */
function numbers(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeInt32BE(Math.round(value * 65_536), i * 4);
  return bytes;
}
