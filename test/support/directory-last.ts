import { makeTiff, type TiffPage } from './tiff-writer.ts';

const LONG = 4;
const STRIP_OFFSETS = 273;

/**
 * A TIFF of one page in one or several strips whose directory stands behind its data, as most
 * writers have it.
 */
export function directoryLast(page: TiffPage): Buffer {
  const segments = page.segments ?? [];
  const data = Buffer.concat([Buffer.alloc(8), ...segments, Buffer.alloc(totalOf(segments) % 2)]);
  let at = 8;
  const places = segments.map((segment) => {
    at += segment.length;
    return at - segment.length;
  });
  // Written by itself, the directory begins at byte 8: what it points to lies as much further back
  // as the data are long.
  const moved = data.length - 8;
  const own = makeTiff({
    ...page,
    segments: [],
    entries: [
      ...(page.entries ?? []),
      { tag: STRIP_OFFSETS, type: LONG, values: places },
      { tag: 279, type: LONG, values: segments.map(({ length }) => length) },
    ],
  });
  const entries = own.readUInt16LE(8);
  for (let entry = 0; entry < entries; entry++) {
    const field = 10 + entry * 12;
    const bytes = own.readUInt32LE(field + 4) * (own.readUInt16LE(field + 2) === LONG ? 4 : 2);
    if (bytes > 4) own.writeUInt32LE(own.readUInt32LE(field + 8) + moved, field + 8);
  }
  const whole = Buffer.concat([data, own.subarray(8)]);
  own.copy(whole, 0, 0, 4);
  whole.writeUInt32LE(data.length, 4);
  return whole;
}

function totalOf(segments: readonly Uint8Array[]): number {
  return segments.reduce((sum, { length }) => sum + length, 0);
}
