import { numbersOf, type TiffTag } from '../../header/tiff-tags.ts';

/** A value of EXIF, as in TIFF, in the byte order of the segment. */
export type ExifValue = TiffTag;

/** Types of TIFF 6.0 (section 2) and, from 13 on, of its supplement 1 and BigTIFF. */
const [BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED] = [1, 2, 3, 4, 5, 7];
const [SLONG, LONG8, SLONG8] = [9, 16, 17];
const LAST_OF_TIFF6 = 12;

/** One or more numbers of 16 bits. */
export function shorts(
  littleEndian: boolean,
  tag: number,
  ...values: readonly number[]
): ExifValue {
  return integers(littleEndian, { tag, type: SHORT, values });
}

/** One or more numbers of 32 bits. */
export function longs(littleEndian: boolean, tag: number, ...values: readonly number[]): ExifValue {
  return integers(littleEndian, { tag, type: LONG, values });
}

/** A number above 0 as a fraction of two of 32 bits: whole, or to four decimals if these fit. */
export function rational(littleEndian: boolean, tag: number, value: number): ExifValue {
  const parts = Number.isInteger(value) || value >= 2 ** 32 / 10_000 ? 1 : 10_000;
  const values = [Math.min(Math.round(value * parts), 2 ** 32 - 1), parts];
  return { ...longs(littleEndian, tag, ...values), type: RATIONAL, count: 1 };
}

/** Bytes that are numbers. */
export function bytes(tag: number, values: readonly number[]): ExifValue {
  return { tag, type: BYTE, count: values.length, bytes: Uint8Array.from(values) };
}

/** Bytes whose meaning only the tag defines. */
export function undefinedBytes(tag: number, values: Iterable<number>): ExifValue {
  const bytes = Uint8Array.from(values);
  return { tag, type: UNDEFINED, count: bytes.length, bytes };
}

/**
 * A TIFF's value as EXIF can hold it: byte for byte, except that text gets a NUL and BigTIFF's wide
 * integers become 32 bits. Undefined if that is impossible.
 */
export function exifValueOf(value: TiffTag, littleEndian: boolean): ExifValue | undefined {
  if (value.type === ASCII && value.bytes.at(-1) !== 0) {
    const bytes = Uint8Array.from([...value.bytes, 0]);
    return { ...value, bytes, count: bytes.length };
  }
  if (value.type <= LAST_OF_TIFF6) return value;
  const type = value.type === LONG8 ? LONG : value.type === SLONG8 ? SLONG : undefined;
  const tags = { littleEndian, tags: new Map([[value.tag, value]]) };
  const values = numbersOf(tags, value.tag);
  const [least, most] = type === LONG ? [0, 2 ** 32 - 1] : [-(2 ** 31), 2 ** 31 - 1];
  if (!type || !values?.every((n) => n >= least && n <= most)) return undefined;
  return integers(littleEndian, { tag: value.tag, type, values });
}

function integers(
  littleEndian: boolean,
  { tag, type, values }: { tag: number; type: number; values: readonly number[] },
): ExifValue {
  const width = type === SHORT ? 2 : 4;
  const bytes = new Uint8Array(values.length * width);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries())
    if (width === 2) view.setUint16(i * width, value, littleEndian);
    else view.setUint32(i * width, value, littleEndian);
  return { tag, type, count: values.length, bytes };
}
