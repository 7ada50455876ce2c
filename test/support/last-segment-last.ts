const [STRIPS, TILES] = [
  { offsets: 273, byteCounts: 279 },
  { offsets: 324, byteCounts: 325 },
];
const SHORT = 3;

/**
 * A TIFF as sharp writes it (little-endian, one page), but with the data of its last strip or tile
 * at the very end: cut off there, it lacks nothing else.
 */
export function lastSegmentLast(tiff: Buffer): Buffer {
  const directory = tiff.readUInt32LE(4);
  const entries = new Map<number, number>();
  for (let i = 0; i < tiff.readUInt16LE(directory); i++) {
    const at = directory + 2 + i * 12;
    entries.set(tiff.readUInt16LE(at), at);
  }
  const { offsets, byteCounts } = entries.has(TILES.offsets) ? TILES : STRIPS;
  const lastOf = (tag: number) => {
    const at = entries.get(tag) ?? 0;
    const width = tiff.readUInt16LE(at + 2) === SHORT ? 2 : 4;
    const count = tiff.readUInt32LE(at + 4);
    const list = count * width <= 4 ? at + 8 : tiff.readUInt32LE(at + 8);
    return { place: list + (count - 1) * width, width };
  };
  const [offset, bytes] = [offsets, byteCounts].map((tag) => {
    const { place, width } = lastOf(tag);
    return tiff.readUIntLE(place, width);
  }) as [number, number];
  const moved = Buffer.concat([tiff, tiff.subarray(offset, offset + bytes)]);
  const { place, width } = lastOf(offsets);
  moved.writeUIntLE(tiff.length, place, width);
  return moved;
}
