import type { TiffSource } from './tiff-source.ts';

/** One entry of a directory (IFD): claims that are unchecked until its values are read. */
export interface TiffEntry {
  readonly type: number;
  /** How many values there are. */
  readonly count: number;
  /**
   * Position of the values in the file: in the entry itself if short, otherwise where it points.
   */
  readonly position: number;
}

interface IntegerType {
  readonly bytes: 1 | 2 | 4 | 8;
  get(view: DataView, at: number, littleEndian: boolean): number;
}

const byte: IntegerType = { bytes: 1, get: (v, at) => v.getUint8(at) };
const short: IntegerType = { bytes: 2, get: (v, at, le) => v.getUint16(at, le) };
const long: IntegerType = { bytes: 4, get: (v, at, le) => v.getUint32(at, le) };
// Beyond 2^53 a few units do not matter: no file is that long.
const long8: IntegerType = { bytes: 8, get: (v, at, le) => Number(v.getBigUint64(at, le)) };

/** The integer types of TIFF 6.0 (section 2), of its supplement 1 (IFD) and of BigTIFF. */
const INTEGER_TYPES: Readonly<Record<number, IntegerType>> = {
  1: byte,
  3: short,
  4: long,
  6: { bytes: 1, get: (v, at) => v.getInt8(at) },
  8: { bytes: 2, get: (v, at, le) => v.getInt16(at, le) },
  9: { bytes: 4, get: (v, at, le) => v.getInt32(at, le) },
  13: long,
  16: long8,
  17: { bytes: 8, get: (v, at, le) => Number(v.getBigInt64(at, le)) },
  18: long8,
};

/**
 * Bytes of a value of the other types (TIFF 6.0, section 2, and BigTIFF), including 8 for RATIONAL
 * and DOUBLE.
 */
const OTHER_TYPES: Readonly<Record<number, number>> = { 2: 1, 5: 8, 7: 1, 10: 8, 11: 4, 12: 8 };

/** Bytes that `count` values of a type take; undefined for undefined types. */
export function bytesOfValues(type: number, count: number): number | undefined {
  const bytes = INTEGER_TYPES[type]?.bytes ?? OTHER_TYPES[type];
  return bytes === undefined ? undefined : bytes * count;
}

/**
 * An offset or a count: 4 bytes, or 8 in BigTIFF. Exact up to 2^53, which is beyond any file's end.
 */
export function offsetAt(view: DataView, at: number, { littleEndian, big }: TiffSource): number {
  return (big ? long8 : long).get(view, at, littleEndian);
}

/** Which values of an entry are wanted. */
interface Range {
  /** Index of the first; default 0. */
  readonly from?: number;
  /** The most that are read. They are held in memory, so thousands, not millions. */
  readonly most: number;
}

/**
 * Integers of an entry, of any width, from `from` on and at most `most`. Undefined if there is no
 * such entry, if it holds negative or other values, or if they are not in the file. Throws what
 * reading throws.
 */
export async function readIntegers(
  source: TiffSource,
  entry: TiffEntry | undefined,
  { from = 0, most }: Range,
): Promise<readonly number[] | undefined> {
  const type = entry && INTEGER_TYPES[entry.type];
  if (!type) return undefined;
  const length = Math.max(0, Math.min(most, entry.count - from));
  const view = await source.read(entry.position + from * type.bytes, length * type.bytes);
  if (!view) return undefined;
  // A plain loop, because lists of strips are the slow part of reading a header.
  const values = new Array<number>(length);
  for (let i = 0; i < length; i++) {
    const value = type.get(view, i * type.bytes, source.littleEndian);
    if (value < 0) return undefined;
    values[i] = value;
  }
  return values;
}

/** Integers as a file writes them, as SHORT (3), LONG (4) or LONG8 (16). */
export function integerBytes(
  values: readonly number[],
  type: number,
  { littleEndian }: Pick<TiffSource, 'littleEndian'>,
): Uint8Array {
  const { bytes: width } = INTEGER_TYPES[type] ?? long;
  const bytes = Buffer.alloc(values.length * width);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  values.forEach((value, i) => {
    if (width === 8) view.setBigUint64(i * 8, BigInt(value), littleEndian);
    else if (width === 4) view.setUint32(i * 4, value, littleEndian);
    else view.setUint16(i * 2, value, littleEndian);
  });
  return bytes;
}
